/// A block as far as its cells are concerned: where it begins and how large they are, in cells of the outermost block.
struct CellFrame {
  private(set) var originX = 0.0
  private(set) var originY = 0.0
  private(set) var cellSize = 1.0
  /// A cell is 2 to this power units of a position high and wide.
  private(set) var shift = FenceGrid.rootShift
  /// Blocks around it.
  private(set) var depth = 0

  /// The outermost block.
  static let root = CellFrame()

  var isRoot: Bool { depth == 0 }

  /// The block in one of the cells, of 2 to the power of `bits` cells on a side.
  func inside(column: Int, row: Int, bits: UInt64) -> CellFrame {
    CellFrame(
      originX: originX + Double(column) * cellSize, originY: originY + Double(row) * cellSize,
      cellSize: cellSize / Double(1 << bits), shift: shift &- bits, depth: depth + 1)
  }

  /// The same cells counted from one of them.
  func window(column: Int, row: Int) -> CellFrame {
    CellFrame(
      originX: originX + Double(column) * cellSize, originY: originY + Double(row) * cellSize, cellSize: cellSize,
      shift: shift, depth: depth)
  }

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
