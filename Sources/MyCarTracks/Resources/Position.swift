import TriplineJSON

/// Where a vehicle was last, or is now. The shape of these rows and events is ASSUMED.
public struct Position: DecodableResource, Hashable {
  /// The vehicle.
  public var vehicleID: ResourceID
  /// Its name.
  public var vehicleName: String?
  /// The track that is being recorded.
  public var trackID: ResourceID?
  /// Who drives.
  public var driverID: ResourceID?
  /// Where, and when.
  public var point: TrackPoint

  /// The vehicle's id: a list has one row of each.
  public var resourceID: ResourceID? { vehicleID }

  /// Creates a position.
  public init(
    vehicleID: ResourceID, vehicleName: String? = nil, trackID: ResourceID? = nil, driverID: ResourceID? = nil,
    point: TrackPoint
  ) {
    self.vehicleID = vehicleID
    self.vehicleName = vehicleName
    self.trackID = trackID
    self.driverID = driverID
    self.point = point
  }

  init?(_ row: Row) {
    var row = row
    if let inner = Row(row[.payload]) { row.include(inner) }
    self.init(merged: row)
  }

  /// Reads a row in which the inner one has been merged.
  init?(merged row: Row) {
    let vehicle = Row(row[.vehicle])
    guard let id = Self.vehicleID(row, vehicle), var point = TrackPoint(row) else { return nil }
    point.id = nil
    self.init(
      vehicleID: id, vehicleName: row.text(.vehicleName) ?? vehicle?.text(.name) ?? row.text(.name),
      trackID: row.id(.trackID), driverID: row.id(.driverID) ?? Row(row[.driver])?.id(.id), point: point)
  }

  /// The vehicle of a row; its bare id only if it has no other.
  static func vehicleID(_ row: Row, _ vehicle: Row?) -> ResourceID? {
    row.id(.vehicleID) ?? vehicle?.id(.id) ?? vehicle?.id(.vehicleID) ?? row.id(.id)
  }
}

extension Row {
  /// Merges an inner row: of what belongs to a position it counts, of everything else this one.
  mutating func include(_ inner: Row) {
    takePosition(from: inner)
    fill(from: inner)
  }
}
