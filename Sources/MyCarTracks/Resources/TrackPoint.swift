/// A recorded position of a track, or a live one. Accuracy and bearing are ASSUMED: there is no public evidence of them.
public struct TrackPoint: DecodableResource, Hashable {
  /// Its id, of a recorded one.
  public var id: ResourceID?
  /// When the vehicle was there, in milliseconds UTC.
  public var time: Int64
  /// Degrees north.
  public var latitude: Double
  /// Degrees east.
  public var longitude: Double
  /// The height in metres, unless it has a unit.
  public var altitude: Reading?
  /// The speed, in the unit that `UnitFindings` says.
  public var speed: Reading?
  /// Degrees clockwise from north.
  public var bearing: Double?
  /// The radius of horizontal accuracy in metres.
  public var accuracy: Double?

  /// The id.
  public var resourceID: ResourceID? { id }

  /// Creates a point.
  public init(
    id: ResourceID? = nil, time: Int64, latitude: Double, longitude: Double, altitude: Reading? = nil,
    speed: Reading? = nil, bearing: Double? = nil, accuracy: Double? = nil
  ) {
    self.id = id
    self.time = time
    self.latitude = latitude
    self.longitude = longitude
    self.altitude = altitude
    self.speed = speed
    self.bearing = bearing
    self.accuracy = accuracy
  }

  init?(_ row: Row) {
    guard let time = row.time(.time), let (latitude, longitude) = row.coordinate else { return nil }
    self.init(
      id: row.id(.id), time: time, latitude: latitude, longitude: longitude, altitude: row.reading(.altitude),
      speed: row.reading(.speed), bearing: row.number(.bearing), accuracy: row.number(.accuracy))
  }
}
