/// Remembers which positions were handed on, so that what comes twice counts once: by a stream and its successor, as a last
/// position, as history.
///
/// A vehicle's positions are told apart by their time. Of each vehicle the last `limit` are remembered, by when they came: what
/// comes twice comes close together, also where it is hours old.
struct SeenTimes: Sendable {
  /// Positions that are remembered of a vehicle; at 1 Hz those of two hours and a quarter.
  static let limit = 8192

  private struct Times: Sendable {
    /// In the order they came, from `start` on.
    var order: [Int64] = []
    var start = 0
    var known: Set<Int64> = []
  }

  private var vehicles: [ResourceID: Times] = [:]

  /// Notes a position; returns `false` where it is known. Of a vehicle that is being made up for nothing is forgotten.
  mutating func insert(_ vehicle: ResourceID, _ time: Int64, isMadeUpFor: Bool) -> Bool {
    var times = vehicles[vehicle] ?? Times()
    // Taken out for the while, so that nothing is copied.
    vehicles[vehicle] = nil
    defer { vehicles[vehicle] = times }
    guard times.known.insert(time).inserted else { return false }
    times.order.append(time)
    guard !isMadeUpFor else { return true }
    while times.order.count - times.start > Self.limit {
      times.known.remove(times.order[times.start])
      times.start += 1
    }
    if times.start > Self.limit {
      times.order.removeFirst(times.start)
      times.start = 0
    }
    return true
  }
}
