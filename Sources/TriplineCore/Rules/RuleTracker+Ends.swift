/// Fences whose time is over.
extension RuleTracker {
  /// When the first of the fences ends of which something is known for a vehicle, `.max` for never.
  func nextEnd(_ head: UInt32) -> Int64 {
    var end = Int64.max
    var index = head
    while index != RulePool.none {
      end = min(end, fences.names.end(of: pool[index].fence))
      index = pool[index].next
    }
    return end
  }

  /// The fences of which something is known for a vehicle and that have ended by a time.
  func fences(_ head: UInt32, endingBy time: Int64) -> [UInt32] {
    var result: [UInt32] = []
    var index = head
    while index != RulePool.none {
      if fences.names.end(of: pool[index].fence) <= time { result.append(pool[index].fence) }
      index = pool[index].next
    }
    return result
  }

  /// Takes a vehicle out of the fences that end by an instant, at the time of `seen`: what has lasted long enough by then is told,
  /// and then that who is inside leaves.
  mutating func leave(endingBy end: Int64, _ seen: Observation, head: inout UInt32, events: inout EventBuffer) {
    weighPostponed(of: head, at: seen.coordinate)
    var index = head
    while index != RulePool.none {
      let next = pool[index].next
      if fences.names.end(of: pool[index].fence) <= end {
        settle(index, at: seen.fixTime, seen, basis: .fenceChange, &events)
        dwell(index, at: seen.fixTime, seen.coordinate, seen, basis: .fenceChange, &events)
        if pool[index].isInside && pool[index].isAnnounced {
          emit(
            .exit, pool[index], reason: .fenceExpired, basis: .fenceChange, time: seen.fixTime, seen.coordinate, seen,
            &events)
        }
        pool.remove(index, head: &head)
      }
      index = next
    }
  }
}
