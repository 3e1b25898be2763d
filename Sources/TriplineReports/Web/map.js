"use strict";
/* What the maps of all reports have in common. */
const Report = {
  data: JSON.parse(document.getElementById("data").textContent),
  /* What is drawn anew for paper, and behind it for the screen. */
  printed: [],
  /* Pixels between the margins of a sheet of A4 or Letter. */
  paperWidth: 640,
  /* From slow to fast, told apart with any sight and in print. */
  colours: ["#440154", "#31688e", "#21918c", "#5ec962", "#e8b800", "#8a929b"],
  levels: ["#5c6670", "#8a5a00", "#c2410c", "#b3001b", "#7a0012"],

  /* A map with the borders of countries, over what `places` reach; nothing is fetched for it. */
  map(places) {
    const map = L.map("map", { zoomSnap: 0.5, attributionControl: false });
    const fit = () => map.fitBounds(L.latLngBounds(places), { padding: [24, 24], maxZoom: 16, animate: false });
    fit();
    const renderer = L.canvas({ padding: 0.5 });
    L.control.scale({ imperial: false }).addTo(map);
    const style = { color: "#9aa4ae", weight: 1, fillColor: "#ffffff", fillOpacity: 0.8, interactive: false, renderer };
    const countries = L.layerGroup(this.data.countries.map((country) => L.polygon(country.rings, style)));
    /* At 1:110 million they are kilometres off: of no use in a town. */
    const show = () => map.getZoom() <= 8 ? countries.addTo(map) : countries.remove();
    map.on("zoomend", show);
    show();
    this.printed.push((isPrinting) => {
      map.invalidateSize({ animate: false });
      if (isPrinting) fit();
    });
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

  /* An entry of the legend. */
  explain(name, colour, shape) {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = shape || "";
    swatch.style.background = colour;
    item.append(swatch, name);
    document.getElementById("legend").append(item);
  },

  /* Tells tests and printers that everything is drawn. */
  ready() { document.documentElement.dataset.ready = "true"; },
};

for (const [event, isPrinting] of [["beforeprint", true], ["afterprint", false]]) {
  window.addEventListener(event, () => {
    document.body.classList.toggle("printing", isPrinting);
    for (const draw of Report.printed) draw(isPrinting);
  });
}
