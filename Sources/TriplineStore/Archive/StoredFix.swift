package import MyCarTracks

/// A fix as it is kept: whole numbers of a size that no receiver is finer than.
package struct StoredFix: Hashable {
  /// Milliseconds UTC.
  var time: Int64
  /// 10⁻⁷ degrees, a centimetre.
  var latitude: Int64
  var longitude: Int64
  /// Decimetres.
  var altitude: Int64?
  /// Centimetres a second.
  var speed: Int64?
  /// Tenths of a degree.
  var bearing: Int64?
  /// Decimetres.
  var accuracy: Int64?

  /// Takes a point of the API; fails where it has no place that a number could stand for.
  package init?(_ point: TrackPoint, _ units: UnitFindings) {
    guard let latitude = Self.scaled(point.latitude, by: 1e7), let longitude = Self.scaled(point.longitude, by: 1e7)
    else { return nil }
    time = point.time
    self.latitude = latitude
    self.longitude = longitude
    altitude = units.altitude(point.altitude).flatMap { Self.scaled($0, by: 10) }
    speed = units.speed(point.speed).flatMap { Self.scaled($0, by: 100) }
    bearing = point.bearing.flatMap { Self.scaled($0, by: 10) }
    accuracy = point.accuracy.flatMap { Self.scaled($0, by: 10) }
  }

  private static func scaled(_ value: Double, by factor: Double) -> Int64? {
    let scaled = (value * factor).rounded()
    return abs(scaled) < 1e15 ? Int64(scaled) : nil
  }
}
