/// Builds a `FenceGrid` from the top down: a cell that holds much geometry is cut into a block of smaller ones.
struct FenceGridBuilder: ~Copyable {
  /// A leaf is cut further while it holds more groups of edges than this.
  private static let leafWeight = 6
  /// From this weight on a cell of the outermost block gets a large block.
  private static let largeWeight = 64
  /// Edges for each cell of the outermost block.
  private static let edgesPerRootCell = 1000.0
  private static let leastRootCells = 16.0
  /// So few edges get a fine outermost block, with which most lookups have found their leaf: for single polygons half of
  /// the time. With more of them the levels below are what fits the fences.
  private static let edgesOfSmallSet = 8_000
  private static let rootCellsOfSmallSet = 4096.0
  /// … unless they lie on one another more than so many times: cells of the outermost block list what covers them.
  private static let coverOfSmallSet = 8.0
  /// Edges that a circle stands for when the outermost block is made.
  private static let circleEdges = 16
  /// Cells of this size in degrees, about a metre, are not cut further.
  private static let smallestCell = 1e-5
  /// A block may take so many times the memory of the cell without a part of it becoming simpler.
  private static let fruitlessGrowth = 2

  let geometry: FenceGeometry
  let frame: GridFrame
  let arena: GridArena
  var leaves: LeafWriter
  /// What cells are cut with, by depth: memory that is used again and again.
  private var rasters: [RasterBox] = []
  private var largeRaster: RasterBox?
  /// The edges of a fence in cells of the outermost block.
  private var edges = GrowingBuffer<BlockRaster.Piece>()

  /// The grid over all fences of `geometry`.
  ///
  /// - Complexity: O(*e* log *e*) in the number of edges.
  ///
  /// - Parameter isLeftOut: whether a fence has been removed and is not to be found any more.
  static func build(_ geometry: FenceGeometry, leavingOut isLeftOut: (UInt32) -> Bool = { _ in false }) -> FenceGrid {
    var geometry = geometry
    geometry.seal()
    var builder = FenceGridBuilder(geometry)
    let root = builder.build(leavingOut: isLeftOut)
    _ = builder.arena.seal()
    return FenceGrid(geometry: geometry, frame: builder.frame, arena: builder.arena, root: root)
  }

  /// Edits a grid whose shapes are those of `geometry` now.
  init(editing grid: FenceGrid, geometry: FenceGeometry) {
    self.geometry = geometry
    frame = grid.frame
    arena = grid.arena
    leaves = LeafWriter(geometry: geometry, arena: arena)
  }

  private init(_ geometry: FenceGeometry) {
    self.geometry = geometry
    // Usual fences take a third of that; unused addresses cost nothing.
    arena = GridArena(expecting: 65_536 + 160 * geometry.vertices.count + 2048 * geometry.records.count)
    leaves = LeafWriter(geometry: geometry, arena: arena)
    guard geometry.records.count > 0 else {
      frame = GridFrame()
      return
    }
    var bounds = PlanarBox.empty
    var weight = 0
    var covered = 0.0
    for fence in geometry.records.indices {
      let record = geometry.records[fence]
      bounds.formUnion(record.box)
      covered += record.box.width * record.box.height
      weight +=
        record.isCircle ? Self.circleEdges : record.isCorridor ? Int(record.partCount) : geometry.edgeCount(of: fence)
    }
    let isSmall =
      weight <= Self.edgesOfSmallSet && covered <= Self.coverOfSmallSet * bounds.width * bounds.height
    let cells =
      isSmall
      ? Self.rootCellsOfSmallSet : max(Self.leastRootCells, Double(weight) / Self.edgesPerRootCell)
    frame = GridFrame(over: bounds, cells: cells)
  }

  // MARK: The outermost block

  private mutating func build(leavingOut isLeftOut: (UInt32) -> Bool) -> UnsafeMutablePointer<FenceGrid.Entry> {
    // A leaf with nothing in it, which all empty cells lead to.
    _ = arena.allocate(GridArena.unit)
    let root = UnsafeMutablePointer<FenceGrid.Entry>.allocate(capacity: max(1, frame.columns * frame.rows))
    guard frame.columns > 0 else { return root }
    var raster = BlockRaster(columns: frame.columns, rows: frame.rows)
    for fence in geometry.records.indices where !isLeftOut(UInt32(fence)) {
      let (columns, rows) = cells(in: geometry.records[fence].box, of: .root, raster)
      if columns.count == 1, rows.count == 1 {
        raster.add(whole: UInt32(fence), cell: rows.lowerBound * raster.columns + columns.lowerBound)
      } else {
        addWhole(fence, in: .root, to: &raster)
      }
    }
    raster.sort()
    fill(raster, .root, shared: .none) { root[$1] = $0 }
    return root
  }

