import CPrefetch

/// A hierarchical grid over all fences of a set.
///
/// The plane is cut into the cells of one block; a cell that holds much geometry has a square block of its own, and so
/// on, as deep as the fences are detailed there. What remains leads to one fence that covers the cell, or to a leaf:
/// fences that cover it whole, and fences whose edges cut it, with these few edges (`GridLeaf`).
///
/// Positions are taken to whole numbers once, so that the cells of all levels are bits of them: the upper bits give the
/// cell of the outermost block, the next ones those of the blocks inside, the last ones the place in the leaf.
///
/// All but the outermost block lies in one arena, entries of 32 bits each: two bits of what it is, and where in the arena, or which fence.
///
/// A class, so that a lookup reaches all of it through one pointer; immutable, so that any number of threads may.
final class FenceGrid: @unchecked Sendable {
  /// What a cell leads to.
  struct Entry: Equatable, BitwiseCopyable {
    enum Kind: UInt32 {
      /// A leaf, of which the one with nothing in it is the first.
      case leaf, interior, smallBlock, largeBlock
    }

    let word: UInt32

    static let nothing = Entry(word: 0)

    @inline(__always) init(word: UInt32) { self.word = word }

    init(_ kind: Kind, _ value: Int) {
      precondition(value >= 0 && value < 1 << 30, "too much for one index: divide the fences among several sets")
      word = kind.rawValue << 30 | UInt32(value)
    }

    @inline(__always) var value: UInt32 { word & (1 << 30 - 1) }
    @inline(__always) var isBlock: Bool { word >> 31 != 0 }
    /// Only cells of the outermost block lead to large ones.
    @inline(__always) var isLargeBlock: Bool { word >> 30 == Kind.largeBlock.rawValue }
    @inline(__always) var isSmallBlock: Bool { word >> 30 == Kind.smallBlock.rawValue }
    @inline(__always) var isInterior: Bool { word >> 30 == Kind.interior.rawValue }
    /// Where in the arena what it leads to begins.
    @inline(__always) var offset: Int { Int(value) * GridArena.unit }
  }

  /// A cell that is not divided further, what is in it, and where in it the position lies.
  struct Place: BitwiseCopyable {
    /// Number of the cell among all. Positions of one cell have a convex region in common.
    var cell: UInt64
    var entry: Entry
    /// The position as whole numbers, from the corner of the grid.
    var x: UInt64
    var y: UInt64
    /// The cell is 2 to this power high and wide.
    var shift: UInt64

    /// The number of no cell: where a vehicle has been is not known.
    static let unknownCell = UInt64.max - 1
    static let outside = Place(cell: .max, entry: .nothing, x: 0, y: 0, shift: 0)
    @inline(__always) var isOutside: Bool { cell == .max }
  }

  /// A cell of the outermost block is 2 to this power high and wide.
  static let rootShift: UInt64 = 38
  /// A cell in which a position has fewer bits than this is not divided further: beside the 14 bits in which a leaf
  /// describes its edges, the position's own rounding must not matter.
  static let smallestShift: UInt64 = 17
  /// Blocks have 2 to this power cells on a side.
  static let smallBits: UInt64 = 3
  static let largeBits: UInt64 = 5
  /// The outermost block has at most so many cells on a side, so that a position fits the digits of a double.
  static let mostRootCells = 4096

  /// The box of all fences.
  let bounds: PlanarBox
  /// The shapes themselves: what lies too near an edge for a leaf is decided with them.
  let geometry: FenceGeometry
  let columns: UInt64
  let rows: UInt64
  /// What the outermost block covers.
  let frame: GridFrame
  private let originX: Double
  private let originY: Double
  private let unitsPerDegreeX: Double
  private let unitsPerDegreeY: Double
  let arena: GridArena
  /// The arena's memory: a leaf with nothing in it, and all else.
  let base: UnsafeRawPointer
  /// The entries of the outermost block. Each version of an index has its own.
  let root: UnsafeMutablePointer<Entry>

  /// Takes over `root`.
  init(geometry: FenceGeometry, frame: GridFrame, arena: GridArena, root: UnsafeMutablePointer<Entry>) {
    self.geometry = geometry
    self.frame = frame
    self.root = root
    byteCount = arena.byteCount + frame.columns * frame.rows * MemoryLayout<Entry>.stride + geometry.byteCount
    bounds = frame.bounds
    columns = UInt64(frame.columns)
    rows = UInt64(frame.rows)
    originX = frame.originX
    originY = frame.originY
    unitsPerDegreeX = frame.cellsPerDegreeX * Double(1 << FenceGrid.rootShift)
    unitsPerDegreeY = frame.cellsPerDegreeY * Double(1 << FenceGrid.rootShift)
    self.arena = arena
    base = UnsafeRawPointer(arena.base)
  }

  deinit { root.deallocate() }

  /// Cells of the outermost block.
  var rootCount: Int { frame.columns * frame.rows }

  /// The memory of index and shapes in bytes, what other versions have of it included.
  let byteCount: Int

  // MARK: Places

