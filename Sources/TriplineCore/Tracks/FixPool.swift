/// Fixes that wait, as short lists in one buffer whose places are used again.
struct FixPool: ~Copyable, Sendable {
  struct Node: Sendable, BitwiseCopyable {
    var fix: Fix
    var next: UInt32
  }

  /// A list, by its two ends.
  struct List: Sendable, BitwiseCopyable {
    var first = FixPool.none
    var last = FixPool.none

    var isEmpty: Bool { first == FixPool.none }
  }

  static let none: UInt32 = .max

  private var nodes = GrowingBuffer<Node>()
  private var firstFree = none

  /// Places in the buffer, used or free.
  var nodeCount: Int { nodes.count }

  @inline(__always)
  func fix(at index: UInt32) -> Fix { nodes[Int(index)].fix }

  @inline(__always)
  func next(after index: UInt32) -> UInt32 { nodes[Int(index)].next }

  /// The length of a list.
  ///
  /// - Complexity: O(length).
  func count(of list: List) -> UInt32 {
    var count: UInt32 = 0
    var index = list.first
    while index != Self.none {
      count += 1
      index = next(after: index)
    }
    return count
  }

  mutating func note(at index: UInt32, _ change: (inout Fix) -> Void) { change(&nodes[Int(index)].fix) }

  mutating func replace(at index: UInt32, with fix: Fix) { nodes[Int(index)].fix = fix }

  /// Puts a fix behind the node `previous`, or first where that is `none`.
  @inline(__always)
  mutating func insert(_ fix: Fix, after previous: UInt32, in list: inout List) {
    let next = previous == Self.none ? list.first : nodes[Int(previous)].next
    let index: UInt32
    if firstFree == Self.none {
      index = UInt32(nodes.count)
      nodes.append(Node(fix: fix, next: next))
    } else {
      index = firstFree
      firstFree = nodes[Int(index)].next
      nodes[Int(index)] = Node(fix: fix, next: next)
    }
    if previous == Self.none { list.first = index } else { nodes[Int(previous)].next = index }
    if next == Self.none { list.last = index }
  }

  /// Takes the first fix out.
  ///
  /// - Precondition: the list is not empty.
  @inline(__always)
  mutating func removeFirst(from list: inout List) -> Fix {
    let index = list.first
    let node = nodes[Int(index)]
    list.first = node.next
    if node.next == Self.none { list.last = Self.none }
    nodes[Int(index)].next = firstFree
    firstFree = index
    return node.fix
  }

  /// Takes all fixes out.
  mutating func removeAll(from list: inout List) {
    while !list.isEmpty { _ = removeFirst(from: &list) }
  }
}
