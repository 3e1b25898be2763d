/// A hierarchical grid over all fences of a set.
///
/// The plane is cut into the cells of one block; a cell that holds much geometry has a block of its own, and so on, as
/// deep as the fences are detailed there. What remains is a leaf with three kinds of answer: fences that cover the
/// whole cell (no geometry to look at), fences whose edges cut it (with these few edges), and nothing. A leaf that is
/// cut has a reference point of which it is known for each of these fences whether it lies inside; a position lies
/// inside as well exactly if the line from it to the reference point crosses an even number of edges.
///
/// Looking up a position costs a few cache misses and little else; therefore all that belongs to a leaf or to an inner
/// block lies together, in one buffer of 8-byte words:
///
/// ```
/// cells   [UInt32]  cells of the outermost block: 0 nothing, n leaf at word n, high bit + n block at word n
/// words   [UInt64]  block: origin x, y; cells per degree x, y; columns | rows; cells, two a word
///                   leaf:  reference x, y; margin; interior count | cut count
///                          cuts: fence, high bit if the reference is inside | edge count, 0 for a circle
///                          interiors: fences, two a word
///                          edges of the cuts in order: a.x, a.y, b.x, b.y, the reference on the left;
///                          of a circle instead center x, y, radius, 0
/// ```
struct FenceGrid: Sendable {
  /// A cell that is not divided further, and what is in it.
  struct Place: BitwiseCopyable, Equatable {
    /// Number of the cell among all, or `UInt64.max` outside the grid. Positions of one cell have a convex region in
    /// common.
    var cell: UInt64
    /// The word at which its leaf begins, or 0 where no fence is near.
    var leaf: UInt32

    static let outside = Place(cell: .max, leaf: 0)
  }

  static let blockFlag: UInt32 = 1 << 31
  /// What a cell's sides are widened by while edges are assigned to it, in degrees: more than the rounding of a
  /// position's cell (360 × 2^-51), so that no edge is missed next to a side.
  static let tolerance = 1e-10

  var bounds = PlanarBox.empty
  private(set) var root = GridBlock(
    PlanarBox(minX: 0, minY: 0, maxX: 1, maxY: 1), columns: 1, rows: 1)
  var cells: [UInt32] = []
  /// Square tiles of cells in a row of the outermost block.
  private var tileColumns = 1
  /// A tile is 2 to this power cells wide and high.
  private static let tileBits = 3

  /// Begins with a word that belongs to nothing, so that 0 stands for no leaf.
  var words: [UInt64] = [0]

  /// The undivided cell at a position.
  ///
  /// - Complexity: O(depth), at most a handful of steps.
  @inline(__always)
  func place(x: Double, y: Double) -> Place {
    guard bounds.contains(x: x, y: y) else { return .outside }
    let index = rootIndex(column: root.column(x), row: root.row(y))
    let cell = cells[index]
    if cell < FenceGrid.blockFlag { return Place(cell: UInt64(index), leaf: cell) }
    return place(x: x, y: y, inBlock: Int(cell & ~FenceGrid.blockFlag))
  }

  @inline(__always)
  private func place(x: Double, y: Double, inBlock first: Int) -> Place {
    var offset = first
    while true {
      let index = block(at: offset).cell(x: x, y: y)
      let cell = cell(index, ofBlock: offset)
      if cell < FenceGrid.blockFlag {
        return Place(cell: 1 << 32 | UInt64((offset + GridBlock.wordCount) * 2 + index), leaf: cell)
      }
      offset = Int(cell & ~FenceGrid.blockFlag)
    }
  }

  /// Where in `cells` a cell of the outermost block stands. Cells go by square tiles, so that a vehicle that drives on
  /// stays among memory it has just used, whichever way it drives.
  @inline(__always)
  func rootIndex(column: Int, row: Int) -> Int {
    let (bits, mask) = (FenceGrid.tileBits, (1 << FenceGrid.tileBits) - 1)
    let tile = (row >> bits) &* tileColumns &+ column >> bits
    return tile << (2 * bits) | (row & mask) << bits | (column & mask)
  }

  /// Makes room for the cells of the outermost block.
  mutating func setRoot(_ block: GridBlock) {
    root = block
    let side = 1 << FenceGrid.tileBits
    tileColumns = (block.columns + side - 1) / side
    cells = Array(repeating: 0, count: tileColumns * ((block.rows + side - 1) / side) * side * side)
  }

  /// The numbers of the cells of the outermost block in the order of `cells`.
  var rootOrder: [Int] {
    var order = Array(repeating: -1, count: cells.count)
    for row in 0..<root.rows {
      for column in 0..<root.columns { order[rootIndex(column: column, row: row)] = row * root.columns + column }
    }
    return order.filter { $0 >= 0 }
  }