  /// The undivided cell at a position; `outside` for one that is no number, too.
  ///
  /// - Complexity: O(depth), at most a handful of steps.
  @inline(__always)
  func place(x: Double, y: Double) -> Place {
    let (x, y) = inUnits(x: x, y: y)
    let column = x &>> FenceGrid.rootShift
    let row = y &>> FenceGrid.rootShift
    guard column < columns, row < rows else { return .outside }
    let index = Int(truncatingIfNeeded: row &* columns &+ column)
    var place = Place(
      cell: UInt64(truncatingIfNeeded: index), entry: rootEntry(index), x: x, y: y, shift: FenceGrid.rootShift)
    if place.entry.isLargeBlock { descend(&place, isLarge: true) }
    while place.entry.isSmallBlock { descend(&place, isLarge: false) }
    return place
  }

  /// Has what stands at a position brought near, which will be asked for soon.
  @inline(__always)
  func prefetch(x: Double, y: Double) { prefetch(place(x: x, y: y)) }

  /// The same where the place is known.
  @inline(__always)
  func prefetch(_ place: Place) { tripline_prefetch(base + place.entry.offset) }

  /// A position as whole numbers. What is below 0, too large or no number becomes a number beyond the last column.
  @inline(__always)
  func inUnits(x: Double, y: Double) -> (x: UInt64, y: UInt64) {
    // Adding 2^52 leaves the whole number in the lower bits.
    let bias = 0x1p52
    return (
      ((x - originX) * unitsPerDegreeX + bias).bitPattern &- bias.bitPattern,
      ((y - originY) * unitsPerDegreeY + bias).bitPattern &- bias.bitPattern
    )
  }

  @inline(__always)
  private func descend(_ place: inout Place, isLarge: Bool) {
    let bits = isLarge ? FenceGrid.largeBits : FenceGrid.smallBits
    place.shift &-= bits
    let mask = (1 as UInt64) &<< bits &- 1
    let column = Int(truncatingIfNeeded: place.x &>> place.shift & mask)
    let row = Int(truncatingIfNeeded: place.y &>> place.shift & mask)
    let index = row &<< Int(bits) | column
    place.cell = UInt64(place.entry.value) &<< 16 | UInt64(truncatingIfNeeded: index) | 1 << 63
    place.entry = entry(index, of: place.entry)
  }

  @inline(__always)
  func rootEntry(_ index: Int) -> Entry {
    root[index]
  }

  @inline(__always)
  func entry(_ index: Int, of block: Entry) -> Entry {
    base.loadUnaligned(fromByteOffset: block.offset &+ index &* 4, as: Entry.self)
  }

  /// The entry of a cell of a block, by its number.
  @inline(__always)
  func sibling(_ cell: UInt64) -> Entry {
    let block = Int(truncatingIfNeeded: cell &>> 16 & (1 << 30 - 1)) &* GridArena.unit
    return base.loadUnaligned(
      fromByteOffset: block &+ Int(truncatingIfNeeded: cell & 0xFFFF) &* 4, as: Entry.self)
  }

  // MARK: Coordinates

  /// A position in cells of the outermost block.
  @inline(__always)
  func inCells(_ point: PlanarPoint) -> PlanarPoint {
    let scale = 1 / Double(1 << FenceGrid.rootShift)
    return PlanarPoint(
      x: (point.x - originX) * (unitsPerDegreeX * scale), y: (point.y - originY) * (unitsPerDegreeY * scale))
  }

  /// The middle of one of the 2^14 × 2^14 squares of a cell, in degrees.
  func middle(ofSquare x: UInt64, _ y: UInt64, in place: Place) -> PlanarPoint {
    let unit = place.shift - GridLeaf.coordinateBits
    let half = (1 as UInt64) << (unit - 1)
    let cellX = (place.x >> place.shift) << place.shift
    let cellY = (place.y >> place.shift) << place.shift
    return PlanarPoint(
      x: originX + Double(cellX | x << unit | half) / unitsPerDegreeX,
      y: originY + Double(cellY | y << unit | half) / unitsPerDegreeY)
  }
}

/// The outermost block: what it covers, and into how many cells it is cut.
struct GridFrame {
  var bounds = PlanarBox.empty
  var columns = 0
  var rows = 0
  var originX = 0.0
  var originY = 0.0
  var cellsPerDegreeX = 0.0
  var cellsPerDegreeY = 0.0

  /// The frame of no fences, which no position lies in.
  init() {}

  /// A frame of about `cells` cells over a box.
  init(over bounds: PlanarBox, cells: Double) {
    self.bounds = bounds
    // The sides are moved out, so that no fence ends on the outermost line of the grid.
    let margin = max(1e-9, max(bounds.width, bounds.height) * 1e-3)
    originX = bounds.minX - margin
    originY = bounds.minY - margin
    let width = bounds.width + 2 * margin
    let height = bounds.height + 2 * margin
    let ratio = max(1e-3, min(1e3, width / height))
    let most = Double(FenceGrid.mostRootCells)
    columns = Int(max(1, min(most, (cells * ratio).squareRoot().rounded())))
    rows = Int(max(1, min(most, (cells / ratio).squareRoot().rounded())))
    cellsPerDegreeX = Double(columns) / width
    cellsPerDegreeY = Double(rows) / height
  }

  /// Whether it is narrower than half a turn, with its margins: no position on it lies on it a second time, a whole turn away, and
  /// no way between two of them is shorter over the antimeridian.
  var isNarrow: Bool { bounds.width < 179 }

  /// A position in cells, as `FenceGrid.inCells` gives it.
  @inline(__always)
  func inCells(_ point: PlanarPoint) -> PlanarPoint {
    PlanarPoint(x: (point.x - originX) * cellsPerDegreeX, y: (point.y - originY) * cellsPerDegreeY)
  }
}