  /// The columns and rows of a block that a box meets; the nearest ones where it meets none.
  func cells(
    in box: PlanarBox, of block: CellFrame, _ raster: borrowing BlockRaster
  ) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
    let low = block.inCells(frame.inCells(PlanarPoint(x: box.minX, y: box.minY)))
    let high = block.inCells(frame.inCells(PlanarPoint(x: box.maxX, y: box.maxY)))
    return (raster.columns(from: low.x, to: high.x), raster.rows(from: low.y, to: high.y))
  }

  /// Cuts a fence by its edges, or its circle.
  mutating func addWhole(_ fence: Int, in block: CellFrame, to raster: inout BlockRaster) {
    let (columns, rows) = cells(in: geometry.records[fence].box, of: block, raster)
    let record = geometry.records[fence]
    if record.isCircle {
      let rule = CircleRule(center: record.center, radius: record.radius)
      raster.add(circle: UInt32(fence), columns: columns, rows: rows) { column, row in
        let box = block.box(column: column, row: row, frame)
        return rule.isUsable
          ? rule.location(of: box) : Circle.location(of: box, center: record.center, radius: record.radius)
      }
    } else if record.isCorridor {
      for piece in geometry.pieceNumbers(of: fence) { add(piece: piece, in: block, to: &raster) }
      raster.finish(corridor: UInt32(fence), columns: columns, rows: rows)
    } else {
      takeEdges(of: fence)
      for index in edges.indices { raster.add(block.inCells(edges[index])) }
      raster.finish(fence: UInt32(fence), columns: columns, rows: rows, isCornerInside: false)
    }
  }

  /// Adds a piece of a corridor to the cells that it meets.
  func add(piece: UInt32, in block: CellFrame, to raster: inout BlockRaster) {
    let capsule = geometry.capsules[Int(piece)]
    let (columns, rows) = cells(in: capsule.box, of: block, raster)
    raster.add(piece: piece, columns: columns, rows: rows) { column, row in
      capsule.location(of: block.box(column: column, row: row, frame))
    }
  }

  private mutating func takeEdges(of fence: Int) {
    edges.removeAll()
    for ring in geometry.rings(of: fence) {
      var a = frame.inCells(geometry.vertices[ring.lowerBound])
      for edge in ring {
        let b = frame.inCells(geometry.vertices[edge + 1])
        // Corners drawn twice are no edge; two corners that only look like one here are.
        if geometry.vertices[edge] != geometry.vertices[edge + 1] {
          edges.append(BlockRaster.Piece(x0: a.x, y0: a.y, x1: b.x, y1: b.y, edge: UInt32(edge)))
        }
        a = b
      }
    }
  }

  // MARK: Blocks

  /// Fills the cells of a block: `store` puts an entry at its place.
  private mutating func fill(
    _ raster: borrowing BlockRaster, _ block: CellFrame, shared: LeafWriter.Shared,
    store: (FenceGrid.Entry, Int) -> Void
  ) {
    var cut = 0
    var cover = 0
    for cell in 0..<(raster.columns * raster.rows) {
      let firstCut = cut
      while cut < raster.cuts.count, raster.cuts[cut].cell == cell { cut += 1 }
      let firstCover = cover
      while cover < raster.covers.count, raster.covers[cover].cell == cell { cover += 1 }
      let entry = entry(
        of: cell, cuts: firstCut..<cut, covers: firstCover..<cover, in: raster, block, shared: shared)
      store(entry, cell)
    }
  }

  private mutating func entry(
    of cell: Int, cuts: Range<Int>, covers: Range<Int>, in raster: borrowing BlockRaster, _ block: CellFrame,
    shared: LeafWriter.Shared
  ) -> FenceGrid.Entry {
    if cuts.isEmpty { return leaves.plainEntry(raster.covers.slice(covers), shared: shared) }
    var weight = 0
    for cut in cuts { weight += self.weight(of: raster.cuts[cut]) }
    if weight > Self.leafWeight {
      let all = leaves.extended(shared, by: raster.covers.slice(covers))
      if let divided = divide(cell, cuts: cuts, in: raster, block, weight: weight, shared: all) { return divided }
    }
    leaves.begin(column: cell % raster.columns, row: cell / raster.columns)
    for index in cuts { append(raster.cuts[index], of: raster, block) }
    return leaves.finish(raster.covers.slice(covers), shared: shared)
  }

  /// Appends a fence to the leaf that is being written.
  mutating func append(_ cut: BlockRaster.Cut, of raster: borrowing BlockRaster, _ block: CellFrame) {
    let record = geometry.records[Int(cut.fence)]
    if record.isCircle {
      leaves.append(circle: cut.fence)
      return
    }
    if record.isCorridor {
      leaves.append(corridor: cut.fence, pieces: cut.isWhole ? nil : raster.pieces.slice(cut.pieces))
      return
    }
    leaves.beginPolygon()
    if cut.isWhole {
      takeEdges(of: Int(cut.fence))
      for index in edges.indices { leaves.append(block.inCells(edges[index])) }
    } else {
      for piece in raster.pieces.slice(cut.pieces) { leaves.append(piece) }
    }
    leaves.endPolygon(fence: cut.fence, isCornerInside: cut.isCornerInside)
  }

  /// Groups of edges that a cut takes in a leaf.
  private func weight(of cut: BlockRaster.Cut) -> Int {
    let record = geometry.records[Int(cut.fence)]
    // A piece of a corridor costs as much as a group.
    if record.isCorridor { return cut.isWhole ? Int(record.partCount) : Int(cut.pieceCount) }
    let count = cut.isWhole ? geometry.edgeCount(of: Int(cut.fence)) : Int(cut.pieceCount)
    return max(1, (count + 3) / 4)
  }

  /// A block for a cell, or `nil` where smaller cells would not hold less.
  private mutating func divide(
    _ cell: Int, cuts: Range<Int>, in parent: borrowing BlockRaster, _ block: CellFrame, weight: Int,
    shared: LeafWriter.Shared
  ) -> FenceGrid.Entry? {
    let isLarge = block.isRoot && weight > Self.largeWeight
    let bits = isLarge ? FenceGrid.largeBits : FenceGrid.smallBits
    let side = 1 << Int(bits)
    let (column, row) = (cell % parent.columns, cell / parent.columns)
    let child = block.inside(column: column, row: row, bits: bits)
    guard child.shift >= FenceGrid.smallestShift,
      child.cellSize / max(frame.cellsPerDegreeX, frame.cellsPerDegreeY) > Self.smallestCell
    else { return nil }
    let box = raster(side: side, isLarge: isLarge, depth: block.depth)
    box.raster.removeAll()
    for index in cuts {
      cutAgain(parent.cuts[index], of: parent, column: column, row: row, in: child, side: side, into: box)
    }
    box.raster.sort()
    guard isWorthwhile(box.raster, weight: weight) else { return nil }
    let offset = arena.allocate(side * side * MemoryLayout<FenceGrid.Entry>.size, isCompact: true)
    fill(box.raster, child, shared: leaves.stored(shared)) { [arena] entry, cell in
      arena.store(entry, at: offset + cell * MemoryLayout<FenceGrid.Entry>.size)
    }
    return FenceGrid.Entry(isLarge ? .largeBlock : .smallBlock, offset / GridArena.unit)
  }

  /// Cuts a fence, which cuts a cell, into the cells of the block there.
  mutating func cutAgain(
    _ cut: BlockRaster.Cut, of parent: borrowing BlockRaster, column: Int, row: Int, in child: CellFrame, side: Int,
    into box: RasterBox
  ) {
    let record = geometry.records[Int(cut.fence)]
    if cut.isWhole || record.isCircle {
      addWhole(Int(cut.fence), in: child, to: &box.raster)
    } else if record.isCorridor {
      for piece in parent.pieces.slice(cut.pieces) { add(piece: piece.edge, in: child, to: &box.raster) }
      box.raster.finish(corridor: cut.fence, columns: 0...(side - 1), rows: 0...(side - 1))
    } else {
      let scale = Double(side)
      for piece in parent.pieces.slice(cut.pieces) {
        box.raster.add(piece.moved(scale: scale, column: Double(column) * scale, row: Double(row) * scale))
      }
      box.raster.finish(
        fence: cut.fence, columns: 0...(side - 1), rows: 0...(side - 1), isCornerInside: cut.isCornerInside)
    }
  }

  mutating func raster(side: Int, isLarge: Bool, depth: Int) -> RasterBox {
    if isLarge {
      let box = largeRaster ?? RasterBox(side: side)
      largeRaster = box
      return box
    }
    while rasters.count <= depth { rasters.append(RasterBox(side: side)) }
    return rasters[depth]
  }

  /// Whether all parts are simpler than the whole, or the whole takes little more memory for some being so: neither
  /// where the same outline has been drawn many times.
  private func isWorthwhile(_ raster: borrowing BlockRaster, weight: Int) -> Bool {
    var largest = 0
    var sum = 0
    var ofCell = 0
    var cell: UInt32 = .max
    for index in raster.cuts.indices {
      let cut = raster.cuts[index]
      if cut.cell != cell { (cell, ofCell) = (cut.cell, 0) }
      let weight = self.weight(of: cut)
      ofCell += weight
      largest = max(largest, ofCell)
      sum += weight
    }
    return largest * 2 <= weight || sum <= weight * Self.fruitlessGrowth
  }
}

/// A raster that several blocks are cut with, one after the other.
final class RasterBox {
  var raster: BlockRaster

  init(side: Int) { raster = BlockRaster(columns: side, rows: side) }
}
