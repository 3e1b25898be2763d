import TriplineAlerts
import TriplineCore

/// What the map of a backtest is drawn from, for its script.
struct BacktestDrawing: Encodable {
  struct Mark: Encodable {
    var at: [Double]
    var text: String
    /// `gained`, `lost`, `changed`, `told` or `muted`.
    var kind: String
  }

  private(set) var alerts: [Mark] = []
  private(set) var countries: [MapShape] = []

  private static let mostCorners = 8_000

  /// Draws alerts that have a place.
  init(_ entries: ArraySlice<BacktestReport.Entry>, _ text: PageText, countries: [MapShape]) {
    let placed = entries.compactMap { entry in entry.alert.coordinate.map { (entry, $0) } }
    guard let first = placed.first?.1 else { return }
    var view = MapView()
    for (_, place) in placed {
      view.add(latitude: place.latitude, longitude: MapView.longitude(place.longitude, near: first.longitude))
    }
    alerts = placed.map { entry, place in
      let alert = entry.alert
      let fence = (alert.fenceName ?? alert.fenceID).map { " at \($0)" } ?? ""
      return Mark(
        at: view.pair(place),
        text: "\(alert.rule) of \(alert.vehicleName)\(fence), \(text.time(alert.startsAt)): \(alert.reason)",
        kind: entry.difference?.rawValue ?? (alert.muting == nil ? "told" : "muted"))
    }
    self.countries = MapShape.shown(countries, on: view.widened(by: 2), corners: Self.mostCorners).shapes
  }
}
