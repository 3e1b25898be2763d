/// Writes the leaves of a grid into its arena.
struct LeafWriter: ~Copyable {
  /// Fences that cover a whole block, in ascending order, and where in the arena they stand once they do.
  struct Shared {
    var fences: [UInt32]
    var offset: Int?

    static let none = Shared(fences: [], offset: nil)
  }

  private let geometry: FenceGeometry
  private let arena: GridArena
  /// The last leaf without any edge: neighbours with the same fences have it in common.
  private var lastPlain: (own: [UInt32], shared: Int?, entry: FenceGrid.Entry)?

  // Of the leaf that is being written.
  private var column = 0.0
  private var row = 0.0
  private var cuts = GrowingBuffer<UInt64>()
  private var geometryWords = GrowingBuffer<UInt64>()
  private var runs = GrowingBuffer<UInt64>()

  // Of the polygon that is being appended.
  private var firstGroup = 0
  private var firstRun = 0
  private var edgeCount = 0
  private var run = 0..<(0 as UInt32)
  /// A place to which edges have shrunk, until one is found that begins there.
  private var point: (x: Int16, y: Int16)?
  private var last: (x: Int16, y: Int16)?

  init(geometry: FenceGeometry, arena: GridArena) {
    self.geometry = geometry
    self.arena = arena
  }

  // MARK: Fences that cover blocks

  /// The fences that cover a block in a cell: those of the block around it and those that cover the cell.
  func extended(_ shared: Shared, by covers: UnsafeBufferPointer<BlockRaster.Cover>) -> Shared {
    if covers.isEmpty { return shared }
    return Shared(fences: (shared.fences + covers.map(\.fence)).sorted(), offset: nil)
  }

  /// The same, in the arena.
  func stored(_ shared: Shared) -> Shared {
    if shared.fences.isEmpty || shared.offset != nil { return shared }
    let offset = arena.allocate((shared.fences.count + 1) * 4)
    if arena.isExhausted { return shared }
    arena.store(UInt32(shared.fences.count), at: offset)
    for (index, fence) in shared.fences.enumerated() { arena.store(fence, at: offset + (index + 1) * 4) }
    return Shared(fences: shared.fences, offset: offset)
  }

  // MARK: Leaves

  /// The entry of a cell without any edge.
  mutating func plainEntry(
    _ covers: UnsafeBufferPointer<BlockRaster.Cover>, shared: Shared
  ) -> FenceGrid.Entry {
    if shared.fences.isEmpty {
      if covers.isEmpty { return .nothing }
      if covers.count == 1 { return FenceGrid.Entry(.interior, Int(covers[0].fence)) }
    } else if covers.isEmpty, shared.fences.count == 1 {
      return FenceGrid.Entry(.interior, Int(shared.fences[0]))
    }
    if let lastPlain, lastPlain.shared == shared.offset, lastPlain.own.elementsEqual(covers.lazy.map(\.fence)) {
      return lastPlain.entry
    }
    begin(column: 0, row: 0)
    let entry = finish(covers, shared: shared)
    lastPlain = (covers.map(\.fence), shared.offset, entry)
    return entry
  }

  /// What covers a leaf that is being written anew.
  struct Contents {
    var covers: [BlockRaster.Cover] = []
    var shared = Shared.none
  }

  /// Begins a leaf with all that cuts another one, save for one fence, and returns what covers that.
  mutating func begin(copying entry: FenceGrid.Entry, column: Int, row: Int, without fence: UInt32?) -> Contents {
    begin(column: column, row: row)
    if entry.isInterior { return Contents(covers: [BlockRaster.Cover(cell: 0, fence: entry.value)]) }
    let leaf = GridLeaf(at: UnsafeRawPointer(arena.base + entry.offset))
    var contents = Contents()
    var geometry = leaf.firstGeometry
    var run = leaf.firstRun
    for index in 0..<leaf.cutCount {
      let cut = leaf.cut(index)
      if cut.fence != fence {
        cuts.append(cut.word)
        for word in 0..<cut.geometryWords { geometryWords.append(geometry[word]) }
        for word in 0..<cut.runWords { runs.append(run[word]) }
      }
      geometry += cut.geometryWords
      run += cut.runWords
    }
    for index in 0..<leaf.ownCoverCount {
      contents.covers.append(BlockRaster.Cover(cell: 0, fence: leaf.cover(index)))
    }
    if leaf.hasShared {
      let list = leaf.sharedOffset
      let shared = SharedCovers(at: UnsafeRawPointer(arena.base + list))
      contents.shared = Shared(fences: (0..<shared.count).map { shared.fence($0) }, offset: list)
    }
    return contents
  }

