/// What one rule knows of one vehicle and one fence: there while the rule has been told that the vehicle is inside, or
/// something is pending.
struct RuleNode: ListNode {
  var rule: UInt32
  var fence: UInt32
  var next = RulePool.none
  /// What the listener was told last.
  var isInside = false
  /// Whether the listener knows that the vehicle is inside, and so has to know when it leaves.
  var isAnnounced = true
  /// Where the vehicle is by its last fix.
  var isFixInside = false
  /// Whether this stay has been told of as a dwell.
  var hasDwelt = false
  /// For each of the last fixes, the newest lowest, whether it counts for a change; of those before the unweighed ones.
  var history: UInt16 = 0
  /// Whether meeting the boundary counts by itself, no fix having followed yet.
  var hasMet = false
  /// So many of the last fixes have not been weighed, 2 at most: nothing could come of them.
  var unweighed: UInt8 = 0
  /// Of these the accuracy of the last one, and accuracy and place of the one before.
  var lastAccuracy = Float.nan
  var accuracyBefore = Float.nan
  var placeBefore = Coordinate(latitude: 0, longitude: 0)
  /// When and where the boundary was met last.
  var metTime: Int64 = 0
  var metPlace = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  /// Since when the vehicle is inside by what was told.
  var enterTime: Int64 = 0

  /// Whether it was told that the vehicle is inside, and nothing speaks against it.
  @inline(__always)
  var isSettledInside: Bool { isInside && isFixInside && history == 0 }
}

/// What rules know of vehicles and fences: a list a vehicle, by rule and fence.
typealias RulePool = ListPool<RuleNode>

extension ListPool where Node == RuleNode {
  /// The place of a node in a list, or `none`.
  func find(rule: UInt32, fence: UInt32, head: UInt32) -> UInt32 {
    let index = place(after: predecessor(rule: rule, fence: fence, head: head), head: head)
    return index != Self.none && self[index].rule == rule && self[index].fence == fence ? index : Self.none
  }

  /// Puts a node into a list, by rule and fence, and returns its place.
  mutating func insert(_ node: RuleNode, head: inout UInt32) -> UInt32 {
    insert(node, after: predecessor(rule: node.rule, fence: node.fence, head: head), head: &head)
  }

  /// Takes a node out of a list and frees its place.
  mutating func remove(_ index: UInt32, head: inout UInt32) {
    let (rule, fence) = (self[index].rule, self[index].fence)
    remove(after: predecessor(rule: rule, fence: fence, head: head), head: &head)
  }

  private func predecessor(rule: UInt32, fence: UInt32, head: UInt32) -> UInt32 {
    last(of: head) { ($0.rule, $0.fence) < (rule, fence) }
  }
}
