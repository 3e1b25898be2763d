import Glibc

/// The memory of an index: one stretch that grows at its end, and is freed as a whole.
///
/// Read through plain pointers and, where it is large, on huge pages: lookups of a mixed fleet are bound by the misses
/// that each new cell costs, and a bounds check loads the header of an array besides.
///
/// While an index is built the arena may move. Once it is sealed it does not, and nothing is written but behind what has
/// been allocated before: whoever reads that may do so on any thread. One owner at a time may go on allocating.
final class GridArena: @unchecked Sendable {
  /// Where it begins; may move until it is sealed.
  private(set) var base: UnsafeMutableRawPointer
  /// Bytes in use.
  private(set) var byteCount = 0
  /// Bytes of address space; memory is only taken where something has been written.
  private var capacity: Int
  private var isSealed = false
  /// Whether something was asked for after sealing that there was no room for: what was being written is void, and
  /// everything before is as it was.
  private(set) var isExhausted = false

  /// What is allocated begins at multiples of this many bytes.
  static let unit = 16
  private static let cacheLine = 64
  private static let page = 4096
  private static let hugePage = 2 << 20
  /// Addresses kept free for edits when sealed: at least this and a quarter of what is in use.
  private static let sealedRoom = 1 << 20

  /// An empty arena that does not have to move until it has `expected` bytes.
  init(expecting expected: Int) {
    capacity = GridArena.roundedUp(max(expected, GridArena.page), to: GridArena.page)
    base = GridArena.map(capacity)
  }

  deinit { munmap(base, capacity) }

  /// Takes `count` bytes, all 0, and returns where they begin; where a sealed arena has no room for them, a place of no
  /// matter, at which nothing is stored.
  ///
  /// - Parameter isCompact: whether they are to lie on one cache line, where they fit in one.
  func allocate(_ count: Int, isCompact: Bool = false) -> Int {
    var start = GridArena.roundedUp(byteCount, to: GridArena.unit)
    if isCompact, start % GridArena.cacheLine + count > GridArena.cacheLine {
      start = GridArena.roundedUp(start, to: GridArena.cacheLine)
    }
    if isSealed && start + count > capacity {
      isExhausted = true
      return Int.min / 2
    }
    _ = extend(by: start + count - byteCount)
    return start
  }

  /// Takes `count` bytes behind those in use; whether the arena has moved.
  @inline(__always)
  func extend(by count: Int) -> Bool {
    byteCount += count
    return byteCount > capacity ? grow(to: max(2 * capacity, byteCount)) : false
  }

  /// Sees to it that the arena does not have to move until it has `total` bytes and is sealed; whether it has moved for
  /// that.
  func reserve(_ total: Int) -> Bool {
    total > capacity ? grow(to: total + total / 2 + GridArena.sealedRoom) : false
  }

  /// Whether so many more bytes fit without the arena having to move.
  func hasRoom(for more: Int) -> Bool { byteCount + more + GridArena.page <= capacity }

  /// Writes a value at a place that was allocated.
  @inline(__always)
  func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    if offset < 0 { return }
    assert(offset + MemoryLayout<Value>.size <= byteCount)
    base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }

  /// Stays where it is from now on, with some addresses to grow into; whether it has moved for the last time.
  func seal() -> Bool {
    if isSealed { return false }
    let least = byteCount + byteCount / 4 + GridArena.sealedRoom
    let hasMoved = least > capacity && grow(to: least)
    isSealed = true
    return hasMoved
  }

  @inline(never)
  private func grow(to wanted: Int) -> Bool {
    precondition(!isSealed, "a sealed arena is read by others and cannot move")
    let larger = GridArena.roundedUp(wanted, to: GridArena.page)
    let moved = GridArena.map(larger)
    memcpy(moved, base, min(capacity, byteCount))
    munmap(base, capacity)
    base = moved
    capacity = larger
    return true
  }

  private static func roundedUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }

  private static func map(_ count: Int) -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      fatalError("no memory for \(count) bytes of a fence index")
    }
    if count >= 2 * hugePage { madvise(memory, count, MADV_HUGEPAGE) }
    return memory
  }
}
