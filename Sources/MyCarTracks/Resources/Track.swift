/// A recorded track of an account. The names of its fields were seen in version 2; in version 3 they are ASSUMED, and all but
/// the id may be missing.
public struct Track: DecodableResource, Hashable {
  /// Its id.
  public var id: ResourceID
  /// The vehicle that recorded it.
  public var vehicleID: ResourceID?
  /// Who drove.
  public var driverID: ResourceID?
  /// Its name.
  public var name: String?
  /// Its category, such as business.
  public var category: String?
  /// Its start, in milliseconds UTC.
  public var startTime: Int64?
  /// Its end, in milliseconds UTC; it may move on while the track is recorded.
  public var endTime: Int64?
  /// How far it is, in the unit that `UnitFindings` says.
  public var distance: Reading?
  /// How long it took, in the unit that `UnitFindings` says.
  public var duration: Reading?
  /// How long of that it moved.
  public var movingTime: Reading?
  /// The highest speed.
  public var maximumSpeed: Reading?
  /// The average speed.
  public var averageSpeed: Reading?
  /// The average speed while it moved.
  public var averageMovingSpeed: Reading?

  /// The id.
  public var resourceID: ResourceID? { id }

  /// Creates a track.
  public init(
    id: ResourceID, vehicleID: ResourceID? = nil, driverID: ResourceID? = nil, name: String? = nil,
    category: String? = nil, startTime: Int64? = nil, endTime: Int64? = nil, distance: Reading? = nil,
    duration: Reading? = nil, movingTime: Reading? = nil, maximumSpeed: Reading? = nil,
    averageSpeed: Reading? = nil, averageMovingSpeed: Reading? = nil
  ) {
    self.id = id
    self.vehicleID = vehicleID
    self.driverID = driverID
    self.name = name
    self.category = category
    self.startTime = startTime
    self.endTime = endTime
    self.distance = distance
    self.duration = duration
    self.movingTime = movingTime
    self.maximumSpeed = maximumSpeed
    self.averageSpeed = averageSpeed
    self.averageMovingSpeed = averageMovingSpeed
  }

  init?(_ row: Row) {
    guard let id = row.id(.id) ?? row.id(.trackID) else { return nil }
    self.init(
      id: id, vehicleID: row.id(.vehicleID) ?? Row(row[.vehicle])?.id(.id),
      driverID: row.id(.driverID) ?? Row(row[.driver])?.id(.id), name: row.text(.name), category: row.text(.category),
      startTime: row.time(.startTime), endTime: row.time(.endTime), distance: row.reading(.distance),
      duration: row.reading(.duration), movingTime: row.reading(.movingTime), maximumSpeed: row.reading(.maximumSpeed),
      averageSpeed: row.reading(.averageSpeed), averageMovingSpeed: row.reading(.averageMovingSpeed))
  }

  /// Whether a part of it lies in a range of times, as far as its times are known; one without an end goes on.
  func overlaps(_ times: Range<Int64>) -> Bool {
    (startTime ?? endTime ?? times.lowerBound) < times.upperBound
      && (endTime ?? .max) >= times.lowerBound
  }
}
