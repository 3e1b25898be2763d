/// Cuts the outlines of fences at the sides of the cells of one block, fence by fence.
///
/// Coordinates are cells of the block: the cell in column 2 and row 5 goes from 2 to 3 and from 5 to 6, and with its rim
/// a little farther. All lines at which is cut are exact doubles, and so are coordinates taken from a block to one of
/// its cells. A piece that was cut once is cut again where it stands, never computed anew from its edge: which side of
/// a corner it passes on is then decided once and for all levels.
struct BlockRaster: ~Copyable {
  /// What a cell is widened by on all sides, in cells.
  static let rim = GridLeaf.rim / Double(1 << GridLeaf.coordinateBits)

  /// A piece of an edge, or of a side of a cell that an outline was cut at.
  struct Piece: BitwiseCopyable {
    /// Stands for a side of a cell.
    static let side = UInt32.max

    var x0: Double
    var y0: Double
    var x1: Double
    var y1: Double
    /// The edge, by the number of the vertex at which it begins.
    var edge: UInt32

    @inline(__always)
    func moved(scale: Double, column: Double, row: Double) -> Piece {
      Piece(
        x0: x0 * scale - column, y0: y0 * scale - row, x1: x1 * scale - column, y1: y1 * scale - row, edge: edge)
    }
  }

  /// A fence that cuts a cell.
  struct Cut: BitwiseCopyable {
    var cell: UInt32
    var fence: UInt32
    /// Whether the corner of the cell at the bottom left, that of its rim, is inside.
    var isCornerInside: Bool
    /// Its pieces among those of the block; none for a circle.
    var firstPiece: UInt32
    var pieceCount: UInt32

    /// Stands for all edges of a fence, which lie in one cell.
    static let wholeFence = UInt32.max

    var isWhole: Bool { pieceCount == Cut.wholeFence }
    var pieces: Range<Int> { Int(firstPiece)..<Int(firstPiece + pieceCount) }
  }

  /// A fence that covers a cell.
  struct Cover: BitwiseCopyable {
    var cell: UInt32
    var fence: UInt32
  }

  let columns: Int
  let rows: Int
  /// Fences that cut cells, in the order in which they were added; after `sort` by cell.
  private(set) var cuts = GrowingBuffer<Cut>()
  private(set) var covers = GrowingBuffer<Cover>()
  private(set) var pieces = GrowingBuffer<Piece>()

  // Of the fence that is being cut: its pieces in each cell as a list, and where along a row inside becomes outside.
  struct Node: BitwiseCopyable {
    var piece: Piece
    var next: Int32
  }
  private var nodes = GrowingBuffer<Node>()
  private var heads: GrowingBuffer<Int32>
  private var tails: GrowingBuffer<Int32>
  private var flips: GrowingBuffer<Bool>
  private var crossings: [Double] = []

