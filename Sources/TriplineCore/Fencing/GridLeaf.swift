/// A leaf of the grid, read from the arena: words of 8 bytes.
///
/// ```
/// own covers | shared covers: 1 if there are any | cut count: 16, 16 and 32 bits
/// cuts       one a word, by fence
/// covers     fences that cover the whole cell, two a word
/// shared     where in the arena the fences stand that cover the whole block, if there are any
/// geometry   of each cut: its edges in groups of four, each of four words; or its circle, six words; of a corridor none
/// runs       of each cut: ranges of edges, or of pieces of a corridor, among all of the set, first | end
/// ```
///
/// Edges are clipped to the cell, widened by a rim, and told in 2^14ths of it, so that four take 32 bytes and are tested
/// together. A position counts the edges to the left of it: an odd number means that it lies on the other side than the
/// corner of the cell at the bottom left, of which the cut says whether it is inside. Where an outline leaves the cell
/// on its left side, what it would bring to that count is replaced by an edge along that side.
///
/// Rounding moves each end of an edge, and the position, by at most about half a part in x and in y, together by less
/// than 1.1 (|dx| + |dy|) / length parts across an edge. A position that is farther than 2 (|dx| + |dy|) / length from
/// the lines of all edges lies where it is found to lie; the others are decided with the exact corners of the fence.
struct GridLeaf: BitwiseCopyable {
  /// Edges are told in 2 to this power parts of the cell.
  static let coordinateBits: UInt64 = 14
  /// The cell is widened by this many of these parts to either side, so that a position of the cell is never near an
  /// edge that was clipped to its side.
  static let rim = 4.0

  /// A fence that cuts the leaf.
  struct Cut: BitwiseCopyable {
    /// Stands for all edges of the fence, where they cannot be told in a few runs.
    static let allEdges = 255
    static let mostGroups = 1 << 24 - 1

    let word: UInt64

    @inline(__always) init(word: UInt64) { self.word = word }

    init(fence: UInt32, isCornerInside: Bool, groupCount: Int, runCount: Int) {
      word =
        UInt64(fence) | (isCornerInside ? 1 << 31 : 0) | UInt64(groupCount) << 32 | UInt64(runCount) << 56
    }

    @inline(__always) var fence: UInt32 { UInt32(truncatingIfNeeded: word) & ~(1 << 31) }
    /// In the highest bit whether the corner at the bottom left is inside.
    @inline(__always) var corner: UInt32 { UInt32(truncatingIfNeeded: word) & (1 << 31) }
    @inline(__always) var groupCount: Int { Int(truncatingIfNeeded: word >> 32 & (1 << 24 - 1)) }
    @inline(__always) var isPolygon: Bool { groupCount != 0 }
    /// Neither groups nor runs.
    @inline(__always) var isCircle: Bool { word >> 32 == 0 }
    @inline(__always) var isCorridor: Bool { !isPolygon && !isCircle }
    @inline(__always) var geometryWords: Int { isCircle ? CircleRule.wordCount : groupCount &* EdgeGroup.wordCount }
    var runCount: Int { Int(word >> 56) }
    /// Words that its runs take.
    var runWords: Int { runCount == Cut.allEdges ? 0 : runCount }
  }

  let words: UnsafePointer<UInt64>
  /// Fences that cover the cell and are not among the shared ones.
  let ownCoverCount: Int
  let hasShared: Bool
  let cutCount: Int

  static let mostOwnCovers = 1 << 16 - 1

  /// Fences that cover the cell as far as they are known to the leaf: not 0 if there are any.
  @inline(__always) var coverCount: Int { ownCoverCount &+ (hasShared ? 1 : 0) }

  /// The leaf of a cell; the one with nothing in it for a cell that one fence covers.
  @inline(__always)
  init(_ grid: FenceGrid, _ entry: FenceGrid.Entry) {
    self.init((grid.base + (entry.isInterior ? 0 : entry.offset)).assumingMemoryBound(to: UInt64.self))
  }

  /// The leaf at a place in memory.
  init(at place: UnsafeRawPointer) { self.init(place.assumingMemoryBound(to: UInt64.self)) }

  @inline(__always)
  private init(_ words: UnsafePointer<UInt64>) {
    self.words = words
    ownCoverCount = Int(truncatingIfNeeded: words[0] & 0xFFFF)
    hasShared = words[0] & 0x1_0000 != 0
    cutCount = Int(truncatingIfNeeded: words[0] >> 32)
  }

  static func header(ownCoverCount: Int, hasShared: Bool, cutCount: Int) -> UInt64 {
    UInt64(ownCoverCount) | (hasShared ? 0x1_0000 : 0) | UInt64(cutCount) << 32
  }

