import CPrefetch

/// Memory for plain values that grows at its end and has one owner.
///
/// What vehicles, waiting fixes and stays are kept in, what indices are built in and what lookups append to: an array asks
/// before each write whether it is shared and at each access for its bounds, which took half of the instructions of a
/// lookup and a tenth of those of a fix. Bounds are checked in debug builds.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
  private(set) var memory: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 16) {
    self.capacity = capacity
    memory = .allocate(capacity: capacity)
  }

  /// A buffer of `count` equal values.
  init(repeating value: Element, count: Int) {
    self.init(capacity: max(1, count))
    fill(with: value, count: count)
  }

  deinit { memory.deallocate() }

  @inline(__always) var indices: Range<Int> { 0..<count }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return memory[index]
    }
    _modify {
      assert(index >= 0 && index < count)
      yield &memory[index]
    }
  }

  /// Has a value brought near, or its first `size` bytes, which will be asked for soon.
  @inline(__always)
  func prefetch(_ index: Int, size: Int = MemoryLayout<Element>.stride) {
    assert(index >= 0 && index < count)
    let start = UnsafeRawPointer(memory + index)
    var offset = 0
    while offset < size {
      tripline_prefetch(start + offset)
      offset &+= 64
    }
    // Values do not begin where lines do.
    tripline_prefetch(start + (size - 1))
  }

  /// Makes room for `more` values.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.initialize(from: memory, count: count)
    memory.deallocate()
    memory = larger
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    reserve(1)
    memory[count] = element
    count &+= 1
  }

  /// Appends a value so many times.
  mutating func fill(with element: Element, count more: Int) {
    reserve(more)
    (memory + count).initialize(repeating: element, count: more)
    count += more
  }

  /// Appends a value, or not, without a branch.
  ///
  /// - Precondition: there is room for it.
  @inline(__always)
  mutating func append(_ element: Element, if isWanted: Bool) {
    assert(count < capacity)
    memory[count] = element
    count &+= isWanted ? 1 : 0
  }

  /// Forgets all values from an index on and keeps the memory.
  @inline(__always)
  mutating func removeAll(from first: Int = 0) {
    assert(first <= count)
    count = first
  }

  /// Part of the values.
  @inline(__always)
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<Element> {
    assert(range.lowerBound >= 0 && range.upperBound <= count)
    return UnsafeBufferPointer(start: memory + range.lowerBound, count: range.count)
  }
}

/// The memory has one owner, by type: nobody else reads it while it changes.
extension GrowingBuffer: @unchecked Sendable where Element: Sendable {}
