/// Builds a `FenceGrid` from the top down: a cell that holds much geometry is cut into a block of smaller ones.
struct FenceGridBuilder {
  /// A leaf is cut further while it holds more groups of edges than this.
  private static let leafWeight = 6
  /// From this weight on a cell of the outermost block gets a large block.
  private static let largeWeight = 64
  /// Edges for each cell of the outermost block.
  private static let edgesPerRootCell = 1000.0
  private static let leastRootCells = 16.0
  /// Cells of this size in degrees, about a metre, are not cut further.
  private static let smallestCell = 1e-5
  /// A block may take so many times the memory of the cell without a part of it becoming simpler.
  private static let fruitlessGrowth = 2

  private let geometry: FenceGeometry
  private let frame: GridFrame
  private let arena = GridArena()
  private var leaves: LeafWriter
  /// What cells are cut with, by depth.
  private var rasters: [BlockRaster] = []
  private var largeRaster: BlockRaster?

  /// The grid over all fences of `geometry`.
  ///
  /// - Complexity: O(*e* log *e*) in the number of edges.
  static func build(_ geometry: FenceGeometry) -> FenceGrid {
    var builder = FenceGridBuilder(geometry)
    builder.build()
    builder.arena.seal()
    return FenceGrid(geometry: geometry, frame: builder.frame, arena: builder.arena)
  }

  private init(_ geometry: FenceGeometry) {
    self.geometry = geometry
    leaves = LeafWriter(geometry: geometry, arena: arena)
    guard !geometry.records.isEmpty else {
      frame = GridFrame()
      return
    }
    var bounds = PlanarBox.empty
    var weight = 0
    for (fence, record) in geometry.records.enumerated() {
      bounds.formUnion(record.box)
      weight += record.isCircle ? 16 : geometry.edgeCount(of: fence)
    }
    frame = GridFrame(over: bounds, cells: max(Self.leastRootCells, Double(weight) / Self.edgesPerRootCell))
  }

  // MARK: The outermost block

  private mutating func build() {
    // A leaf with nothing in it, which all empty cells lead to.
    _ = arena.allocate(GridArena.unit)
    let root = arena.allocate(frame.columns * frame.rows * 4)
    guard frame.columns > 0 else { return }
    var raster = BlockRaster(columns: frame.columns, rows: frame.rows)
    for fence in geometry.records.indices { add(fence, to: &raster) }
    raster.sort()
    let block = CellFrame(originX: 0, originY: 0, cellSize: 1, shift: FenceGrid.rootShift, depth: 0)
    fill(raster, block, interiors: []) { builder, cell, entry in
      builder.arena.base.storeBytes(of: entry, toByteOffset: root + cell * 4, as: FenceGrid.Entry.self)
    }
  }

  private func add(_ fence: Int, to raster: inout BlockRaster) {
    let record = geometry.records[fence]
    let low = frame.inCells(PlanarPoint(x: record.box.minX, y: record.box.minY))
    let high = frame.inCells(PlanarPoint(x: record.box.maxX, y: record.box.maxY))
    let (columns, rows) = (raster.columns(from: low.x, to: high.x), raster.rows(from: low.y, to: high.y))
    if columns.count == 1, rows.count == 1 {
      raster.add(whole: UInt32(fence), cell: rows.lowerBound * raster.columns + columns.lowerBound)
    } else if record.isCircle {
      let block = CellFrame(originX: 0, originY: 0, cellSize: 1, shift: FenceGrid.rootShift, depth: 0)
      add(circle: UInt32(fence), block, to: &raster)
    } else {
      geometry.forEachEdge(of: fence, in: frame) { raster.add($0) }
      raster.finish(fence: UInt32(fence), columns: columns, rows: rows, isCornerInside: false)
    }
  }

  private func add(circle fence: UInt32, _ block: CellFrame, to raster: inout BlockRaster) {
    let record = geometry.records[Int(fence)]
    let rule = CircleRule(center: record.center, radius: record.radius)
    let low = block.inCells(frame.inCells(PlanarPoint(x: record.box.minX, y: record.box.minY)))
    let high = block.inCells(frame.inCells(PlanarPoint(x: record.box.maxX, y: record.box.maxY)))
    raster.add(
      circle: fence, columns: raster.columns(from: low.x, to: high.x), rows: raster.rows(from: low.y, to: high.y)
    ) { column, row in
      let box = block.box(column: column, row: row, frame)
      return rule.isUsable
        ? rule.location(of: box) : Circle.location(of: box, center: record.center, radius: record.radius)
    }
  }

  // MARK: Blocks

