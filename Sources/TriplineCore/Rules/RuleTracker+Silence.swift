/// What is decided without a fix: by silence, and by the end of a track.
extension RuleTracker {
  /// A vehicle has been silent until an instant. For the rules for which that is too long for the way to its next fix to
  /// be known, what is pending goes on as it was up to, but not at, that instant.
  mutating func wait(
    until time: Int64, _ seen: Observation, head: inout UInt32, events: inout EventBuffer
  ) {
    guard time > seen.fixTime + shortestSilence else { return }
    weighPostponed(of: head, at: seen.coordinate)
    // In the order in which they can be decided, which does not depend on how far a watermark comes at a time.
    while let (index, due) = firstDue(head, since: seen.fixTime, until: time) {
      settle(index, at: due, seen, basis: .silence, &events)
      dwell(index, at: due, seen.coordinate, seen, basis: .silence, &events)
    }
  }

  /// The node of which something can be decided first: once it is due, and the silence is too long for its rule.
  private func firstDue(_ head: UInt32, since last: Int64, until time: Int64) -> (index: UInt32, due: Int64)? {
    var first: (index: UInt32, due: Int64)?
    var firstDecidable = time
    var index = head
    while index != RulePool.none {
      let node = pool[index]
      if let due = due(node) ?? dwellDue(node) {
        let decidable = max(due, last + (conditions[Int(node.rule)].longestInference ?? longestInference))
        if decidable < time, (decidable, due) < (firstDecidable, first?.due ?? .max) {
          first = (index, due)
          firstDecidable = decidable
        }
      }
      index = node.next
    }
    return first
  }

  /// The track is over.
  mutating func finish(_ seen: Observation, head: inout UInt32, events: inout EventBuffer) {
    while head != RulePool.none {
      if pool[head].isInside && pool[head].isAnnounced {
        emit(.end, pool[head], basis: .end, time: seen.fixTime, seen.coordinate, seen, &events)
      }
      pool.remove(head, head: &head)
    }
  }
}
