import Glibc

/// The memory of an index: one stretch that grows at its end while the index is built, and is freed as a whole.
///
/// Read through plain pointers and, where it is large, on huge pages: lookups of a mixed fleet are bound by the misses
/// that each new cell costs, and a bounds check loads the header of an array besides.
///
/// Safe to share once `seal` has been called: nothing is written after that.
final class GridArena: @unchecked Sendable {
  /// Where it begins; may move until it is sealed.
  private(set) var base: UnsafeMutableRawPointer
  /// Bytes in use.
  private(set) var byteCount = 0
  /// Bytes of address space; memory is only taken where something has been written.
  private var capacity: Int
  private var isSealed = false

  /// What is allocated begins at multiples of this many bytes.
  static let unit = 16
  private static let cacheLine = 64
  private static let page = 4096
  private static let hugePage = 2 << 20

  /// An empty arena that does not have to move until it has `expected` bytes.
  init(expecting expected: Int) {
    capacity = GridArena.roundedUp(max(expected, GridArena.page), to: GridArena.page)
    base = GridArena.reserve(capacity)
  }

  deinit { munmap(base, capacity) }

  /// Takes `count` bytes, all 0, and returns where they begin.
  ///
  /// - Parameter isCompact: whether they are to lie on one cache line, where they fit in one.
  func allocate(_ count: Int, isCompact: Bool = false) -> Int {
    precondition(!isSealed, "a sealed arena is read by others")
    var start = GridArena.roundedUp(byteCount, to: GridArena.unit)
    if isCompact, start % GridArena.cacheLine + count > GridArena.cacheLine {
      start = GridArena.roundedUp(start, to: GridArena.cacheLine)
    }
    byteCount = start + count
    if byteCount > capacity { move(to: GridArena.roundedUp(max(2 * capacity, byteCount), to: GridArena.page), start) }
    return start
  }

  /// Writes a value at a place that was allocated.
  @inline(__always)
  func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    assert(!isSealed && offset >= 0 && offset + MemoryLayout<Value>.size <= byteCount)
    base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }

  /// Gives back the addresses that are not needed.
  func seal() {
    let needed = max(GridArena.page, GridArena.roundedUp(byteCount, to: GridArena.page))
    if needed < capacity { munmap(base + needed, capacity - needed) }
    capacity = needed
    isSealed = true
  }

  private func move(to larger: Int, _ used: Int) {
    let moved = GridArena.reserve(larger)
    memcpy(moved, base, used)
    munmap(base, capacity)
    base = moved
    capacity = larger
  }

  private static func roundedUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }

  private static func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let memory = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0), memory != MAP_FAILED else {
      fatalError("no memory for \(count) bytes of a fence index")
    }
    if count >= 2 * hugePage { madvise(memory, count, MADV_HUGEPAGE) }
    return memory
  }
}
