"use strict";
(() => {
  const events = Report.data.events;
  if (events.length > 0) {
    const { map, renderer } = Report.map(events.map((event) => event.at));
    const colours = { brake: "#b3001b", speed: "#1d4ed8" };
    for (const event of events) {
      Report.dot(map, renderer, event, event.isBrake ? colours.brake : colours.speed, 4 + event.number);
    }
    if (events.some((event) => event.isBrake)) Report.explain("braking, the larger the more serious", colours.brake, "dot");
    if (events.some((event) => !event.isBrake)) Report.explain("too fast, the larger the more serious", colours.speed, "dot");
  }
  Report.ready();
})();