  /// Fills the cells of a block.
  private mutating func fill(
    _ raster: BlockRaster, _ block: CellFrame, interiors: [UInt32],
    store: (inout FenceGridBuilder, Int, FenceGrid.Entry) -> Void
  ) {
    var cut = 0
    var cover = 0
    for cell in 0..<(raster.columns * raster.rows) {
      let firstCut = cut
      while cut < raster.cuts.count, raster.cuts[cut].cell == cell { cut += 1 }
      let firstCover = cover
      while cover < raster.covers.count, raster.covers[cover].cell == cell { cover += 1 }
      var inside = interiors
      if firstCover < cover {
        inside += raster.covers[firstCover..<cover].map(\.fence)
        if !interiors.isEmpty { inside.sort() }
      }
      let entry = entry(of: cell, cuts: firstCut..<cut, in: raster, block, interiors: inside)
      if entry != .nothing { store(&self, cell, entry) }
    }
  }

  private mutating func entry(
    of cell: Int, cuts: Range<Int>, in raster: BlockRaster, _ block: CellFrame, interiors: [UInt32]
  ) -> FenceGrid.Entry {
    if cuts.isEmpty { return leaves.plainEntry(interiors) }
    var weight = 0
    for cut in raster.cuts[cuts] { weight += self.weight(of: cut) }
    if weight > Self.leafWeight,
      let divided = divide(cell, cuts: cuts, in: raster, block, weight: weight, interiors: interiors)
    {
      return divided
    }
    let (geometry, frame) = (geometry, frame)
    return leaves.entry(
      column: cell % raster.columns, row: cell / raster.columns, cuts: raster.cuts[cuts], interiors: interiors
    ) { cut, body in
      if cut.pieceCount == BlockRaster.wholeFence {
        geometry.forEachEdge(of: Int(cut.fence), in: frame, body)
      } else {
        for piece in raster.pieces[cut.pieces] { body(piece) }
      }
    }
  }

  private func weight(of cut: BlockRaster.Cut) -> Int {
    guard cut.pieceCount == BlockRaster.wholeFence else { return cut.weight }
    return max(1, (geometry.edgeCount(of: Int(cut.fence)) + 3) / 4)
  }

  /// A block for a cell, or `nil` where smaller cells would not hold less.
  private mutating func divide(
    _ cell: Int, cuts: Range<Int>, in parent: BlockRaster, _ block: CellFrame, weight: Int, interiors: [UInt32]
  ) -> FenceGrid.Entry? {
    let isLarge = block.depth == 0 && weight > Self.largeWeight
    let bits = isLarge ? FenceGrid.largeBits : FenceGrid.smallBits
    let side = 1 << Int(bits)
    let (column, row) = (cell % parent.columns, cell / parent.columns)
    let child = CellFrame(
      originX: block.originX + Double(column) * block.cellSize, originY: block.originY + Double(row) * block.cellSize,
      cellSize: block.cellSize / Double(side), shift: block.shift - bits, depth: block.depth + 1)
    guard child.shift >= FenceGrid.smallestShift,
      child.cellSize / max(frame.cellsPerDegreeX, frame.cellsPerDegreeY) > Self.smallestCell
    else { return nil }
    var raster = takeRaster(isLarge: isLarge, depth: child.depth)
    for cut in parent.cuts[cuts] {
      let fence = Int(cut.fence)
      if geometry.records[fence].isCircle {
        add(circle: cut.fence, child, to: &raster)
      } else if cut.pieceCount == BlockRaster.wholeFence {
        let record = geometry.records[fence]
        let low = child.inCells(frame.inCells(PlanarPoint(x: record.box.minX, y: record.box.minY)))
        let high = child.inCells(frame.inCells(PlanarPoint(x: record.box.maxX, y: record.box.maxY)))
        geometry.forEachEdge(of: fence, in: frame) { raster.add(child.inCells($0)) }
        raster.finish(
          fence: cut.fence, columns: raster.columns(from: low.x, to: high.x),
          rows: raster.rows(from: low.y, to: high.y), isCornerInside: false)
      } else {
        let scale = Double(side)
        for piece in parent.pieces[cut.pieces] {
          raster.add(piece.moved(scale: scale, column: Double(column) * scale, row: Double(row) * scale))
        }
        raster.finish(
          fence: cut.fence, columns: 0...(side - 1), rows: 0...(side - 1), isCornerInside: cut.isCornerInside)
      }
    }
    raster.sort()
    var result: FenceGrid.Entry?
    if isWorthwhile(raster, weight: weight) {
      let offset = arena.allocate(side * side * 4, isCompact: true)
      fill(raster, child, interiors: interiors) { builder, cell, entry in
        builder.arena.base.storeBytes(of: entry, toByteOffset: offset + cell * 4, as: FenceGrid.Entry.self)
      }
      result = FenceGrid.Entry(isLarge ? .largeBlock : .smallBlock, offset / GridArena.unit)
    }
    raster.removeAll()
    putBack(raster, isLarge: isLarge, depth: child.depth)
    return result
  }