  /// Ends a leaf that is written anew.
  mutating func finish(_ contents: inout Contents) -> FenceGrid.Entry {
    if contents.shared.fences.isEmpty { contents.shared = .none }
    return contents.covers.withUnsafeBufferPointer { covers in
      if cuts.count > 0 { return finish(covers, shared: contents.shared) }
      if contents.shared.fences.isEmpty, covers.isEmpty { return .nothing }
      if contents.shared.fences.isEmpty, covers.count == 1 { return FenceGrid.Entry(.interior, Int(covers[0].fence)) }
      return finish(covers, shared: contents.shared)
    }
  }

  /// Begins a leaf; pieces are told in cells of its block.
  mutating func begin(column: Int, row: Int) {
    self.column = Double(column)
    self.row = Double(row)
    cuts.removeAll()
    geometryWords.removeAll()
    runs.removeAll()
  }

  /// Appends a circle that cuts the leaf.
  mutating func append(circle fence: UInt32) {
    let record = geometry.records[Int(fence)]
    cuts.append(GridLeaf.Cut(fence: fence, isCornerInside: false, groupCount: 0, runCount: 0).word)
    withUnsafeBytes(of: CircleRule(center: record.center, radius: record.radius)) { bytes in
      for word in 0..<CircleRule.wordCount {
        geometryWords.append(bytes.load(fromByteOffset: word * 8, as: UInt64.self))
      }
    }
  }

  /// Appends a corridor that cuts the leaf, by the pieces that meet it; `nil` for all of them.
  mutating func append(corridor fence: UInt32, pieces: UnsafeBufferPointer<BlockRaster.Piece>?) {
    beginPolygon()
    if let pieces {
      for piece in pieces { extendRun(by: piece.edge) }
    } else {
      run = geometry.pieceNumbers(of: Int(fence))
    }
    cuts.append(
      GridLeaf.Cut(fence: fence, isCornerInside: false, groupCount: 0, runCount: endRuns()).word)
  }

  /// Ends the leaf.
  mutating func finish(_ covers: UnsafeBufferPointer<BlockRaster.Cover>, shared: Shared) -> FenceGrid.Entry {
    if covers.count > GridLeaf.mostOwnCovers {
      let all = stored(extended(shared, by: covers))
      return finish(UnsafeBufferPointer(start: nil, count: 0), shared: all)
    }
    let shared = stored(shared)
    let coverWords = (covers.count + 1) / 2
    let count = 1 + cuts.count + coverWords + (shared.offset == nil ? 0 : 1) + geometryWords.count + runs.count
    let offset = arena.allocate(count * 8, isCompact: true)
    if arena.isExhausted { return .nothing }
    arena.store(
      GridLeaf.header(ownCoverCount: covers.count, hasShared: shared.offset != nil, cutCount: cuts.count), at: offset)
    var place = offset + 8
    write(cuts, at: &place)
    for (index, cover) in covers.enumerated() { arena.store(cover.fence, at: place + index * 4) }
    place += coverWords * 8
    if let list = shared.offset {
      arena.store(UInt64(list), at: place)
      place += 8
    }
    write(geometryWords, at: &place)
    write(runs, at: &place)
    return FenceGrid.Entry(.leaf, offset / GridArena.unit)
  }

  @inline(__always)
  private func write(_ words: borrowing GrowingBuffer<UInt64>, at place: inout Int) {
    for index in words.indices { arena.store(words[index], at: place + index * 8) }
    place += words.count * 8
  }

