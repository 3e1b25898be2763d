/// Remembers which positions were handed on, so that what comes twice counts once: by a stream and its successor, as a last
/// position, as history.
///
/// A vehicle's positions are told apart by their time. Of each vehicle the last `limit` are remembered, by when they came: what
/// comes twice comes close together, also where it is hours old.
struct SeenTimes: Sendable {
  /// Positions that are remembered of a vehicle; at 1 Hz those of two hours and a quarter.
  static let limit = 8192

  private struct Ring: Sendable {
    var times: [Int64] = []
    var known: Set<Int64> = []
    var oldest = 0
  }

  private var vehicles: [ResourceID: Ring] = [:]

  /// Notes a position; returns `false` where it is known.
  mutating func insert(_ vehicle: ResourceID, _ time: Int64) -> Bool {
    var ring = vehicles[vehicle] ?? Ring()
    // Taken out for the while, so that nothing is copied.
    vehicles[vehicle] = nil
    defer { vehicles[vehicle] = ring }
    guard ring.known.insert(time).inserted else { return false }
    if ring.times.count < Self.limit {
      ring.times.append(time)
    } else {
      ring.known.remove(ring.times[ring.oldest])
      ring.times[ring.oldest] = time
      ring.oldest = (ring.oldest + 1) % Self.limit
    }
    return true
  }
}
