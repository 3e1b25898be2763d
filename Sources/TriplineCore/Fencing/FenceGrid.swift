/// A hierarchical grid over all fences of a set.
///
/// The plane is cut into the cells of one block; a cell that holds much geometry has a block of its own, and so on, as
/// deep as the fences are detailed there. What remains is a leaf with three kinds of answer: fences that cover the
/// whole cell (no geometry to look at), fences whose edges cut it (with these few edges), and nothing. A leaf that is
/// cut has a reference point of which it is known for each of these fences whether it lies inside; a position lies
/// inside as well exactly if the line from it to the reference point crosses an even number of edges.
///
/// ```
/// blocks  [Block]   rows × columns of cells, from `firstCell` on
/// cells   [UInt32]  0 nothing, 1 + n leaf n, high bit + n block n
/// leaves  [Leaf]    ranges of `interiors` and of `cuts`, reference point
/// cuts    [Cut]     a fence and the range of `edges` that cut this leaf; no edges for a circle
/// edges   [UInt32]  edge e goes from vertices[e] to vertices[e + 1]
/// ```
struct FenceGrid: Sendable {
  struct Block: Sendable, BitwiseCopyable {
    var originX: Double
    var originY: Double
    var cellsPerDegreeX: Double
    var cellsPerDegreeY: Double
    var columns: Int32
    var rows: Int32
    var firstCell: UInt32

    /// The column of a position, held to the block.
    @inline(__always)
    func column(_ x: Double) -> Int {
      max(0, min(Int(columns) - 1, Int((x - originX) * cellsPerDegreeX)))
    }

    /// The row of a position, held to the block.
    @inline(__always)
    func row(_ y: Double) -> Int {
      max(0, min(Int(rows) - 1, Int((y - originY) * cellsPerDegreeY)))
    }

    func cellBox(column: Int, row: Int) -> PlanarBox {
      PlanarBox(
        minX: originX + Double(column) / cellsPerDegreeX, minY: originY + Double(row) / cellsPerDegreeY,
        maxX: originX + Double(column + 1) / cellsPerDegreeX, maxY: originY + Double(row + 1) / cellsPerDegreeY)
    }
  }

  struct Leaf: Sendable, BitwiseCopyable {
    var reference: PlanarPoint
    var firstInterior: UInt32
    var interiorCount: UInt32
    var firstCut: UInt32
    var cutCount: UInt32
  }

  struct Cut: Sendable, BitwiseCopyable {
    private var fenceAndSide: UInt32
    var firstEdge: UInt32
    var edgeCount: UInt32

    init(fence: UInt32, referenceIsInside: Bool, firstEdge: UInt32, edgeCount: UInt32) {
      self.fenceAndSide = fence | (referenceIsInside ? 1 << 31 : 0)
      self.firstEdge = firstEdge
      self.edgeCount = edgeCount
    }

    @inline(__always) var fence: UInt32 { fenceAndSide & ~(1 << 31) }
    @inline(__always) var referenceIsInside: Bool { fenceAndSide >> 31 != 0 }
  }

  static let blockFlag: UInt32 = 1 << 31
  /// What a cell's sides are widened by while edges are assigned to it, in degrees: more than the rounding of a
  /// position's cell (360 × 2^-51), so that no edge is missed next to a side.
  static let tolerance = 1e-10

  var bounds = PlanarBox.empty
  var blocks: [Block] = []
  var cells: [UInt32] = []
  var leaves: [Leaf] = []
  var interiors: [UInt32] = []
  var cuts: [Cut] = []
  var edges: [UInt32] = []

  /// A cell that is not divided further, and what is in it.
  struct Place: BitwiseCopyable, Equatable {
    /// Index in `cells`, or `UInt32.max` outside the grid. Positions of one cell have a convex region in common.
    var cell: UInt32
    /// 1 + the index of its leaf, or 0 where no fence is near.
    var leafNumber: UInt32

    static let outside = Place(cell: .max, leafNumber: 0)
  }

  /// The undivided cell at a position.
  ///
  /// - Complexity: O(depth), at most a handful of steps.
  @inline(__always)
  func place(x: Double, y: Double) -> Place {
    guard bounds.contains(x: x, y: y) else { return .outside }
    var block = blocks[0]
    while true {
      let index = Int(block.firstCell) + block.row(y) * Int(block.columns) + block.column(x)
      let cell = cells[index]
      if cell < FenceGrid.blockFlag { return Place(cell: UInt32(index), leafNumber: cell) }
      block = blocks[Int(cell & ~FenceGrid.blockFlag)]
    }
  }

  /// The columns of one row of a block that a segment passes, or `nil` where it does not pass that row.
  @inline(__always)
  static func columns(of block: Block, row: Int, from low: PlanarPoint, to high: PlanarPoint) -> ClosedRange<Int>? {
    let bottom = block.originY + Double(row) / block.cellsPerDegreeY - tolerance
    let top = block.originY + Double(row + 1) / block.cellsPerDegreeY + tolerance
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
    let from = min(x0, x1) - tolerance
    let to = max(x0, x1) + tolerance
    // Columns are held to the block: a segment wholly beside it is not in it.
    let right = block.originX + Double(block.columns) / block.cellsPerDegreeX
    if to < block.originX || from > right { return nil }
    return block.column(from)...block.column(to)
  }

  /// The memory of the grid in bytes.
  var byteCount: Int {
    blocks.count * MemoryLayout<Block>.stride + cells.count * 4 + leaves.count * MemoryLayout<Leaf>.stride
      + interiors.count * 4 + cuts.count * MemoryLayout<Cut>.stride + edges.count * 4
  }
}
