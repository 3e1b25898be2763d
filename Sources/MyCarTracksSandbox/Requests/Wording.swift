import TriplineFormats
import TriplineJSON

/// Writes rows as a dialect has them.
struct Wording: Sendable {
  let dialect: Dialect

  func id(_ id: Int64) -> JSONNode { dialect.ids == .number ? .integer(id) : .string("\(id)") }

  func time(_ time: Int64) -> JSONNode {
    switch dialect.times {
    case .ms: .integer(time)
    case .s: .number(Double(time) / 1000)
    case .iso: .string(Timestamp.text(time) ?? "")
    }
  }

  func distance(_ meters: Double) -> JSONNode {
    switch dialect.distance {
    case .m: .number(meters.rounded(toPlaces: 1))
    case .km: .number((meters / 1000).rounded(toPlaces: 3))
    case .mi: .number((meters / 1609.344).rounded(toPlaces: 4))
    case .text: .string("\((meters / 1000).rounded(toPlaces: 3)) km")
    }
  }

  func length(_ milliseconds: Int64) -> JSONNode {
    dialect.lengths == .ms ? .integer(milliseconds) : .number(Double(milliseconds) / 1000)
  }

  func speed(_ metersPerSecond: Float) -> JSONNode? {
    guard metersPerSecond.isFinite else { return nil }
    let speed = Double(metersPerSecond)
    switch dialect.speed {
    case .ms: return .number(speed.rounded(toPlaces: 3))
    case .kmh: return .number((speed * 3.6).rounded(toPlaces: 2))
    case .mph: return .number((speed * 3600 / 1609.344).rounded(toPlaces: 2))
    case .text: return .string("\((speed * 3.6).rounded(toPlaces: 2)) km/h")
    }
  }

  /// The members of a vehicle in another row.
  func vehicle(_ vehicle: SandboxAccount.Vehicle, as naming: Dialect.Naming? = nil) -> [JSONNode.Member] {
    switch naming ?? dialect.positionNaming {
    case .vehicle: [.init("vehicleId", id(vehicle.id)), .init("vehicleName", .string(vehicle.name))]
    case .car: [.init("carId", id(vehicle.id)), .init("carName", .string(vehicle.name))]
    }
  }

  /// Who drives a vehicle.
  func driver(of vehicle: SandboxAccount.Vehicle, as naming: Dialect.Naming? = nil) -> JSONNode.Member {
    .init((naming ?? dialect.positionNaming) == .car ? "userId" : "driverId", id(vehicle.driver))
  }

  /// A row of the list of vehicles.
  func row(_ vehicle: SandboxAccount.Vehicle) -> [JSONNode.Member] {
    [
      .init("id", id(vehicle.id)), .init("name", .string(vehicle.name)),
      .init("description", .string("Recorded tracks of \(vehicle.name)")), .init("groupId", id(vehicle.group)),
    ]
  }

  /// A row of the list of fences.
  func row(_ fence: SandboxAccount.Fence) -> [JSONNode.Member] {
    let members: [JSONNode.Member] = [.init("id", id(fence.id)), .init("name", .string(fence.name))]
    guard fence.corners.isEmpty else {
      // That there are such is ASSUMED.
      let corners = stride(from: 0, to: fence.corners.count, by: 2).map { index in
        JSONNode.object([
          "latitude": .number(fence.corners[index]), "longitude": .number(fence.corners[index + 1]),
        ])
      }
      return members + [.init("points", .array(corners))]
    }
    return members + [
      .init("latitude", .number(fence.latitude)), .init("longitude", .number(fence.longitude)),
      .init("radius", .number(fence.radius)),
    ]
  }

  /// A row of the list of tracks, of its first points.
  func row(_ track: SandboxTrack, of vehicle: SandboxAccount.Vehicle, count: Int) -> [JSONNode.Member] {
    let summary = track.summary(of: count)
    return [.init("id", id(track.id))] + self.vehicle(vehicle, as: dialect.naming).prefix(1) + [
      .init("startTime", time(summary.start)), .init("endTime", time(summary.end)),
      .init("totalDistance", distance(summary.distance)),
      .init("totalTime", length(summary.end - summary.start)), .init("movingTime", length(summary.moving)),
      driver(of: vehicle, as: dialect.naming),
    ]
  }

