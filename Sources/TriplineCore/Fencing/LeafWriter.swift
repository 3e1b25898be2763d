/// Writes the leaves of a grid into its arena.
struct LeafWriter {
  private let geometry: FenceGeometry
  private let arena: GridArena
  private var lastPlain: (interiors: [UInt32], entry: FenceGrid.Entry)?
  // Of the leaf that is being written.
  private var cuts: [UInt64] = []
  private var words: [UInt64] = []
  private var runs: [UInt64] = []
  private var edges: [SIMD4<Int16>] = []

  init(geometry: FenceGeometry, arena: GridArena) {
    self.geometry = geometry
    self.arena = arena
  }

  /// The entry of a cell without any edge; neighbours with the same fences share a leaf.
  mutating func plainEntry(_ interiors: [UInt32]) -> FenceGrid.Entry {
    if interiors.isEmpty { return .nothing }
    if interiors.count == 1 { return FenceGrid.Entry(.interior, Int(interiors[0])) }
    if let lastPlain, lastPlain.interiors == interiors { return lastPlain.entry }
    cuts.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    let entry = write(interiors)
    lastPlain = (interiors, entry)
    return entry
  }

  /// The entry of a cell that fences cut.
  ///
  /// - Parameters:
  ///   - column: the cell's column; `pieces` are told in cells of its block.
  ///   - row: the cell's row.
  ///   - allCuts: the fences, in ascending order.
  ///   - interiors: the fences that cover the cell, in ascending order.
  ///   - pieces: hands over the pieces of one of the fences.
  mutating func entry(
    column: Int, row: Int, cuts allCuts: ArraySlice<BlockRaster.Cut>, interiors: [UInt32],
    pieces: (BlockRaster.Cut, (BlockRaster.Piece) -> Void) -> Void
  ) -> FenceGrid.Entry {
    cuts.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    let corner = SIMD4(Double(column), Double(row), Double(column), Double(row))
    for cut in allCuts {
      let record = geometry.records[Int(cut.fence)]
      if record.isCircle {
        cuts.append(GridLeaf.Cut(fence: cut.fence, isCornerInside: false, groupCount: 0, runCount: 0).word)
        appendCircle(record)
      } else {
        append(cut, corner: corner, pieces: pieces)
      }
    }
    return write(interiors)
  }

  private mutating func append(
    _ cut: BlockRaster.Cut, corner: SIMD4<Double>, pieces: (BlockRaster.Cut, (BlockRaster.Piece) -> Void) -> Void
  ) {
    edges.removeAll(keepingCapacity: true)
    let firstRun = runs.count
    var run: Range<UInt32>?
    var point = SIMD4<Int16>(repeating: 0)
    pieces(cut) { piece in
      let parts = (SIMD4(piece.x0, piece.y0, piece.x1, piece.y1) - corner) * Double(1 << GridLeaf.coordinateBits)
      let edge = SIMD4<Int16>(parts.rounded(.toNearestOrEven))
      // An edge without length adds nothing to its neighbours.
      if edge.lowHalf != edge.highHalf { edges.append(edge) } else { point = edge }
      guard piece.edge != BlockRaster.Piece.side else { return }
      if let current = run {
        if piece.edge == current.upperBound {
          run = current.lowerBound..<(piece.edge + 1)
          return
        }
        runs.append(EdgeRun(current).word)
      }
      run = piece.edge..<(piece.edge + 1)
    }
    if let run { runs.append(EdgeRun(run).word) }
    var runCount = runs.count - firstRun
    let groupCount = max(1, (edges.count + 3) / 4)
    precondition(groupCount <= GridLeaf.Cut.mostGroups, "a fence has too many edges in one place")
    if runCount >= GridLeaf.Cut.allEdges {
      runs.removeLast(runCount)
      runCount = GridLeaf.Cut.allEdges
    }
    // A fence smaller than a part: an edge that counts nothing and that positions on its height are near to.
    if edges.isEmpty { edges.append(point &+ SIMD4(0, 0, 1, 0)) }
    appendGroups()
    cuts.append(
      GridLeaf.Cut(
        fence: cut.fence, isCornerInside: cut.isCornerInside, groupCount: groupCount, runCount: runCount
      ).word)
  }

  private mutating func appendGroups() {
    let none = EdgeGroup.nothing
    while edges.count % 4 != 0 { edges.append(SIMD4(none.a.x, none.a.y, none.b.x, none.b.y)) }
    for first in stride(from: 0, to: edges.count, by: 4) {
      for coordinate in 0..<4 {
        var word: UInt64 = 0
        for lane in 0..<4 {
          word |= UInt64(UInt16(bitPattern: edges[first + lane][coordinate])) << UInt64(16 * lane)
        }
        words.append(word)
      }
    }
  }

  private mutating func appendCircle(_ record: FenceGeometry.Record) {
    let rule = CircleRule(center: record.center, radius: record.radius)
    withUnsafeBytes(of: rule) { bytes in
      for word in 0..<CircleRule.wordCount { words.append(bytes.load(fromByteOffset: word * 8, as: UInt64.self)) }
    }
  }

  private func write(_ interiors: [UInt32]) -> FenceGrid.Entry {
    let interiorWords = (interiors.count + 1) / 2
    let count = 1 + cuts.count + interiorWords + words.count + runs.count
    let offset = arena.allocate(count * 8, isCompact: true)
    var place = (arena.base + offset).assumingMemoryBound(to: UInt64.self)
    place.pointee = UInt64(interiors.count) | UInt64(cuts.count) << 32
    place += 1
    for word in cuts { (place.pointee, place) = (word, place + 1) }
    for (index, fence) in interiors.enumerated() { place[index / 2] |= UInt64(fence) << UInt64(32 * (index & 1)) }
    place += interiorWords
    for word in words { (place.pointee, place) = (word, place + 1) }
    for word in runs { (place.pointee, place) = (word, place + 1) }
    return FenceGrid.Entry(.leaf, offset / GridArena.unit)
  }
}