  /// The leaf with nothing in it.
  @inline(__always)
  static func none(_ grid: FenceGrid) -> GridLeaf { GridLeaf(grid.base.assumingMemoryBound(to: UInt64.self)) }

  @inline(__always)
  func cut(_ index: Int) -> Cut { Cut(word: words[1 &+ index]) }

  @inline(__always)
  func cover(_ index: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: words[1 &+ cutCount &+ index &>> 1] &>> UInt64(32 &* (index & 1)))
  }

  /// Where the geometry of the first cut begins.
  @inline(__always)
  var firstGeometry: UnsafePointer<UInt64> {
    words + (1 &+ cutCount &+ (ownCoverCount &+ 1) &>> 1 &+ (hasShared ? 1 : 0))
  }

  /// The fences that cover the whole block.
  ///
  /// - Precondition: there are any.
  func shared(_ grid: FenceGrid) -> SharedCovers { SharedCovers(at: grid.base + sharedOffset) }

  /// Where in the arena the fences stand that cover the whole block.
  ///
  /// - Precondition: there are any.
  var sharedOffset: Int { Int(words[1 + cutCount + (ownCoverCount + 1) / 2]) }

  /// Where the runs of the first cut begin.
  var firstRun: UnsafePointer<UInt64> {
    var place = firstGeometry
    for index in 0..<cutCount { place += cut(index).geometryWords }
    return place
  }

  /// Where the runs of a cut begin.
  func runs(of index: Int) -> UnsafePointer<UInt64> {
    var place = firstRun
    for before in 0..<index { place += cut(before).runWords }
    return place
  }

  /// Whether a step may meet the boundary of a fence, no corridor, that cuts the leaf.
  ///
  /// - Parameters:
  ///   - step: the step in parts of the leaf.
  ///   - p: where it begins, in degrees, which circles are told in.
  ///   - q: where it ends.
  @inline(__always)
  func mayMeet(
    _ cut: Cut, _ geometry: UnsafePointer<UInt64>, _ step: LeafStep, from p: PlanarPoint, to q: PlanarPoint
  ) -> Bool {
    if cut.isCircle { return UnsafeRawPointer(geometry).load(as: CircleRule.self).mayMeet(p, q) }
    for group in 0..<cut.groupCount where EdgeGroup.mayMeet(geometry + group &* EdgeGroup.wordCount, step) {
      return true
    }
    return false
  }

  /// Finds a fence that cuts the leaf.
  func find(_ fence: UInt32) -> (cut: Cut, geometry: UnsafePointer<UInt64>, runs: UnsafePointer<UInt64>)? {
    var geometry = firstGeometry
    var runs = firstRun
    for index in 0..<cutCount {
      let cut = cut(index)
      if cut.fence == fence { return (cut, geometry, runs) }
      geometry += cut.geometryWords
      runs += cut.runWords
    }
    return nil
  }
}

/// Fences that cover a block, told once for all its leaves: their number, then the fences, in ascending order.
struct SharedCovers {
  private let values: UnsafePointer<UInt32>

  init(at place: UnsafeRawPointer) { values = place.assumingMemoryBound(to: UInt32.self) }

  var count: Int { Int(values[0]) }

  func fence(_ index: Int) -> UInt32 { values[1 + index] }

  func contains(_ fence: UInt32) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self.fence(middle) < fence { low = middle + 1 } else { high = middle }
    }
    return low < count && self.fence(low) == fence
  }
}

/// Four edges of a cut, whose coordinates stand side by side: a.x, a.y, b.x, b.y, each of four edges.
enum EdgeGroup {
  static let wordCount = 4
  /// An edge that no position is near to and that none counts.
  static let nothing = (a: (x: Int16(0), y: Int16(32_000)), b: (x: Int16(1), y: Int16(32_000)))

  /// What a test of edges has found so far, in the highest bit of each lane.
  struct Result {
    /// An odd number of edges to the left.
    var odd: SIMD4<UInt32>
    /// An edge too near to tell.
    var near: SIMD4<UInt32>

    @inline(__always)
    init(_ cut: GridLeaf.Cut) {
      odd = SIMD4(cut.corner, 0, 0, 0)
      near = SIMD4(repeating: 0)
    }

    @inline(__always) var isInside: Bool { (odd[0] ^ odd[1] ^ odd[2] ^ odd[3]) >> 31 != 0 }
    @inline(__always) var isNear: Bool { EdgeGroup.isAny(near) }
  }

