/// A position on the WGS 84 ellipsoid in degrees.
///
/// The initializer stores what it is given: range and sanity are the input gate's business for fixes and the fence
/// set's for fences, because each has its own answer to a bad value.
public struct Coordinate: Hashable, Sendable, BitwiseCopyable, Codable {
  /// Degrees north, in [-90, 90].
  public var latitude: Double
  /// Degrees east, in [-180, 180].
  public var longitude: Double

  /// Creates a coordinate from degrees north and degrees east.
  public init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }

  /// Whether both values are finite and inside [-90, 90] and [-180, 180].
  public var isInRange: Bool {
    abs(latitude) <= 90 && abs(longitude) <= 180
  }
}

extension Coordinate: CustomStringConvertible {
  /// Latitude and longitude, spelt out because the order of the two is the commonest mistake in this field.
  public var description: String { "latitude \(latitude), longitude \(longitude)" }
}
