import TriplineJSON

/// A vehicle of an account. Only `id` and `name` are documented, everything else is ASSUMED and may be missing.
public struct Vehicle: DecodableResource, Hashable {
  /// Its id.
  public var id: ResourceID
  /// Its name, which another vehicle may have too.
  public var name: String?
  /// What its owner says of it.
  public var description: String?
  /// Its licence plate.
  public var licensePlate: String?
  /// The groups it is in.
  public var groupIDs: [ResourceID]
  /// Who drives it.
  public var driverID: ResourceID?
  /// Whether it is part of the account's plan, where that is said.
  public var isActive: Bool?

  /// The id.
  public var resourceID: ResourceID? { id }

  /// Creates a vehicle.
  public init(
    id: ResourceID, name: String? = nil, description: String? = nil, licensePlate: String? = nil,
    groupIDs: [ResourceID] = [], driverID: ResourceID? = nil, isActive: Bool? = nil
  ) {
    self.id = id
    self.name = name
    self.description = description
    self.licensePlate = licensePlate
    self.groupIDs = groupIDs
    self.driverID = driverID
    self.isActive = isActive
  }

  init?(_ row: Row) {
    guard let id = row.id(.id) ?? row.id(.vehicleID) else { return nil }
    let groups = row[.groupIDs]?.array?.compactMap { group in
      (group.identifier ?? group.object?["id"]?.identifier).map(ResourceID.init)
    }
    self.init(
      id: id, name: row.text(.name) ?? row.text(.vehicleName), description: row.text(.description),
      licensePlate: row.text(.licensePlate), groupIDs: groups ?? row.id(.group).map { [$0] } ?? [],
      driverID: row.id(.driverID) ?? Row(row[.driver])?.id(.id), isActive: row.truth(.isActive))
  }
}
