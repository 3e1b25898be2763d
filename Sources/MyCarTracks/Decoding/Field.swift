/// What a member of a row means, under whatever name it comes.
///
/// Few names of version 3 are documented. Those of version 2 were seen in use, others are ASSUMED: section 9 of the contract
/// has the table. `carId` and `vehicleId` are one.
enum Field: Int, CaseIterable, Sendable {
  case id, name, description
  case vehicleID, vehicleName, vehicle, driverID, driver, trackID, groupIDs, group, isActive, licensePlate
  case startTime, endTime, distance, duration, movingTime, maximumSpeed, averageSpeed, averageMovingSpeed, category
  case time, latitude, longitude, coordinates, altitude, speed, bearing, accuracy
  case radius, shape
  case kind, payload, lastPositionTime, code, message

  /// The names it may have; the first of them that a row has counts.
  var names: [String] {
    switch self {
    case .id: ["id"]
    case .name: ["name"]
    case .description: ["description"]
    case .vehicleID: ["vehicleId", "carId"]
    case .vehicleName: ["vehicleName", "carName"]
    case .vehicle: ["vehicle", "car"]
    case .driverID: ["driverId", "userId"]
    case .driver: ["driver", "user"]
    case .trackID: ["trackId"]
    case .groupIDs: ["groups", "vehicleGroups", "groupIds", "vehicleGroupIds"]
    case .group: ["groupId", "vehicleGroupId"]
    case .isActive: ["active", "paid"]
    case .licensePlate: ["licensePlate"]
    case .startTime: ["startTime", "start", "startedAt", "timeFrom"]
    case .endTime: ["endTime", "stopTime", "end", "endedAt", "timeTo"]
    case .distance: ["totalDistance", "distance", "distanceDriven", "length"]
    case .duration: ["totalTime", "duration"]
    case .movingTime: ["movingTime", "drivingTime"]
    case .maximumSpeed: ["maxSpeed", "maximumSpeed"]
    case .averageSpeed: ["averageSpeed", "avgSpeed"]
    case .averageMovingSpeed: ["averageMovingSpeed"]
    case .category: ["category"]
    case .time: ["time", "timestamp", "positionTime", "recordedAt", "dateTime", "created"]
    case .latitude: ["latitude", "lat"]
    case .longitude: ["longitude", "lng", "lon", "long"]
    case .coordinates: ["coordinates"]
    case .altitude: ["altitude", "elevation", "alt"]
    case .speed: ["speed", "velocity"]
    case .bearing: ["bearing", "heading", "course", "direction"]
    case .accuracy: ["accuracy", "horizontalAccuracy"]
    case .radius: ["radius"]
    case .shape: ["points", "polygon", "geometry"]
    case .kind: ["type", "event", "eventType", "kind", "messageType"]
    case .payload: ["data", "payload", "position", "lastPosition", "location"]
    case .lastPositionTime: ["lastPositionTime", "lastSeen"]
    case .code: ["code"]
    case .message: ["message"]
    }
  }

  /// What belongs to a position, and is taken from where its coordinates are.
  static let ofPosition: [Field] = [
    .time, .latitude, .longitude, .coordinates, .altitude, .speed, .bearing, .accuracy,
  ]

  /// The field and the rank of each name.
  static let byName = FieldNames()
}
