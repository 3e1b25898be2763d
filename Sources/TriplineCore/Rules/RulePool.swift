/// What rules know of vehicles and fences: one short list a vehicle, by rule and fence, all in one buffer whose places
/// are used again.
struct RulePool: Sendable {
  /// What one rule knows of one vehicle and one fence: there while the rule has been told that the vehicle is inside, or
  /// something is pending.
  struct Node: Sendable, BitwiseCopyable, Equatable {
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
    /// For each of the last fixes, the newest lowest, whether it counts for a change.
    var history: UInt16 = 0
    /// Whether meeting the boundary counts by itself, no fix having followed yet.
    var hasMet = false
    /// When and where the boundary was met last.
    var metTime: Int64 = 0
    var metPlace = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
    /// Since when the vehicle is inside by what was told.
    var enterTime: Int64 = 0
  }

  /// The end of a list.
  static let none: UInt32 = .max

  private(set) var nodes: [Node] = []
  private var firstFree = none

  subscript(index: UInt32) -> Node {
    get { nodes[Int(index)] }
    set { nodes[Int(index)] = newValue }
  }

  /// The place of a node in a list, or `none`.
  func find(rule: UInt32, fence: UInt32, head: UInt32) -> UInt32 {
    var index = head
    while index != RulePool.none, nodes[Int(index)].rule != rule || nodes[Int(index)].fence != fence {
      index = nodes[Int(index)].next
    }
    return index
  }

  /// Puts a node into a list, by rule and fence, and returns its place.
  mutating func insert(_ node: Node, head: inout UInt32) -> UInt32 {
    var previous = RulePool.none
    var following = head
    while following != RulePool.none,
      (nodes[Int(following)].rule, nodes[Int(following)].fence) < (node.rule, node.fence)
    {
      previous = following
      following = nodes[Int(following)].next
    }
    var node = node
    node.next = following
    let index: UInt32
    if firstFree == RulePool.none {
      index = UInt32(nodes.count)
      nodes.append(node)
    } else {
      index = firstFree
      firstFree = nodes[Int(index)].next
      nodes[Int(index)] = node
    }
    if previous == RulePool.none { head = index } else { nodes[Int(previous)].next = index }
    return index
  }

  /// Takes a node out of a list and frees its place.
  mutating func remove(_ index: UInt32, head: inout UInt32) {
    let next = nodes[Int(index)].next
    if head == index {
      head = next
    } else {
      var previous = head
      while nodes[Int(previous)].next != index { previous = nodes[Int(previous)].next }
      nodes[Int(previous)].next = next
    }
    nodes[Int(index)].next = firstFree
    firstFree = index
  }
}
