/// Plain values in a row, in an arena of their own: a list that grows at its end without moving, so that what has been
/// read of it stays where it is while an index is edited.
///
/// A copy is a look at the list as it was: values that are appended to another copy later are not seen. Only the copy
/// with all values may be appended to, by one owner at a time.
struct ArenaList<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  private let arena: GridArena
  private var base: UnsafeMutablePointer<Element>
  private(set) var count = 0

  init() {
    arena = GridArena(expecting: 0)
    base = arena.base.assumingMemoryBound(to: Element.self)
  }

  @inline(__always) var indices: Range<Int> { 0..<count }
  /// Memory of the values in bytes.
  var byteCount: Int { count * MemoryLayout<Element>.stride }
  /// Whether no other copy has been appended to since.
  var isNewest: Bool { arena.byteCount == byteCount }

  @inline(__always)
  subscript(index: Int) -> Element {
    assert(index >= 0 && index < count)
    return base[index]
  }

  /// Makes room for so many values in all.
  mutating func reserve(_ total: Int) { rebase(arena.reserve(total * MemoryLayout<Element>.stride)) }

  @inline(__always)
  mutating func append(_ element: Element) {
    assert(isNewest)
    rebase(arena.extend(by: MemoryLayout<Element>.stride))
    base[count] = element
    count &+= 1
  }

  /// The same values in memory of their own, with room for more.
  func copied(withRoomFor more: Int) -> ArenaList {
    var copy = ArenaList()
    copy.reserve(count + more)
    for index in indices { copy.append(self[index]) }
    return copy
  }

  /// Whether so many more values fit without the list having to move.
  func hasRoom(for more: Int) -> Bool { arena.hasRoom(for: more * MemoryLayout<Element>.stride) }

  /// The list is shared from now on and must not move any more.
  mutating func seal() { rebase(arena.seal()) }

  @inline(__always)
  private mutating func rebase(_ hasMoved: Bool) {
    if hasMoved { base = arena.base.assumingMemoryBound(to: Element.self) }
  }
}
