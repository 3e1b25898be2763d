/// A node of one of the lists in a `ListPool`.
protocol ListNode: BitwiseCopyable, Sendable {
  /// The place of the node behind it, or `none`.
  var next: UInt32 { get set }
}

/// Short lists, one a vehicle, all in one buffer whose places are used again. A vehicle keeps the place of its first
/// node only.
struct ListPool<Node: ListNode>: ~Copyable, Sendable {
  /// The end of a list.
  static var none: UInt32 { .max }

  private(set) var nodes = GrowingBuffer<Node>()
  private var firstFree = UInt32.max

  subscript(index: UInt32) -> Node {
    @inline(__always) get { nodes[Int(index)] }
    @inline(__always) _modify { yield &nodes[Int(index)] }
  }

  /// Has a node brought near that will be asked for soon, where there is one.
  @inline(__always)
  func prefetch(_ index: UInt32) {
    if index != Self.none { nodes.prefetch(Int(index)) }
  }

  /// Puts a node behind `previous`, or at the head of the list where that is `none`, and returns its place.
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

  /// The last node of a list that comes before the place asked for, or `none`.
  @inline(__always)
  func last(of head: UInt32, where precedes: (Node) -> Bool) -> UInt32 {
    var previous = Self.none
    var index = head
    while index != Self.none, precedes(nodes[Int(index)]) {
      previous = index
      index = nodes[Int(index)].next
    }
    return previous
  }

  /// The place behind `previous`, or the head.
  @inline(__always)
  func place(after previous: UInt32, head: UInt32) -> UInt32 {
    previous == Self.none ? head : nodes[Int(previous)].next
  }
}
