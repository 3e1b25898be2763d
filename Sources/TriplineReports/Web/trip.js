"use strict";
(() => {
  const data = Report.data;
  const ranges = ["to 10 km/h", "to 30 km/h", "to 50 km/h", "to 90 km/h", "above 90 km/h", "speed not known"];
  const places = data.way.flatMap((run) => run.path).concat(data.stops.map((stop) => stop.at), data.ends.map((end) => end.at));
  const { map, renderer } = Report.map(places);

  /* Many fences over one another would bury the way. */
  const isFilled = data.fences.length <= 12;
  for (const fence of data.fences) {
    const style = {
      color: "#7c3aed", weight: fence.isVisited ? 1.5 : 0.75, opacity: fence.isVisited ? 1 : 0.4, fill: isFilled,
      fillOpacity: 0.08, renderer,
    };
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
  const badge = (mark, html, name, size) => L.marker(mark.at, {
    icon: L.divIcon({ className: `stop-number ${name}`, html, iconSize: [size, size] }), alt: mark.text, keyboard: false,
    zIndexOffset: name ? 1000 : 0,
  }).bindTooltip(() => Report.text(mark.text)).addTo(map);
  for (const stop of data.stops) badge(stop, String(stop.number), "", 22);
  for (const event of data.events) Report.dot(map, renderer, event, Report.levels[event.number], 6);
  data.ends.forEach((end, index) => badge(end, "", index === 0 ? "start" : "end", 14));

  const used = new Set(data.way.map((run) => run.range));
  ranges.forEach((name, index) => { if (used.has(index)) Report.explain(name, Report.colours[index]); });
  Report.explain("start", "#15803d", "dot");
  Report.explain("end", "#7a0012", "dot");
  if (data.stops.length > 0) Report.explain("stop", "#1b1f24", "dot");
  if (data.events.length > 0) Report.explain("event, the more serious the redder", Report.levels[3], "dot");
  if (data.fences.length > 0) Report.explain("fence", "#7c3aed");

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
      for (const [spans, colour] of [[data.atRest, "#dce1e6"], [data.noData, "#f1f3f5"]]) {
        canvas.fillStyle = colour;
        for (const span of spans) {
          const left = Math.max(area.x, graph.toDomXCoord(span.start));
          const right = Math.min(area.x + area.w, graph.toDomXCoord(span.end));
          if (right > left) canvas.fillRect(left, area.y, right - left, area.h);
        }
      }
    },
    highlightCallback(event, time, points, row) {
      const found = data.rows[row];
      if (found && found.length > 3) here.setLatLng([found[3], found[4]]).addTo(map);
    },
    unhighlightCallback() { here.remove(); },
    drawCallback(graph, isInitial) { if (isInitial) graph.ready(Report.ready); },
  });
  /* What a canvas gets while a page is printed is not printed: the chart is made smaller as it is. */
  Report.printed.push((isPrinting) => {
    const width = chart.offsetWidth;
    chart.style.width = isPrinting ? `${width}px` : "";
    chart.style.zoom = isPrinting ? Math.min(1, Report.paperWidth / width) : "";
  });
})();
