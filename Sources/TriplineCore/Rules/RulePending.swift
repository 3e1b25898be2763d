/// What a rule has seen of a vehicle at a fence and does not believe yet, or what has not lasted for long enough.
public struct RulePending: Sendable, BitwiseCopyable, Equatable {
  /// Index of the rule.
  public var rule: UInt32
  /// Index of the fence.
  public var fence: UInt32
  /// What would be told: an entry, an exit, or that a stay is long enough.
  public var kind: RuleEvent.Kind
  /// Since when, in milliseconds UTC: when the boundary was met, or the stay began.
  public var since: Int64
  /// When it will have lasted for long enough, in milliseconds UTC; `nil` where more fixes have to say so.
  public var due: Int64?
}

extension RuleTracker {
  /// What is pending of a vehicle, whose last fix lies at `last`.
  func pending(_ head: UInt32, at last: Coordinate) -> [RulePending] {
    var pending: [RulePending] = []
    var index = head
    while index != RulePool.none {
      let node = weighed(pool[index], at: last)
      let end = fences.names.end(of: node.fence)
      // What the end of the fence is before will not be told.
      if node.isInside != node.isFixInside, node.isAnnounced, due(node) ?? .min <= end {
        pending.append(
          RulePending(
            rule: node.rule, fence: node.fence, kind: node.isInside ? .exit : .enter, since: node.metTime,
            due: due(node)))
      } else if let due = dwellDue(node), due <= end {
        pending.append(
          RulePending(rule: node.rule, fence: node.fence, kind: .dwell, since: node.enterTime, due: due))
      }
      index = node.next
    }
    return pending
  }
}
