"use strict";
(() => {
  const events = Report.data.events;
  if (events.length > 0) {
    const { map, renderer } = Report.map(events.map((event) => event.at));
    for (const event of events) Report.dot(map, renderer, event, Report.levels[event.number], 7);
  }
  Report.ready();
})();