  /// A row of the list of points.
  func row(_ point: SandboxPoint, id number: Int64) -> [JSONNode.Member] {
    [.init("id", id(number))] + members(of: point)
  }

  /// What a point is made of.
  func members(of point: SandboxPoint) -> [JSONNode.Member] {
    let isShort = dialect.positionNames == .short
    var members: [JSONNode.Member] = [
      .init(isShort ? "timestamp" : "time", time(point.time))
    ]
    if dialect.positionNames == .geoJSON {
      members.append(.init("coordinates", .array([.number(point.longitude), .number(point.latitude)])))
    } else {
      members.append(.init(isShort ? "lat" : "latitude", .number(point.latitude)))
      members.append(.init(isShort ? "lng" : "longitude", .number(point.longitude)))
    }
    if point.altitude.isFinite {
      let meters = Double(point.altitude).rounded(toPlaces: 1)
      members.append(.init("altitude", dialect.altitude == .number ? .number(meters) : .string("\(meters) m")))
    }
    if let speed = speed(point.speed) { members.append(.init("speed", speed)) }
    if dialect.bearing, point.bearing.isFinite {
      members.append(.init(isShort ? "heading" : "bearing", .number(Double(point.bearing).rounded(toPlaces: 1))))
    }
    if dialect.accuracy, point.accuracy.isFinite {
      members.append(.init("accuracy", .number(Double(point.accuracy).rounded(toPlaces: 1))))
    }
    return members
  }

  /// A row of the list of last positions.
  func lastPosition(_ point: SandboxPoint, of vehicle: SandboxAccount.Vehicle, track: Int64, isOnline: Bool) -> JSONNode
  {
    let rest = [.init("online", .truth(isOnline)), .init("trackId", id(track)), driver(of: vehicle)]
    switch dialect.lastPosition {
    case .flat: return .object(self.vehicle(vehicle) + members(of: point) + rest)
    case .nestedPosition:
      return .object(self.vehicle(vehicle) + [.init("position", .object(members(of: point)))] + rest)
    case .vehicleWithPosition:
      return .object(
        [.init("id", id(vehicle.id)), .init("name", .string(vehicle.name))]
          + [.init("lastPosition", .object(members(of: point)))] + rest)
    }
  }

  /// Live messages of some positions, one of all where the dialect has batches, or lines.
  func livePositions(_ positions: [(point: SandboxPoint, vehicle: SandboxAccount.Vehicle, track: Int64)], at now: Int64)
    -> [[UInt8]]
  {
    func kind(_ name: String) -> JSONNode.Member { .init(dialect.wsKey.rawValue, .string(name)) }
    func rest(of position: (point: SandboxPoint, vehicle: SandboxAccount.Vehicle, track: Int64)) -> [JSONNode.Member] {
      [.init("trackId", id(position.track)), driver(of: position.vehicle)]
    }
    if dialect.wsShape == .batch {
      let rows = positions.map { position in
        JSONNode.object(
          vehicle(position.vehicle) + members(of: position.point) + rest(of: position))
      }
      return [JSONNode.object([kind("positions"), .init("sentAt", time(now)), .init("data", .array(rows))]).bytes]
    }
    let messages = positions.map { position in
      let rest = rest(of: position)
      if dialect.wsShape == .flat {
        return JSONNode.object([kind("position")] + vehicle(position.vehicle) + members(of: position.point) + rest)
      }
      return JSONNode.object(
        [kind("position"), .init("timestamp", time(now))] + vehicle(position.vehicle)
          + [.init("position", .object(members(of: position.point)))] + rest)
    }
    guard dialect.wsShape == .lines else { return messages.map(\.bytes) }
    return [Array(messages.map(\.bytes).joined(separator: [UInt8(ascii: "\n")]))]
  }

  /// A live message without a position.
  func liveEvent(_ name: String, at now: Int64, _ members: [JSONNode.Member] = []) -> JSONNode {
    .object([.init(dialect.wsKey.rawValue, .string(name)), .init("timestamp", time(now))] + members)
  }
}

extension Double {
  /// The nearest number of so many decimal places.
  func rounded(toPlaces places: Int) -> Double {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    return (self * factor).rounded() / factor
  }
}
