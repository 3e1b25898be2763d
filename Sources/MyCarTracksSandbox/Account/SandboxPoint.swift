/// A position in the sandbox's history, and when the server came to know it.
public struct SandboxPoint: Sendable, Hashable {
  /// When the vehicle was there, in milliseconds UTC as its device says.
  public var time: Int64
  /// When the device uploaded it: only from then on the server has it.
  public var uploaded: Int64
  /// Degrees north.
  public var latitude: Double
  /// Degrees east.
  public var longitude: Double
  /// Metres, or `NaN`.
  public var altitude: Float
  /// Metres a second, or `NaN`.
  public var speed: Float
  /// Degrees clockwise from north, or `NaN`.
  public var bearing: Float
  /// Metres, or `NaN`.
  public var accuracy: Float

  /// Creates a point.
  public init(
    time: Int64, uploaded: Int64? = nil, latitude: Double, longitude: Double, altitude: Float = .nan,
    speed: Float = .nan, bearing: Float = .nan, accuracy: Float = .nan
  ) {
    self.time = time
    self.uploaded = uploaded ?? time
    self.latitude = latitude
    self.longitude = longitude
    self.altitude = altitude
    self.speed = speed
    self.bearing = bearing
    self.accuracy = accuracy
  }
}