  // MARK: Polygons

  /// Begins a polygon that cuts the leaf.
  mutating func beginPolygon() {
    firstGroup = geometryWords.count
    firstRun = runs.count
    edgeCount = 0
    run = 0..<0
    point = nil
    last = nil
  }

  /// Appends a piece of its outline.
  @inline(__always)
  mutating func append(_ piece: BlockRaster.Piece) {
    let (ax, ay) = (LeafWriter.parts(piece.x0 - column), LeafWriter.parts(piece.y0 - row))
    let (bx, by) = (LeafWriter.parts(piece.x1 - column), LeafWriter.parts(piece.y1 - row))
    let isSide = piece.edge == BlockRaster.Piece.side
    if ax != bx || ay != by {
      if let point {
        if point.x != ax || point.y != ay { appendPoint(point) }
        self.point = nil
      }
      appendEdge(ax, ay, bx, by)
      last = isSide ? nil : (bx, by)
    } else if !isSide, last?.x != ax || last?.y != ay {
      // Smaller than a part, and not the end of an edge that is there.
      if let point, point.x != ax || point.y != ay { appendPoint(point) }
      point = (ax, ay)
    }
    if !isSide { extendRun(by: piece.edge) }
  }

  /// Ends the polygon.
  mutating func endPolygon(fence: UInt32, isCornerInside: Bool) {
    if let point { appendPoint(point) }
    if edgeCount == 0 { appendPoint((0, 0)) }
    let none = EdgeGroup.nothing
    while edgeCount % 4 != 0 { appendEdge(none.a.x, none.a.y, none.b.x, none.b.y) }
    precondition(edgeCount / 4 <= GridLeaf.Cut.mostGroups, "a fence has too many edges in one place")
    cuts.append(
      GridLeaf.Cut(fence: fence, isCornerInside: isCornerInside, groupCount: edgeCount / 4, runCount: endRuns()).word)
  }

  /// Ends the runs of a cut and returns their number, or what stands for all edges.
  private mutating func endRuns() -> Int {
    if !run.isEmpty { runs.append(EdgeRun(run).word) }
    let count = runs.count - firstRun
    guard count >= GridLeaf.Cut.allEdges else { return count }
    runs.removeAll(from: firstRun)
    return GridLeaf.Cut.allEdges
  }

  /// An edge in place of what is smaller than a part: it counts nothing, and positions on its height are near to it.
  private mutating func appendPoint(_ point: (x: Int16, y: Int16)) {
    appendEdge(point.x, point.y, point.x + 1, point.y)
  }

  @inline(__always)
  private mutating func appendEdge(_ ax: Int16, _ ay: Int16, _ bx: Int16, _ by: Int16) {
    let lane = edgeCount & 3
    if lane == 0 {
      for _ in 0..<EdgeGroup.wordCount { geometryWords.append(0) }
    }
    let group = firstGroup + (edgeCount >> 2) * EdgeGroup.wordCount
    let shift = UInt64(16 * lane)
    geometryWords[group] |= UInt64(UInt16(bitPattern: ax)) << shift
    geometryWords[group + 1] |= UInt64(UInt16(bitPattern: ay)) << shift
    geometryWords[group + 2] |= UInt64(UInt16(bitPattern: bx)) << shift
    geometryWords[group + 3] |= UInt64(UInt16(bitPattern: by)) << shift
    edgeCount += 1
  }

  @inline(__always)
  private mutating func extendRun(by edge: UInt32) {
    if edge == run.upperBound, !run.isEmpty {
      run = run.lowerBound..<(edge + 1)
      return
    }
    if !run.isEmpty { runs.append(EdgeRun(run).word) }
    run = edge..<(edge + 1)
  }

  /// A length in cells in whole parts of a leaf.
  @inline(__always)
  private static func parts(_ cells: Double) -> Int16 {
    // Adding 1.5 × 2^52 rounds to a whole number and leaves it in the lower bits.
    Int16(truncatingIfNeeded: (cells * Double(1 << GridLeaf.coordinateBits) + 0x1.8p52).bitPattern)
  }
}
