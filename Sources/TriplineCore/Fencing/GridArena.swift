import Glibc

/// The memory of an index: one stretch that grows at its end while the index is built, and is freed as a whole.
///
/// Read through plain pointers and, where it is large, on huge pages: lookups of a mixed fleet are bound by the misses
/// that each new cell costs, and a bounds check loads the header of an array besides.
///
/// Safe to share once `seal` has been called: nothing is written after that.
final class GridArena: @unchecked Sendable {
  /// Where it begins; moves until it is sealed.
  private(set) var base: UnsafeMutableRawPointer
  /// Bytes in use.
  private(set) var byteCount = 0
  private var capacity = 4096
  private var isSealed = false

  /// What is allocated begins at multiples of this many bytes.
  static let unit = 16
  private static let cacheLine = 64
  private static let hugePage = 2 << 20

  init() { base = GridArena.memory(capacity, alignment: GridArena.cacheLine) }

  deinit { free(base) }

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
    if byteCount > capacity {
      while capacity < byteCount { capacity *= 2 }
      guard let moved = realloc(base, capacity) else { GridArena.giveUp(capacity) }
      base = moved
    }
    memset(base + start, 0, count)
    return start
  }

  /// Writes a value at a place that was allocated.
  @inline(__always)
  func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
    assert(!isSealed && offset >= 0 && offset + MemoryLayout<Value>.size <= byteCount)
    base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
  }

  /// Moves everything to memory of just the right size, cut into as few pages as possible.
  func seal() {
    let isLarge = byteCount >= GridArena.hugePage
    let alignment = isLarge ? GridArena.hugePage : GridArena.cacheLine
    capacity = max(GridArena.roundedUp(byteCount, to: GridArena.cacheLine), GridArena.cacheLine)
    let sealed = GridArena.memory(capacity, alignment: alignment)
    // Whole huge pages only: the rest of the last one would be wasted.
    if isLarge { madvise(sealed, capacity / GridArena.hugePage * GridArena.hugePage, MADV_HUGEPAGE) }
    memcpy(sealed, base, byteCount)
    free(base)
    base = sealed
    isSealed = true
  }

  private static func roundedUp(_ value: Int, to step: Int) -> Int { (value + step - 1) / step * step }

  private static func memory(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer {
    var result: UnsafeMutableRawPointer?
    guard posix_memalign(&result, alignment, count) == 0, let result else { giveUp(count) }
    return result
  }

  private static func giveUp(_ count: Int) -> Never { fatalError("no memory for \(count) bytes of a fence index") }
}
