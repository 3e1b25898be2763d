package import MyCarTracks
package import TriplineCore

extension Fix {
  /// A live position as the archive will have it once its track is synced, so that both bring about the same; fails where it has no
  /// place that a number could stand for.
  package init?(_ point: TrackPoint, _ units: UnitFindings, received: Int64) {
    guard let stored = StoredFix(point, units) else { return nil }
    self.init(
      vehicle: 0, time: stored.time, latitude: Double(stored.latitude) / 1e7, longitude: Double(stored.longitude) / 1e7,
      speed: stored.speed.map { Float($0) / 100 }, course: stored.bearing.map { Float($0) / 10 },
      altitude: stored.altitude.map { Float($0) / 10 }, accuracy: stored.accuracy.map { Float($0) / 10 },
      received: received)
  }
}