  /// Tests a position against a group.
  ///
  /// Without branches: the signs say whether the edge's ends lie on different sides of the position's height, and on
  /// which side of the edge the position lies.
  @inline(__always)
  static func test(_ group: UnsafePointer<UInt64>, x: Float, y: Float, _ result: inout Result) {
    let lanes = UnsafeRawPointer(group)
    let ax = SIMD4<Float>(lanes.load(as: SIMD4<Int16>.self)) - x
    let ay = SIMD4<Float>(lanes.load(fromByteOffset: 8, as: SIMD4<Int16>.self)) - y
    let bx = SIMD4<Float>(lanes.load(fromByteOffset: 16, as: SIMD4<Int16>.self)) - x
    let by = SIMD4<Float>(lanes.load(fromByteOffset: 24, as: SIMD4<Int16>.self)) - y
    let dx = bx - ax
    let dy = by - ay
    let side = ax * dy - ay * dx
    let sideBits = bits(side)
    let byBits = bits(by)
    result.odd ^= (bits(ay) ^ byBits) & (sideBits ^ byBits)
    let reach = (magnitude(dx) + magnitude(dy)) * 2
    result.near |= bits(magnitude(side) - reach)
  }

  /// Whether a straight step may meet an edge of a group: not where both its ends lie on one side of the edge, or both
  /// ends of the edge on one side of the step, far enough that rounding does not matter.
  @inline(__always)
  static func mayMeet(_ group: UnsafePointer<UInt64>, _ step: LeafStep) -> Bool {
    let lanes = UnsafeRawPointer(group)
    let ax = SIMD4<Float>(lanes.load(as: SIMD4<Int16>.self)) - step.x0
    let ay = SIMD4<Float>(lanes.load(fromByteOffset: 8, as: SIMD4<Int16>.self)) - step.y0
    let bx = SIMD4<Float>(lanes.load(fromByteOffset: 16, as: SIMD4<Int16>.self)) - step.x0
    let by = SIMD4<Float>(lanes.load(fromByteOffset: 24, as: SIMD4<Int16>.self)) - step.y0
    let dx = bx - ax
    let dy = by - ay
    let stepX = step.x1 - step.x0
    let stepY = step.y1 - step.y0
    let start = ax * dy - ay * dx
    let end = start - (stepX * dy - stepY * dx)
    let edgeReach = (magnitude(dx) + magnitude(dy)) * 2
    let isBeside = bits(start) ^ bits(end) | bits(magnitude(start) - edgeReach) | bits(magnitude(end) - edgeReach)
    // Most steps are short, and keep to one side of the lines of all four.
    if !isAny(isBeside) { return false }
    let a = stepX * ay - stepY * ax
    let b = stepX * by - stepY * bx
    // One more, so that a step too short for the leaf is beside nothing.
    let stepReach = (abs(stepX) + abs(stepY)) * 2 + 1
    let isPassed = bits(a) ^ bits(b) | bits(magnitude(a) - stepReach) | bits(magnitude(b) - stepReach)
    return isAny(isBeside & isPassed)
  }

  /// Whether the highest bit of a lane is set.
  @inline(__always)
  static func isAny(_ lanes: SIMD4<UInt32>) -> Bool {
    (lanes[0] | lanes[1] | lanes[2] | lanes[3]) >> 31 != 0
  }

  @inline(__always)
  private static func bits(_ value: SIMD4<Float>) -> SIMD4<UInt32> { unsafeBitCast(value, to: SIMD4<UInt32>.self) }

  @inline(__always)
  private static func magnitude(_ value: SIMD4<Float>) -> SIMD4<Float> {
    unsafeBitCast(bits(value) & 0x7FFF_FFFF, to: SIMD4<Float>.self)
  }
}

/// A straight step as far as it lies in a leaf, in the parts in which a leaf tells its edges.
struct LeafStep {
  var x0: Float
  var y0: Float
  var x1: Float
  var y1: Float
}

extension FenceGrid.Place {
  /// The position in the parts in which a leaf tells its edges, from the corner of the cell.
  @inline(__always)
  var inLeaf: (x: Float, y: Float) { FenceGrid.Place.inLeaf(x: x, y: y, shift: shift) }

  @inline(__always)
  static func inLeaf(x: UInt64, y: UInt64, shift: UInt64) -> (x: Float, y: Float) {
    let unit = shift &- GridLeaf.coordinateBits
    let mask: UInt64 = 1 << GridLeaf.coordinateBits - 1
    return (
      Float(Int32(truncatingIfNeeded: x &>> unit & mask)) + 0.5,
      Float(Int32(truncatingIfNeeded: y &>> unit & mask)) + 0.5
    )
  }
}
