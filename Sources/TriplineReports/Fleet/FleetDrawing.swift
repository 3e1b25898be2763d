import TriplineCore
import TriplineFormats

/// What the map of a fleet report is drawn from, for its script.
struct FleetDrawing: Encodable {
  struct Mark: Encodable {
    var at: [Double]
    var text: String
    /// How serious it is, from 0 to 3.
    var number: Int
    var isBrake: Bool
  }

  private(set) var events: [Mark] = []
  private(set) var countries: [MapShape] = []

  private static let mostCorners = 8_000

  init(_ report: FleetReport, _ text: PageText, countries: [MapShape]) {
    let found: [(track: TrackTable.Track, event: any ReportedEvent, isBrake: Bool)] =
      report.brakes.elements.map { ($0.element.track, $0.element.event, true) }
      + report.overspeeds.elements.map { ($0.element.track, $0.element.event, false) }
    var view = MapView()
    for (_, event, _) in found {
      let longitude = MapView.longitude(event.coordinate.longitude, near: found[0].event.coordinate.longitude)
      view.add(latitude: event.coordinate.latitude, longitude: longitude)
    }
    events = found.map { track, event, isBrake in
      Mark(
        at: view.pair(event.coordinate),
        text: "\(report.group(of: track)), \(text.time(event.start)): \(event.word), \(event.degree)",
        number: event.seriousness, isBrake: isBrake)
    }
    if !events.isEmpty {
      self.countries = MapShape.shown(countries, on: view.widened(by: 2), corners: Self.mostCorners).shapes
    }
  }
}