  // Of sorting.
  private var next: GrowingBuffer<UInt32>
  private var spareCuts = GrowingBuffer<Cut>()
  private var spareCovers = GrowingBuffer<Cover>()

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    heads = GrowingBuffer(repeating: -1, count: columns * rows)
    tails = GrowingBuffer(repeating: -1, count: columns * rows)
    flips = GrowingBuffer(repeating: false, count: columns * rows)
    next = GrowingBuffer(repeating: 0, count: columns * rows + 1)
  }

  // MARK: Cutting

  /// Adds a piece of the outline of the fence that is being cut.
  @inline(__always)
  mutating func add(_ piece: Piece) {
    let rim = BlockRaster.rim
    // Truncation is no rounding down below 0, where there is no cell.
    let column = Double(Int(piece.x0))
    let row = Double(Int(piece.y0))
    // Most edges are short: wholly inside one cell and away from its sides.
    if min(piece.x0, piece.x1) > column + rim, max(piece.x0, piece.x1) < column + 1 - rim,
      min(piece.y0, piece.y1) > row + rim, max(piece.y0, piece.y1) < row + 1 - rim, piece.x0 >= 0, piece.y0 >= 0,
      column < Double(columns), row < Double(rows)
    {
      append(piece, toCell: Int(row) * columns + Int(column))
    } else {
      cut(piece)
    }
  }

  private mutating func cut(_ piece: Piece) {
    let rim = BlockRaster.rim
    let low = min(piece.y0, piece.y1)
    let high = max(piece.y0, piece.y1)
    let firstRow = max(0, BlockRaster.roundedUp(low - 1 - rim))
    let lastRow = min(rows - 1, BlockRaster.roundedDown(high + rim))
    if firstRow > lastRow { return }
    for row in firstRow...lastRow {
      let bottom = Double(row) - rim
      let top = Double(row + 1) + rim
      var part = piece
      if (part.y0 < bottom) != (part.y1 < bottom) {
        let x = piece.x(atY: bottom)
        flip(row: row, rightOf: x)
        part.moveEnd(ofLower: true, x: x, y: bottom)
      }
      if (part.y0 > top) != (part.y1 > top) { part.moveEnd(ofLower: false, x: piece.x(atY: top), y: top) }
      if max(part.y0, part.y1) < bottom || min(part.y0, part.y1) > top { continue }
      cut(part, row: row)
    }
  }

  /// Inside becomes outside, or the other way, from the first cell on whose left side is to the right of `x`.
  @inline(__always)
  private mutating func flip(row: Int, rightOf x: Double) {
    var column = max(0, BlockRaster.roundedDown(x + BlockRaster.rim))
    while column < columns, !(x < Double(column) - BlockRaster.rim) { column += 1 }
    if column < columns { flips[row * columns + column] = !flips[row * columns + column] }
  }

  private mutating func cut(_ part: Piece, row: Int) {
    let rim = BlockRaster.rim
    let west = min(part.x0, part.x1)
    let east = max(part.x0, part.x1)
    let first = max(0, BlockRaster.roundedUp(west - 1 - rim))
    let last = min(columns - 1, BlockRaster.roundedDown(east + rim))
    if first > last { return }
    for column in first...last {
      let left = Double(column) - rim
      let right = Double(column + 1) + rim
      var inside = part
      if (part.x0 < left) != (part.x1 < left) {
        let y = part.y(atX: left)
        inside.moveEnd(ofLeft: true, x: left, y: y)
        // What goes on beyond the left side is replaced by that side, from here to the top.
        append(
          Piece(x0: left, y0: y, x1: left, y1: Double(row + 1) + rim, edge: Piece.side), toCell: row * columns + column)
      } else if part.x0 < left {
        continue
      }
      if (inside.x0 > right) != (inside.x1 > right) {
        inside.moveEnd(ofLeft: false, x: right, y: part.y(atX: right))
      } else if inside.x0 > right {
        continue
      }
      append(inside, toCell: row * columns + column)
    }
  }

  @inline(__always)
  private mutating func append(_ piece: Piece, toCell cell: Int) {
    let number = Int32(nodes.count)
    nodes.append(Node(piece: piece, next: -1))
    if heads[cell] < 0 { heads[cell] = number } else { nodes[Int(tails[cell])].next = number }
    tails[cell] = number
  }

  /// Ends the fence that is being cut: what it does to each cell of some rows and columns.
  ///
  /// - Parameter isCornerInside: whether the corner of the block at the bottom left is inside.
  mutating func finish(fence: UInt32, columns range: ClosedRange<Int>, rows: ClosedRange<Int>, isCornerInside: Bool) {
    for row in rows {
      var isInside = isCornerInside
      for column in range {
        let cell = row * columns + column
        if flips[cell] {
          isInside.toggle()
          flips[cell] = false
        }
        if heads[cell] >= 0 {
          takePieces(of: cell, fence: fence, isCornerInside: isInside)
        } else if isInside {
          covers.append(Cover(cell: UInt32(cell), fence: fence))
        }
      }
      // The last outline of a row may lead to the outside only in the column that follows.
      if range.upperBound + 1 < columns { flips[row * columns + range.upperBound + 1] = false }
    }
    nodes.removeAll()
  }

  private mutating func takePieces(of cell: Int, fence: UInt32, isCornerInside: Bool) {
    let first = pieces.count
    crossings.removeAll(keepingCapacity: true)
    var number = heads[cell]
    while number >= 0 {
      let node = nodes[Int(number)]
      if node.piece.edge == Piece.side {
        crossings.append(node.piece.y0)
      } else {
        pieces.append(node.piece)
      }
      number = node.next
    }
    heads[cell] = -1
    // Two sides to the top make one between the two crossings.
    if !crossings.isEmpty {
      crossings.sort()
      let left = Double(cell % columns) - BlockRaster.rim
      for index in stride(from: 0, to: crossings.count, by: 2) {
        let top = index + 1 < crossings.count ? crossings[index + 1] : sideTop(of: cell)
        if crossings[index] != top {
          pieces.append(Piece(x0: left, y0: crossings[index], x1: left, y1: top, edge: Piece.side))
        }
      }
    }
    cuts.append(
      Cut(
        cell: UInt32(cell), fence: fence, isCornerInside: isCornerInside, firstPiece: UInt32(first),
        pieceCount: UInt32(pieces.count - first)))
  }

  private func sideTop(of cell: Int) -> Double { Double(cell / columns + 1) + BlockRaster.rim }

  /// Adds a circle by what `location` says of each cell.
  mutating func add(
    circle fence: UInt32, columns range: ClosedRange<Int>, rows: ClosedRange<Int>, location: (Int, Int) -> Location
  ) {
    for row in rows {
      for column in range {
        let cell = UInt32(row * columns + column)
        switch location(column, row) {
        case .exterior: break
        case .boundary:
          cuts.append(Cut(cell: cell, fence: fence, isCornerInside: false, firstPiece: 0, pieceCount: 0))
        case .interior: covers.append(Cover(cell: cell, fence: fence))
        }
      }
    }
  }

  /// Adds a piece of the corridor that is being added, by what `location` says of each cell.
  mutating func add(
    piece: UInt32, columns range: ClosedRange<Int>, rows: ClosedRange<Int>, location: (Int, Int) -> Location
  ) {
    for row in rows {
      for column in range {
        let cell = row * columns + column
        // What one piece covers, no other one cuts.
        if flips[cell] { continue }
        switch location(column, row) {
        case .exterior: break
        case .boundary: append(Piece(x0: 0, y0: 0, x1: 0, y1: 0, edge: piece), toCell: cell)
        case .interior: flips[cell] = true
        }
      }
    }
  }

  /// Ends a corridor: the cells that it covers, and those that it cuts with the pieces that meet them.
  mutating func finish(corridor fence: UInt32, columns range: ClosedRange<Int>, rows: ClosedRange<Int>) {
    for row in rows {
      for column in range {
        let cell = row * columns + column
        if flips[cell] {
          covers.append(Cover(cell: UInt32(cell), fence: fence))
        } else if heads[cell] >= 0 {
          takePieces(of: cell, fence: fence, isCornerInside: false)
        }
        flips[cell] = false
        heads[cell] = -1
      }
    }
    nodes.removeAll()
  }

  /// Adds a fence that lies in one cell with its rim, uncut.
  mutating func add(whole fence: UInt32, cell: Int) {
    cuts.append(
      Cut(cell: UInt32(cell), fence: fence, isCornerInside: false, firstPiece: 0, pieceCount: BlockRaster.wholeFence))
  }

  /// Stands for all edges of a fence, which lie in one cell.
  static let wholeFence = UInt32.max

  // MARK: By cell

  /// Sorts cuts and covers by cell, in each by the order in which the fences were added.
  mutating func sort() {
    BlockRaster.sort(&cuts, &spareCuts, &next) { $0.cell }
    BlockRaster.sort(&covers, &spareCovers, &next) { $0.cell }
  }

  @inline(__always)
  private static func sort<Element>(
    _ all: inout GrowingBuffer<Element>, _ spare: inout GrowingBuffer<Element>, _ next: inout GrowingBuffer<UInt32>,
    by cell: (Element) -> UInt32
  ) {
    guard all.count > 1 else { return }
    for cell in next.indices { next[cell] = 0 }
    for index in all.indices { next[Int(cell(all[index])) + 1] += 1 }
    for cell in 1..<next.count { next[cell] += next[cell - 1] }
    spare.removeAll()
    spare.fill(with: all[0], count: all.count)
    for index in all.indices {
      let place = Int(cell(all[index]))
      spare[Int(next[place])] = all[index]
      next[place] += 1
    }
    swap(&all, &spare)
  }

  /// Forgets all fences and keeps the memory.
  mutating func removeAll() {
    cuts.removeAll()
    covers.removeAll()
    pieces.removeAll()
  }

  // MARK: Whole numbers

  /// The largest whole number not above a value, without a call to the C library.
  @inline(__always)
  private static func roundedDown(_ value: Double) -> Int {
    let whole = Int(value)
    return Double(whole) > value ? whole - 1 : whole
  }

  /// The smallest whole number not below a value.
  @inline(__always)
  private static func roundedUp(_ value: Double) -> Int {
    let whole = Int(value)
    return Double(whole) < value ? whole + 1 : whole
  }

  /// The columns whose cells, with their rims, meet a stretch.
  func columns(from low: Double, to high: Double) -> ClosedRange<Int> {
    BlockRaster.range(from: low, to: high, count: columns)
  }

  /// The rows whose cells, with their rims, meet a stretch.
  func rows(from low: Double, to high: Double) -> ClosedRange<Int> {
    BlockRaster.range(from: low, to: high, count: rows)
  }

  /// The same among `count` columns or rows.
  static func range(from low: Double, to high: Double, count: Int) -> ClosedRange<Int> {
    let first = max(0, min(count - 1, roundedUp(low - 1 - rim)))
    return first...max(first, min(count - 1, roundedDown(high + rim)))
  }
}

extension BlockRaster.Piece {
  /// Where the piece is at a height between those of its ends.
  @inline(__always)
  func x(atY y: Double) -> Double {
    let x = x0 + (x1 - x0) * ((y - y0) / (y1 - y0))
    return max(min(x0, x1), min(max(x0, x1), x))
  }

  @inline(__always)
  func y(atX x: Double) -> Double {
    let y = y0 + (y1 - y0) * ((x - x0) / (x1 - x0))
    return max(min(y0, y1), min(max(y0, y1), y))
  }

  @inline(__always)
  mutating func moveEnd(ofLower lower: Bool, x: Double, y: Double) {
    if (y0 < y1) == lower { (x0, y0) = (x, y) } else { (x1, y1) = (x, y) }
  }

  @inline(__always)
  mutating func moveEnd(ofLeft left: Bool, x: Double, y: Double) {
    if (x0 < x1) == left { (self.x0, y0) = (x, y) } else { (self.x1, y1) = (x, y) }
  }
}
