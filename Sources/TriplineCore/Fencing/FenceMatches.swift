/// The fences found at one position or at each of many, in memory that is used again.
///
/// ```swift
/// var matches = FenceMatches()
/// fences.collectFences(containing: positions.span, into: &matches)
/// for position in 0..<matches.positionCount {
///   for index in matches.range(ofPosition: position) { print(fences.id(of: matches[index])) }
/// }
/// ```
///
/// A list of its own and not an array: appending to an array asks for each fence whether the array is shared, which
/// costs more than finding the fence (half of the instructions of a lookup).
public struct FenceMatches: ~Copyable, @unchecked Sendable {
  private var fences = GrowingBuffer<UInt32>()
  /// For each position, where its fences end.
  private var ends = GrowingBuffer<Int>()
  /// The places of a batch, and the leaves there, while it is looked up.
  let places = UnsafeMutablePointer<FenceGrid.Place>.allocate(capacity: batch)
  let leaves = UnsafeMutablePointer<GridLeaf>.allocate(capacity: batch)
  /// Positions that are looked up side by side.
  static let batch = 64

  /// Creates an empty list.
  public init() {}

  deinit {
    places.deallocate()
    leaves.deallocate()
  }

  /// The number of fences found, at all positions together.
  public var count: Int { fences.count }

  /// Whether no fence was found.
  public var isEmpty: Bool { fences.count == 0 }

  /// A fence by dense index; those of a position stand together in ascending order.
  ///
  /// - Precondition: `index` is at least 0 and less than `count`.
  public subscript(index: Int) -> UInt32 {
    precondition(index >= 0 && index < fences.count, "there is no match \(index)")
    return fences.memory[index]
  }

  /// The number of positions that were looked up.
  public var positionCount: Int { ends.count }

  /// Where the fences of a position stand.
  ///
  /// - Precondition: `position` is at least 0 and less than `positionCount`.
  public func range(ofPosition position: Int) -> Range<Int> {
    precondition(position >= 0 && position < ends.count, "no position \(position) was looked up")
    return (position == 0 ? 0 : ends.memory[position - 1])..<ends.memory[position]
  }

  /// All fences found, by dense index.
  public var array: [UInt32] { Array(UnsafeBufferPointer(start: fences.memory, count: fences.count)) }

  /// Whether a fence is among those found.
  public func contains(_ fence: UInt32) -> Bool {
    for index in 0..<count where fences.memory[index] == fence { return true }
    return false
  }

  // MARK: Collecting

  @inline(__always)
  mutating func removeAll() {
    fences.count = 0
    ends.count = 0
  }

  /// Forgets all fences after the first `kept`.
  @inline(__always)
  mutating func removeAll(after kept: Int) { fences.count = kept }

  /// Makes room for `more` fences.
  @inline(__always)
  mutating func reserve(_ more: Int) { fences.reserve(more) }

  /// Appends a fence, or not, without a branch.
  ///
  /// - Precondition: there is room for it.
  @inline(__always)
  mutating func append(_ fence: UInt32, if isFound: Bool = true) {
    fences.memory[fences.count] = fence
    fences.count &+= isFound ? 1 : 0
  }

  /// Puts the last fence where it belongs among those from `first` on, which are in ascending order; one that is
  /// there already is dropped.
  @inline(__always)
  mutating func settleLast(from first: Int) {
    let fence = fences.memory[count &- 1]
    var place = count &- 1
    while place > first, fences.memory[place &- 1] > fence {
      fences.memory[place] = fences.memory[place &- 1]
      place &-= 1
    }
    fences.memory[place] = fence
    if place > first, fences.memory[place &- 1] == fence { remove(at: place) }
  }

  private mutating func remove(at place: Int) {
    for index in place..<(count - 1) { fences.memory[index] = fences.memory[index + 1] }
    fences.count -= 1
  }

  /// The fences of one more position are complete.
  @inline(__always)
  mutating func endPosition() {
    ends.reserve(1)
    ends.memory[ends.count] = fences.count
    ends.count &+= 1
  }
}

/// Memory for values of one kind that grows as needed and has one owner.
private struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
  var memory = UnsafeMutablePointer<Element>.allocate(capacity: 16)
  var count = 0
  private var capacity = 16

  deinit { memory.deallocate() }

  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: memory, count: count)
    memory.deallocate()
    memory = larger
  }
}
