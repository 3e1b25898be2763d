/// Remembers which positions were handed on, so that what comes twice counts once: by a stream and its successor, as a last
/// position, as history.
///
/// A vehicle's positions are told apart by their time. Those from a floor on are all remembered: it is how far back history
/// may be fetched, so that what history and a stream both bring is known however much it is. Of older ones, which a stream may
/// bring hours late, the last `limit` are: streams that bring the same bring it close together.
struct SeenTimes: Sendable {
  /// Positions of a vehicle from before the floor that are remembered. A stream and its successor are open together for
  /// `overlap` and `finishingTime` of `LiveSessionMachine`, 70 s, and bring the same of a vehicle in turn: 512 are seven a
  /// second of that time. They take 8 KB with room to grow, and as much again of a vehicle that brings many hours late; those of the
  /// three hours that history may be fetched of are more only where a vehicle sends more often than every 21 s.
  static let limit = 512

  private struct Times: Sendable {
    /// Ascending, behind `start` of them that are forgotten.
    var recent: [Int64] = []
    var start = 0
    /// Those that came when all that was remembered was younger, in the order they came, behind `lateStart` of them that are
    /// forgotten.
    var late: [Int64] = []
    var lateStart = 0

    mutating func insert(_ time: Int64, floor: Int64) -> Bool {
      guard start < recent.count, let last = recent.last, time <= last else {
        recent.append(time)
        return true
      }
      if time < recent[start] && time < floor { return insertLate(time) }
      let index = place(of: time)
      guard recent[index] != time else { return false }
      recent.insert(time, at: index)
      return true
    }

    /// The first that is not before a time.
    private func place(of time: Int64) -> Int {
      var (low, high) = (start, recent.count)
      while low < high {
        let middle = (low + high) / 2
        if recent[middle] < time { low = middle + 1 } else { high = middle }
      }
      return low
    }

    private mutating func insertLate(_ time: Int64) -> Bool {
      guard !late[lateStart...].contains(time) else { return false }
      late.append(time)
      if late.count - lateStart > SeenTimes.limit { lateStart += 1 }
      if lateStart * 4 > SeenTimes.limit {
        late.removeFirst(lateStart)
        lateStart = 0
      }
      return true
    }

    mutating func forget(before floor: Int64) {
      while recent.count - start > SeenTimes.limit, recent[start] < floor { start += 1 }
      // Together, which costs each of them no more than four moves.
      if start * 4 > recent.count - start {
        recent.removeFirst(start)
        start = 0
      }
    }
  }

  private var vehicles: [ResourceID: Times] = [:]

  /// Notes a position; returns `false` where it is known. Nothing from `floor` on is forgotten.
  mutating func insert(_ vehicle: ResourceID, _ time: Int64, floor: Int64) -> Bool {
    var times = vehicles[vehicle] ?? Times()
    // Taken out for the while, so that nothing is copied.
    vehicles[vehicle] = nil
    defer { vehicles[vehicle] = times }
    let isNew = times.insert(time, floor: floor)
    times.forget(before: floor)
    return isNew
  }
}