  /// Whether all parts are simpler than the whole, or the whole takes little more memory for some being so: neither
  /// where the same outline has been drawn many times.
  private func isWorthwhile(_ raster: BlockRaster, weight: Int) -> Bool {
    var largest = 0
    var sum = 0
    var ofCell = 0
    var cell: UInt32 = .max
    for cut in raster.cuts {
      if cut.cell != cell { (cell, ofCell) = (cut.cell, 0) }
      ofCell += cut.weight
      largest = max(largest, ofCell)
      sum += cut.weight
    }
    return largest * 2 <= weight || sum <= weight * Self.fruitlessGrowth
  }

  // MARK: Rasters in use again

  private mutating func takeRaster(isLarge: Bool, depth: Int) -> BlockRaster {
    if isLarge {
      defer { largeRaster = nil }
      return largeRaster ?? BlockRaster(columns: 1 << Int(FenceGrid.largeBits), rows: 1 << Int(FenceGrid.largeBits))
    }
    while rasters.count <= depth {
      rasters.append(BlockRaster(columns: 1 << Int(FenceGrid.smallBits), rows: 1 << Int(FenceGrid.smallBits)))
    }
    var raster = BlockRaster(columns: 0, rows: 0)
    swap(&raster, &rasters[depth])
    return raster
  }

  private mutating func putBack(_ raster: consuming BlockRaster, isLarge: Bool, depth: Int) {
    if isLarge { largeRaster = raster } else { rasters[depth] = raster }
  }
}

/// A block as far as its cells are concerned: where it begins and how large they are, in cells of the outermost block.
struct CellFrame {
  var originX: Double
  var originY: Double
  var cellSize: Double
  /// A cell is 2 to this power units of a position high and wide.
  var shift: UInt64
  var depth: Int

  /// A point in cells of the block.
  @inline(__always)
  func inCells(_ point: PlanarPoint) -> PlanarPoint {
    PlanarPoint(x: (point.x - originX) / cellSize, y: (point.y - originY) / cellSize)
  }

  /// A piece in cells of the block.
  @inline(__always)
  func inCells(_ piece: BlockRaster.Piece) -> BlockRaster.Piece {
    piece.moved(scale: 1 / cellSize, column: originX / cellSize, row: originY / cellSize)
  }

  /// A cell with its rim in degrees.
  func box(column: Int, row: Int, _ frame: GridFrame) -> PlanarBox {
    let rim = BlockRaster.rim
    return PlanarBox(
      minX: frame.originX + (originX + (Double(column) - rim) * cellSize) / frame.cellsPerDegreeX,
      minY: frame.originY + (originY + (Double(row) - rim) * cellSize) / frame.cellsPerDegreeY,
      maxX: frame.originX + (originX + (Double(column + 1) + rim) * cellSize) / frame.cellsPerDegreeX,
      maxY: frame.originY + (originY + (Double(row + 1) + rim) * cellSize) / frame.cellsPerDegreeY)
  }
}

extension BlockRaster {
  /// The columns whose cells, with their rims, meet a stretch.
  func columns(from low: Double, to high: Double) -> ClosedRange<Int> {
    BlockRaster.range(from: low, to: high, count: columns)
  }

  /// The rows whose cells, with their rims, meet a stretch.
  func rows(from low: Double, to high: Double) -> ClosedRange<Int> {
    BlockRaster.range(from: low, to: high, count: rows)
  }

  private static func range(from low: Double, to high: Double, count: Int) -> ClosedRange<Int> {
    let first = max(0, min(count - 1, Int((low - 1 - rim).rounded(.up))))
    return first...max(first, min(count - 1, Int((high + rim).rounded(.down))))
  }
}

extension FenceGeometry {
  /// The edges of a fence in cells of the outermost block.
  @inline(__always)
  fileprivate func forEachEdge(of fence: Int, in frame: GridFrame, _ body: (BlockRaster.Piece) -> Void) {
    forEachRing(of: fence) { edges in
      guard let start = edges.first else { return }
      var a = frame.inCells(vertices[start])
      for edge in edges {
        let b = frame.inCells(vertices[edge + 1])
        if a != b { body(BlockRaster.Piece(x0: a.x, y0: a.y, x1: b.x, y1: b.y, edge: UInt32(edge))) }
        a = b
      }
    }
  }
}
