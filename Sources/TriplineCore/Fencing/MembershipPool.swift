/// Which fences each vehicle is inside of: one short list a vehicle, sorted by fence, all in one buffer whose places
/// are used again. A vehicle keeps the index of its first node only.
struct MembershipPool: Sendable {
  /// A vehicle's stay in a fence.
  struct Node: Sendable, BitwiseCopyable {
    var fence: UInt32
    var next: UInt32
    var enterTime: Int64
    var wasInsideAtStart: Bool
  }

  /// The end of a list.
  static let none: UInt32 = .max

  private(set) var nodes: [Node] = []
  private var firstFree = none

  subscript(index: UInt32) -> Node { nodes[Int(index)] }

  /// Puts a node behind `previous`, or at the head of the list where that is `none`, and returns its index.
  mutating func insert(_ node: Node, after previous: UInt32, head: inout UInt32) -> UInt32 {
    var node = node
    if previous == Self.none { node.next = head } else { node.next = nodes[Int(previous)].next }
    let index: UInt32
    if firstFree == Self.none {
      index = UInt32(nodes.count)
      nodes.append(node)
    } else {
      index = firstFree
      firstFree = nodes[Int(index)].next
      nodes[Int(index)] = node
    }
    if previous == Self.none { head = index } else { nodes[Int(previous)].next = index }
    return index
  }

  /// Takes the node behind `previous`, or the head, out of the list and frees its place.
  mutating func remove(after previous: UInt32, head: inout UInt32) {
    let index = previous == Self.none ? head : nodes[Int(previous)].next
    let next = nodes[Int(index)].next
    if previous == Self.none { head = next } else { nodes[Int(previous)].next = next }
    nodes[Int(index)].next = firstFree
    firstFree = index
  }

  /// The node for a fence in a list, or `nil` where the vehicle is not inside it.
  func index(of fence: UInt32, head: UInt32) -> UInt32? {
    var index = head
    while index != Self.none, nodes[Int(index)].fence < fence { index = nodes[Int(index)].next }
    return index != Self.none && nodes[Int(index)].fence == fence ? index : nil
  }
}
