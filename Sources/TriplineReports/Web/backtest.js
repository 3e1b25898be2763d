"use strict";
(() => {
  const alerts = Report.data.alerts;
  if (alerts.length > 0) {
    const { map, renderer } = Report.map(alerts.map((alert) => alert.at));
    const kinds = {
      told: ["told", "#b3001b"], muted: ["muted", "#5c6670"],
      gained: ["gained", "#1d4ed8"], lost: ["lost", "#b3001b"], changed: ["changed", "#8a5a00"],
    };
    for (const alert of alerts) Report.dot(map, renderer, alert, kinds[alert.kind][1], 6);
    for (const [kind, [name, colour]] of Object.entries(kinds)) {
      if (alerts.some((alert) => alert.kind === kind)) Report.explain(name, colour, "dot");
    }
  }
  Report.ready();
})();
