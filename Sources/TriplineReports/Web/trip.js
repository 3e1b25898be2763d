"use strict";
(() => {
  const data = Report.data;
  const startColour = "#15803d";
  const endColour = "#1b1f24";
  const ranges = ["to 10 km/h", "to 30 km/h", "to 50 km/h", "to 90 km/h", "above 90 km/h"];
  const places = data.way.flatMap((run) => run.path).concat(data.stops.map((stop) => stop.at), data.ends.map((end) => end.at));
  const { map, renderer } = Report.map(places);

  for (const fence of data.fences) {
    const style = { color: "#7c3aed", weight: 1.5, fillOpacity: 0.08, renderer };
    const shape = fence.rings ? L.polygon(fence.rings, style)
      : fence.center ? L.circle(fence.center, { ...style, radius: fence.radius })
      : L.polyline(fence.path, { ...style, weight: 6, opacity: 0.4 });
    shape.bindTooltip(() => Report.text(fence.name)).addTo(map);
  }
  for (const run of data.way) {
    const isKnown = Number.isInteger(run.range);
    L.polyline(run.path, {
      color: isKnown ? Report.colours[run.range] : "#5c6670", weight: isKnown ? 4 : 2, dashArray: isKnown ? null : "6 8",
      interactive: false, renderer,
    }).addTo(map);
  }
  for (const stop of data.stops) {
    L.marker(stop.at, {
      icon: L.divIcon({ className: "stop-number", html: String(stop.number), iconSize: [22, 22] }), alt: stop.text, keyboard: false,
    }).bindTooltip(() => Report.text(stop.text)).addTo(map);
  }
  for (const event of data.events) Report.dot(map, renderer, event, Report.levels[event.number], 6);
  data.ends.forEach((end, index) => Report.dot(map, renderer, end, index === 0 ? startColour : endColour, 8));

  const used = new Set(data.way.map((run) => run.range));
  ranges.forEach((name, index) => { if (used.has(index)) explain(name, Report.colours[index]); });
  explain("start", startColour, "dot");
  explain("end", endColour, "dot");
  if (data.events.length > 0) explain("event, the more serious the redder", Report.levels[3], "dot");

  function explain(name, colour, shape) {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = shape || "";
    swatch.style.background = colour;
    item.append(swatch, name);
    document.getElementById("legend").append(item);
  }

  const chart = document.getElementById("chart");
  if (!chart) return Report.ready();
  const here = L.circleMarker(places[0], { radius: 7, color: "#1b1f24", weight: 3, fillColor: "#ffffff", fillOpacity: 1 });
  const labels = ["Time", "Speed"].concat(data.hasLimits ? ["Limit"] : []);
  const rows = data.rows.map((row) => {
    const values = [new Date(row[0]), row.length > 1 ? row[1] : null];
    return data.hasLimits ? values.concat(row.length > 1 ? row[2] : null) : values;
  });
  new Dygraph(chart, rows, {
    labels, labelsUTC: true, ylabel: "km/h", legend: "follow", strokeWidth: 1.5, includeZero: true, fillGraph: false,
    colors: ["#31688e", "#b3001b"], axisLabelFontSize: 12, gridLineColor: "#d0d5db", axisLineColor: "#565e68",
    series: data.hasLimits ? { Limit: { stepPlot: true, strokePattern: [6, 4] } } : {},
    underlayCallback(canvas, area, graph) {
      canvas.fillStyle = "#e4e8ec";
      for (const stop of data.atRest) {
        const left = Math.max(area.x, graph.toDomXCoord(stop.start));
        const right = Math.min(area.x + area.w, graph.toDomXCoord(stop.end));
        if (right > left) canvas.fillRect(left, area.y, right - left, area.h);
      }
    },
    highlightCallback(event, time, points, row) {
      const found = data.rows[row];
      if (found && found.length > 3) here.setLatLng([found[3], found[4]]).addTo(map);
    },
    unhighlightCallback() { here.remove(); },
    drawCallback(graph, isInitial) { if (isInitial) graph.ready(Report.ready); },
  });
})();
