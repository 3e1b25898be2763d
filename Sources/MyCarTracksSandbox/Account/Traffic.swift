/// Something that real accounts have and programs stumble over; it is put into an account on purpose.
public enum Traffic: String, Sendable, Hashable, CaseIterable {
  /// A fix of each track is 20 km away.
  case jump
  /// Some fixes are at 0, 0, as receivers without a position say.
  case nullIsland = "null-island"
  /// Some fixes are a day in the future.
  case future
  /// The clock of every third vehicle is seven minutes slow.
  case clockSkew = "clock-skew"
  /// One vehicle has many tracks of one to three fixes.
  case ghostTracks = "ghost-tracks"
  /// Two vehicles have the same name.
  case sameNames = "same-names"
  /// A track that crosses midnight and is longer than a day.
  case longTrack = "long-track"
  /// A vehicle that is parked at the edge of a fence, whose fixes are now inside and now outside.
  case edgeJitter = "edge-jitter"
  /// A vehicle that drives through a fence between two fixes.
  case fastCrossing = "fast-crossing"
}

extension SandboxAccount {
  /// The account with some traffic in it; which fixes it befalls is drawn from a seed.
  public func with(_ traffic: Set<Traffic>, seed: UInt64) -> SandboxAccount {
    guard !traffic.isEmpty else { return self }
    var dice = Dice(seed: seed)
    var account = SandboxAccount()
    account.fences = fences
    for (index, vehicle) in vehicles.enumerated() {
      let isNamesake = traffic.contains(.sameNames) && index == 1
      _ = account.addVehicle(named: isNamesake ? vehicles[0].name : vehicle.name)
    }
    for track in tracks {
      account.addTrack(of: track.vehicle, Self.befallen(track, traffic, &dice))
    }
    account.addVehicles(traffic, end: end ?? 0, &dice)
    return account
  }

  private static func befallen(_ track: SandboxTrack, _ traffic: Set<Traffic>, _ dice: inout Dice) -> [SandboxPoint] {
    var points = track.points
    if traffic.contains(.jump), let index = points.indices.randomElement(using: &dice) {
      points[index].latitude += points[index].latitude > 0 ? -0.18 : 0.18
    }
    for index in points.indices {
      if traffic.contains(.nullIsland), dice.happens(0.05) {
        (points[index].latitude, points[index].longitude) = (0, 0)
      }
      if traffic.contains(.future), dice.happens(0.02) { points[index].time += 86_400_000 }
      if traffic.contains(.clockSkew), track.vehicle % 3 == 2 { points[index].time -= 420_000 }
    }
    return points
  }

  /// Vehicles of their own, whose last fix is at `end`.
  private mutating func addVehicles(_ traffic: Set<Traffic>, end: Int64, _ dice: inout Dice) {
    if traffic.contains(.ghostTracks) {
      let vehicle = addVehicle(named: "Ghost")
      for number in (0..<40).reversed() {
        let count = Int.random(in: 1...3, using: &dice)
        addTrack(of: vehicle, (0..<count).map { Self.point(end - Int64(number) * 300_000, $0, 1000, latitude: 47) })
      }
    }
    if traffic.contains(.longTrack) {
      let vehicle = addVehicle(named: "Long haul")
      let start = end - 27 * 3_600_000
      addTrack(of: vehicle, (0..<27 * 60).map { Self.point(start, $0, 60_000, latitude: 46) })
    }
    if traffic.contains(.edgeJitter) {
      let vehicle = addVehicle(named: "At the edge")
      fences.append(Fence(id: 901, name: "Edge", latitude: 45, longitude: 17, radius: 100))
      addTrack(
        of: vehicle,
        (0..<600).map { index in
          // A hundred metres north of the middle, give or take fifteen.
          var point = Self.point(end - Int64(599 - index) * 1000, 0, 1000, latitude: 45)
          point.time = end - Int64(599 - index) * 1000
          point.uploaded = point.time
          point.latitude = 45 + (100 + Double.random(in: -15...15, using: &dice)) / 111_140
          (point.speed, point.accuracy) = (0, 15)
          return point
        })
    }
    if traffic.contains(.fastCrossing) {
      let vehicle = addVehicle(named: "Passing through")
      // 300 m from one fix to the next, the fence of 20 m between two of them.
      fences.append(Fence(id: 902, name: "Gate", latitude: 44, longitude: 17 + 3150 / 79_300, radius: 20))
      addTrack(
        of: vehicle,
        (0..<21).map { index in
          var point = Self.point(end - Int64(20 - index) * 10_000, 0, 1000, latitude: 44)
          point.time = end - Int64(20 - index) * 10_000
          point.uploaded = point.time
          point.longitude = 17 + Double(index) * 300 / 79_300
          point.speed = 30
          return point
        })
    }
  }
}
