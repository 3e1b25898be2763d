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
  /// Positions so far that were decided by the exact shapes.
  private(set) var exactCount = 0
  /// Positions that are looked up side by side.
  static let batch = 64

  /// Creates an empty list.
  public init() {}

  /// The number of fences found, at all positions together.
  public var count: Int { fences.count }

  /// Whether no fence was found.
  public var isEmpty: Bool { fences.count == 0 }

  /// A fence by dense index; those of a position stand together in ascending order.
  ///
  /// - Precondition: `index` is at least 0 and less than `count`.
  public subscript(index: Int) -> UInt32 {
    precondition(index >= 0 && index < fences.count, "there is no match \(index)")
    return fences[index]
  }

  /// The number of positions that were looked up.
  public var positionCount: Int { ends.count }

  /// Where the fences of a position stand.
  ///
  /// - Precondition: `position` is at least 0 and less than `positionCount`.
  public func range(ofPosition position: Int) -> Range<Int> {
    precondition(position >= 0 && position < ends.count, "no position \(position) was looked up")
    return (position == 0 ? 0 : ends[position - 1])..<ends[position]
  }

  /// All fences found, by dense index.
  public var array: [UInt32] { Array(fences.slice(fences.indices)) }

  /// Whether a fence is among those found.
  public func contains(_ fence: UInt32) -> Bool {
    for index in 0..<count where fences[index] == fence { return true }
    return false
  }

  // MARK: Collecting

  @inline(__always)
  mutating func removeAll() {
    fences.removeAll()
    ends.removeAll()
  }

  /// Forgets all fences after the first `kept`.
  @inline(__always)
  mutating func removeAll(after kept: Int) { fences.removeAll(from: kept) }

  /// Forgets all fences after the first `kept`, for a position that is decided by the exact shapes.
  mutating func removeDoubtful(after kept: Int) {
    removeAll(after: kept)
    exactCount &+= 1
  }

  /// Puts a fence in the place of an earlier one.
  mutating func move(_ index: Int, to place: Int) { fences[place] = fences[index] }

  /// Makes room for `more` fences.
  @inline(__always)
  mutating func reserve(_ more: Int) { fences.reserve(more) }

  /// Appends a fence, or not, without a branch.
  ///
  /// - Precondition: there is room for it.
  @inline(__always)
  mutating func append(_ fence: UInt32, if isFound: Bool) { fences.append(fence, if: isFound) }

  /// Appends a fence.
  @inline(__always)
  mutating func append(_ fence: UInt32) { fences.append(fence) }

  /// Puts the fences from `middle` on where they belong among those from `first` on, which are in ascending order; one
  /// that is there already is dropped.
  @inline(__always)
  mutating func merge(from first: Int, at middle: Int) {
    if middle > first && middle < count { insert(from: first, at: middle) }
  }

  @inline(never)
  private mutating func insert(from first: Int, at middle: Int) {
    var end = middle
    for index in middle..<count {
      let fence = fences[index]
      var place = end
      while place > first, fences[place - 1] > fence { place -= 1 }
      if place > first, fences[place - 1] == fence { continue }
      var later = end
      while later > place {
        fences[later] = fences[later - 1]
        later -= 1
      }
      fences[place] = fence
      end += 1
    }
    fences.removeAll(from: end)
  }

  /// The fences of one more position are complete.
  @inline(__always)
  mutating func endPosition() { ends.append(fences.count) }
}
