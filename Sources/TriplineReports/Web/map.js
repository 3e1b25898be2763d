"use strict";
/* What the maps of all reports have in common. */
const Report = {
  data: JSON.parse(document.getElementById("data").textContent),
  /* From slow to fast, told apart with any sight and in print. */
  colours: ["#440154", "#31688e", "#21918c", "#5ec962", "#e8b800"],
  levels: ["#5c6670", "#8a5a00", "#c2410c", "#b3001b", "#7a0012"],

  /* A map with the borders of countries, over what `places` reach; nothing is fetched for it. */
  map(places) {
    const map = L.map("map", { zoomSnap: 0.5, attributionControl: false });
    map.fitBounds(L.latLngBounds(places), { padding: [24, 24], maxZoom: 16 });
    const renderer = L.canvas({ padding: 0.5 });
    L.control.scale({ imperial: false }).addTo(map);
    const style = { color: "#9aa4ae", weight: 1, fillColor: "#ffffff", fillOpacity: 0.8, interactive: false, renderer };
    const countries = L.layerGroup(this.data.countries.map((country) => L.polygon(country.rings, style)));
    /* At 1:110 million they are kilometres off: of no use in a town. */
    const show = () => map.getZoom() <= 8 ? countries.addTo(map) : countries.remove();
    map.on("zoomend", show);
    show();
    return { map, renderer };
  },

  /* Text of the data, never read as HTML. */
  text(text) {
    const element = document.createElement("span");
    element.textContent = text;
    return element;
  },

  dot(map, renderer, mark, colour, radius) {
    return L.circleMarker(mark.at, { radius, color: "#ffffff", weight: 1.5, fillColor: colour, fillOpacity: 1, renderer })
      .bindTooltip(() => this.text(mark.text))
      .addTo(map);
  },

  /* Tells tests and printers that everything is drawn. */
  ready() { document.documentElement.dataset.ready = "true"; },
};