  /// The inner block at a word.
  @inline(__always)
  func block(at offset: Int) -> GridBlock {
    GridBlock(words[offset], words[offset + 1], words[offset + 2], words[offset + 3], words[offset + 4])
  }

  /// A cell of an inner block.
  @inline(__always)
  func cell(_ index: Int, ofBlock offset: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: words[offset + GridBlock.wordCount + index / 2] >> UInt64(32 * (index & 1)))
  }

  /// The memory of the grid in bytes.
  var byteCount: Int { cells.count * 4 + words.count * 8 }
}

/// Rows and columns of equal cells over a part of the plane.
struct GridBlock: Sendable, BitwiseCopyable {
  /// Words that a block takes besides its cells.
  static let wordCount = 5

  let originX: Double
  let originY: Double
  let cellsPerDegreeX: Double
  let cellsPerDegreeY: Double
  let columns: Int
  let rows: Int

  init(_ box: PlanarBox, columns: Int, rows: Int) {
    originX = box.minX
    originY = box.minY
    cellsPerDegreeX = Double(columns) / box.width
    cellsPerDegreeY = Double(rows) / box.height
    self.columns = columns
    self.rows = rows
  }

  @inline(__always)
  init(_ x: UInt64, _ y: UInt64, _ perDegreeX: UInt64, _ perDegreeY: UInt64, _ size: UInt64) {
    originX = Double(bitPattern: x)
    originY = Double(bitPattern: y)
    cellsPerDegreeX = Double(bitPattern: perDegreeX)
    cellsPerDegreeY = Double(bitPattern: perDegreeY)
    columns = Int(size & 0xFFFF_FFFF)
    rows = Int(size >> 32)
  }

  /// The block as it stands in the buffer.
  var words: [UInt64] {
    [
      originX.bitPattern, originY.bitPattern, cellsPerDegreeX.bitPattern, cellsPerDegreeY.bitPattern,
      UInt64(columns) | UInt64(rows) << 32,
    ]
  }

  /// The column of a position, held to the block.
  @inline(__always)
  func column(_ x: Double) -> Int { max(0, min(columns - 1, Int((x - originX) * cellsPerDegreeX))) }

  /// The row of a position, held to the block.
  @inline(__always)
  func row(_ y: Double) -> Int { max(0, min(rows - 1, Int((y - originY) * cellsPerDegreeY))) }

  /// The number of the cell at a position.
  @inline(__always)
  func cell(x: Double, y: Double) -> Int { row(y) * columns + column(x) }

  func box(ofCell cell: Int) -> PlanarBox {
    let column = Double(cell % columns)
    let row = Double(cell / columns)
    return PlanarBox(
      minX: originX + column / cellsPerDegreeX, minY: originY + row / cellsPerDegreeY,
      maxX: originX + (column + 1) / cellsPerDegreeX, maxY: originY + (row + 1) / cellsPerDegreeY)
  }

  /// The rows that a segment may pass.
  @inline(__always)
  func rows(from low: PlanarPoint, to high: PlanarPoint) -> ClosedRange<Int> {
    row(low.y - FenceGrid.tolerance)...row(high.y + FenceGrid.tolerance)
  }

  /// The columns of one row that a segment passes, or `nil` where it does not pass that row.
  @inline(__always)
  func columns(row: Int, from low: PlanarPoint, to high: PlanarPoint) -> ClosedRange<Int>? {
    let bottom = originY + Double(row) / cellsPerDegreeY - FenceGrid.tolerance
    let top = originY + Double(row + 1) / cellsPerDegreeY + FenceGrid.tolerance
    if high.y < bottom || low.y > top { return nil }
    var x0 = low.x
    var x1 = high.x
    let height = high.y - low.y
    if height > 0 {
      let slope = (high.x - low.x) / height
      if low.y < bottom { x0 = low.x + (bottom - low.y) * slope }
      if high.y > top { x1 = low.x + (top - low.y) * slope }
    }
    // A shallow segment may overshoot its own ends by rounding.
    let west = min(low.x, high.x)
    let east = max(low.x, high.x)
    x0 = max(west, min(east, x0))
    x1 = max(west, min(east, x1))
    let from = min(x0, x1) - FenceGrid.tolerance
    let to = max(x0, x1) + FenceGrid.tolerance
    // Columns are held to the block: a segment wholly beside it is not in it.
    if to < originX || from > originX + Double(columns) / cellsPerDegreeX { return nil }
    return column(from)...column(to)
  }
}
