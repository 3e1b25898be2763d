/// A leaf of the grid, read from the buffer.
struct GridLeaf: BitwiseCopyable {
  /// Words before the cuts.
  static let wordCount = 4

  /// A fence that cuts the leaf.
  struct Cut: BitwiseCopyable {
    let word: UInt64

    @inline(__always) init(_ word: UInt64) { self.word = word }

    init(fence: UInt32, referenceIsInside: Bool, edgeCount: Int) {
      word = UInt64(fence) | (referenceIsInside ? 1 << 31 : 0) | UInt64(edgeCount) << 32
    }

    @inline(__always) var fence: UInt32 { UInt32(truncatingIfNeeded: word) & ~(1 << 31) }
    @inline(__always) var referenceIsInside: UInt64 { word >> 31 & 1 }
    @inline(__always) var edgeCount: Int { Int(word >> 32) }
    @inline(__always) var isCircle: Bool { word >> 32 == 0 }
    /// Words that its edges, or its circle, take.
    @inline(__always) var geometryWords: Int { max(1, edgeCount) * 4 }
  }

  let offset: Int
  let interiorCount: Int
  let cutCount: Int

  @inline(__always)
  init(_ grid: FenceGrid, at leaf: UInt32) {
    offset = Int(leaf)
    let counts = grid.words[offset + 3]
    interiorCount = Int(counts & 0xFFFF_FFFF)
    cutCount = Int(counts >> 32)
  }

  /// The word at which the geometry of the first cut begins.
  @inline(__always)
  var firstGeometry: Int { offset + GridLeaf.wordCount + cutCount + (interiorCount + 1) / 2 }
}

extension FenceGrid {
  @inline(__always)
  func cut(_ index: Int, of leaf: GridLeaf) -> GridLeaf.Cut {
    GridLeaf.Cut(words[leaf.offset + GridLeaf.wordCount + index])
  }

  @inline(__always)
  func interior(_ index: Int, of leaf: GridLeaf) -> UInt32 {
    let word = words[leaf.offset + GridLeaf.wordCount + leaf.cutCount + index / 2]
    return UInt32(truncatingIfNeeded: word >> UInt64(32 * (index & 1)))
  }

  @inline(__always)
  func number(at offset: Int) -> Double { Double(bitPattern: words[offset]) }

  @inline(__always)
  func point(at offset: Int) -> PlanarPoint { PlanarPoint(x: number(at: offset), y: number(at: offset + 1)) }

  /// Where a point of a leaf lies with respect to a fence that cuts it, whose geometry begins at a word.
  ///
  /// Decides without branches as long as no determinant is within its error margin of 0, which it is only for points
  /// next to an edge or to the line through one; those are decided exactly.
  @inline(__always)
  func location(x: Double, y: Double, cut: GridLeaf.Cut, geometry: Int, leaf: GridLeaf) -> Location {
    if cut.isCircle {
      return Circle.location(x: x, y: y, center: point(at: geometry), radius: number(at: geometry + 2))
    }
    let dx = number(at: leaf.offset) - x
    let dy = number(at: leaf.offset + 1) - y
    var smallest = Double.infinity
    var crossings = cut.referenceIsInside << 63
    var edge = geometry
    for _ in 0..<cut.edgeCount {
      let ax = number(at: edge) - x
      let ay = number(at: edge + 1) - y
      let bx = number(at: edge + 2) - x
      let by = number(at: edge + 3) - y
      let sideA = dx * ay - dy * ax
      let sideB = dx * by - dy * bx
      let sidePoint = ax * by - ay * bx
      // The two ends on different sides of the line to the reference point, and this point on the other side of the
      // edge than the reference point, which is on the left.
      crossings ^= (sideA.bitPattern ^ sideB.bitPattern) & sidePoint.bitPattern
      smallest = min(smallest, min(abs(sidePoint), min(abs(sideA), abs(sideB))))
      edge += 4
    }
    if smallest <= number(at: leaf.offset + 2) {
      return exactLocation(PlanarPoint(x: x, y: y), cut: cut, geometry: geometry, leaf: leaf)
    }
    return crossings >> 63 != 0 ? .interior : .exterior
  }

  @inline(never)
  private func exactLocation(_ point: PlanarPoint, cut: GridLeaf.Cut, geometry: Int, leaf: GridLeaf) -> Location {
    let reference = self.point(at: leaf.offset)
    var isInside = cut.referenceIsInside != 0
    for edge in stride(from: geometry, to: geometry + cut.geometryWords, by: 4) {
      let a = self.point(at: edge)
      let b = self.point(at: edge + 2)
      if Orientation.isOn(point, a, b) { return .boundary }
      if Orientation.crosses(point, reference, a, b) { isInside.toggle() }
    }
    return isInside ? .interior : .exterior
  }
}
