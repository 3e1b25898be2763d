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
    let places =
      report.brakes.elements.map(\.element.event.coordinate)
      + report.overspeeds.elements.map(\.element.event.coordinate)
    var view = MapView()
    for place in places {
      let longitude = MapView.longitude(place.longitude, near: places[0].longitude)
      view.add(latitude: place.latitude, longitude: longitude)
    }
    for (_, found) in report.brakes.elements {
      events.append(
        Mark(
          at: view.pair(found.event.coordinate),
          text: "\(report.group(of: found.track)), \(text.time(found.event.start)): braking, \(found.event.level)",
          number: Int(found.event.level.rawValue), isBrake: true))
    }
    for (_, found) in report.overspeeds.elements {
      events.append(
        Mark(
          at: view.pair(found.event.coordinate),
          text: "\(report.group(of: found.track)), \(text.time(found.event.start)): too fast, \(found.event.tier)",
          number: Int(found.event.tier.rawValue), isBrake: false))
    }
    if !events.isEmpty {
      self.countries = MapShape.shown(countries, on: view.widened(by: 2), corners: Self.mostCorners).shapes
    }
  }
}
