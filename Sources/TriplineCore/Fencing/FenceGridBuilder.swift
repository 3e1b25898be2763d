/// Builds a `FenceGrid` from the top down: a cell that holds much geometry is cut into a block of smaller ones.
struct FenceGridBuilder {
  /// A fence as far as it lies in one cell: the edges that cut it, and whether the cell's reference point is inside.
  private struct Item {
    var fence: UInt32
    var referenceIsInside: Bool
    var edges: [UInt32]
  }

  /// A leaf is cut further while it holds more geometry than this: edges, a circle counting as `circleWeight`.
  private static let leafWeight = 8
  private static let circleWeight = 4
  private static let smallestCell = 2e-7
  private static let deepest = 24

  private let geometry: FenceGeometry
  private var grid = FenceGrid()
  private var marks: [UInt32]
  private var mark: UInt32 = 0
  private var lastPlainLeaf: (interiors: [UInt32], number: UInt32)?

  /// The grid over all fences of `geometry`.
  ///
  /// - Complexity: O(*e* log *e*) in the number of edges.
  static func build(_ geometry: FenceGeometry) -> FenceGrid {
    guard !geometry.records.isEmpty else { return FenceGrid() }
    var builder = FenceGridBuilder(geometry)
    builder.build()
    return builder.grid
  }

  private init(_ geometry: FenceGeometry) {
    self.geometry = geometry
    marks = Array(repeating: 0, count: geometry.vertices.count)
  }

  private mutating func build() {
    var bounds = PlanarBox.empty
    for record in geometry.records { bounds.formUnion(record.box) }
    // A reference point outside everything.
    let reference = PlanarPoint(x: bounds.minX - 1, y: bounds.minY - 1)
    var items: [Item] = []
    items.reserveCapacity(geometry.records.count)
    for fence in geometry.records.indices {
      items.append(Item(fence: UInt32(fence), referenceIsInside: false, edges: geometry.edges(of: fence)))
    }
    grid.bounds = bounds
    // The sides are moved out, so that no fence ends on the outermost line of the grid.
    let margin = max(1e-9, max(bounds.width, bounds.height) * 1e-9)
    let box = PlanarBox(
      minX: bounds.minX - margin, minY: bounds.minY - margin, maxX: bounds.maxX + margin, maxY: bounds.maxY + margin)
    _ = addBlock(box, items: items, interiors: [], reference: reference, depth: 0)
  }

  private func weight(_ items: [Item]) -> Int {
    items.reduce(0) { $0 + (geometry.records[Int($1.fence)].isCircle ? Self.circleWeight : $1.edges.count) }
  }

  // MARK: Blocks

  /// Adds a block over `box` and returns its index.
  private mutating func addBlock(
    _ box: PlanarBox, items: [Item], interiors: [UInt32], reference: PlanarPoint, depth: Int
  ) -> UInt32 {
    let block = makeBlock(box, weight: weight(items))
    let index = UInt32(grid.blocks.count)
    grid.blocks.append(block)
    let columns = Int(block.columns)
    let cellCount = columns * Int(block.rows)
    grid.cells.append(contentsOf: repeatElement(0, count: cellCount))

    var listed = CellLists(cellCount: cellCount)
    for (number, item) in items.enumerated() {
      if geometry.records[Int(item.fence)].isCircle {
        list(circle: item, number: number, in: block, into: &listed)
      } else {
        list(polygon: item, number: number, in: block, into: &listed)
      }
    }
    listed.sort()

    var references: [PlanarPoint] = []
    references.reserveCapacity(cellCount)
    for cell in 0..<cellCount {
      let cellBox = block.cellBox(column: cell % columns, row: cell / columns)
      references.append(self.reference(in: cellBox, avoiding: listed.entries(of: cell)))
    }
    let sides = settleSides(
      of: items, in: block, listed: listed, references: references, parentReference: reference)
    for cell in 0..<cellCount {
      let content = content(of: cell, items: items, sides: sides[cell], listed: listed, interiors: interiors)
      grid.cells[Int(block.firstCell) + cell] = addCell(
        block.cellBox(column: cell % columns, row: cell / columns), items: content.items, interiors: content.interiors,
        reference: references[cell], depth: depth + 1)
    }
    return index
  }

  private func makeBlock(_ box: PlanarBox, weight: Int) -> FenceGrid.Block {
    let target = min(1_048_576, max(4, Double(weight) / 2))
    let ratio = max(1e-3, min(1e3, box.width / box.height))
    let columns = max(1, min(2048, (target * ratio).squareRoot().rounded(.up)))
    let rows = max(1, min(2048, (target / ratio).squareRoot().rounded(.up)))
    return FenceGrid.Block(
      originX: box.minX, originY: box.minY, cellsPerDegreeX: columns / box.width, cellsPerDegreeY: rows / box.height,
      columns: Int32(columns), rows: Int32(rows), firstCell: UInt32(grid.cells.count))
  }

  // MARK: Assigning edges to cells

  private func list(polygon item: Item, number: Int, in block: FenceGrid.Block, into listed: inout CellLists) {
    for edge in item.edges {
      let a = geometry.vertices[Int(edge)]
      let b = geometry.vertices[Int(edge) + 1]
      let low = a.y <= b.y ? a : b
      let high = a.y <= b.y ? b : a
      for row in block.row(low.y - FenceGrid.tolerance)...block.row(high.y + FenceGrid.tolerance) {
        guard let columns = FenceGrid.columns(of: block, row: row, from: low, to: high) else { continue }
        for column in columns { listed.append(cell: row * Int(block.columns) + column, item: number, edge: edge) }
      }
    }
  }

  private func list(circle item: Item, number: Int, in block: FenceGrid.Block, into listed: inout CellLists) {
    let record = geometry.records[Int(item.fence)]
    for cell in cells(of: record.box, in: block) {
      let box = block.cellBox(column: cell % Int(block.columns), row: cell / Int(block.columns))
      switch Circle.location(of: box, center: record.center, radius: record.radius) {
      case .exterior: break
      case .boundary: listed.append(cell: cell, item: number, edge: CellLists.cutByCircle)
      case .interior: listed.append(cell: cell, item: number, edge: CellLists.insideCircle)
      }
    }
  }

  private func cells(of box: PlanarBox, in block: FenceGrid.Block) -> [Int] {
    var result: [Int] = []
    for row in block.row(box.minY)...block.row(box.maxY) {
      for column in block.column(box.minX)...block.column(box.maxX) {
        let cell = block.cellBox(column: column, row: row)
        if cell.overlaps(box) { result.append(row * Int(block.columns) + column) }
      }
    }
    return result
  }

  // MARK: Reference points and sides

  /// A point in the cell that lies on none of the edges listed there.
  private func reference(in box: PlanarBox, avoiding entries: ArraySlice<CellLists.Entry>) -> PlanarPoint {
    var attempt = 0
    while true {
      // The middle first, then points spread by the fractional parts of multiples of two irrational numbers.
      let u = (0.5 + Double(attempt) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      let v = (0.5 + Double(attempt) * 0.414_213_562_373_095).truncatingRemainder(dividingBy: 1)
      let point = PlanarPoint(
        x: box.minX + box.width * (0.1 + 0.8 * u), y: box.minY + box.height * (0.1 + 0.8 * v))
      let isFree = entries.allSatisfy { entry in
        entry.edge >= CellLists.cutByCircle
          || !Orientation.isOn(point, geometry.vertices[Int(entry.edge)], geometry.vertices[Int(entry.edge) + 1])
      }
      if isFree { return point }
      attempt += 1
    }
  }

  /// For each cell the items that cover it whole or whose reference side is needed, with that side.
  private mutating func settleSides(
    of items: [Item], in block: FenceGrid.Block, listed: CellLists, references: [PlanarPoint],
    parentReference: PlanarPoint
  ) -> [[(item: Int32, isInside: Bool)]] {
    var sides: [[(item: Int32, isInside: Bool)]] = Array(repeating: [], count: references.count)
    let columns = Int(block.columns)
    for (number, item) in items.enumerated() {
      let record = geometry.records[Int(item.fence)]
      if record.isCircle { continue }
      let left = block.column(record.box.minX - FenceGrid.tolerance)
      let right = block.column(record.box.maxX + FenceGrid.tolerance)
      let bottom = block.row(record.box.minY - FenceGrid.tolerance)
      let top = block.row(record.box.maxY + FenceGrid.tolerance)
      var rowStart = item.referenceIsInside
      var previousRow: Int?
      for row in bottom...top {
        let first = row * columns + left
        if let previousRow {
          let below = previousRow * columns + left
          if crossings(
            references[below], references[first], listed.edges(of: below, item: number),
            listed.edges(of: first, item: number))
          {
            rowStart.toggle()
          }
        } else if crossings(parentReference, references[first], item.edges[...], []) {
          rowStart.toggle()
        }
        previousRow = row
        var isInside = rowStart
        sides[first].append((Int32(number), isInside))
        if left < right {
          for cell in (first + 1)...(first + right - left) {
            if crossings(
              references[cell - 1], references[cell], listed.edges(of: cell - 1, item: number),
              listed.edges(of: cell, item: number))
            {
              isInside.toggle()
            }
            sides[cell].append((Int32(number), isInside))
          }
        }
      }
    }
    return sides
  }

  /// Whether the way from `p` to `q` crosses an odd number of the edges in the two lists, each counted once.
  private mutating func crossings(
    _ p: PlanarPoint, _ q: PlanarPoint, _ first: ArraySlice<UInt32>, _ second: ArraySlice<UInt32>
  ) -> Bool {
    if first.isEmpty && second.isEmpty { return false }
    mark += 1
    var isOdd = false
    for list in [first, second] {
      for edge in list where marks[Int(edge)] != mark {
        marks[Int(edge)] = mark
        if Orientation.crosses(p, q, geometry.vertices[Int(edge)], geometry.vertices[Int(edge) + 1]) { isOdd.toggle() }
      }
    }
    return isOdd
  }

  // MARK: Cells

  private func content(
    of cell: Int, items: [Item], sides: [(item: Int32, isInside: Bool)], listed: CellLists, interiors: [UInt32]
  ) -> (items: [Item], interiors: [UInt32]) {
    var inCell: [Item] = []
    var covering: [UInt32] = []
    for (number, isInside) in sides {
      let edges = listed.edges(of: cell, item: Int(number))
      let fence = items[Int(number)].fence
      if !edges.isEmpty {
        inCell.append(Item(fence: fence, referenceIsInside: isInside, edges: Array(edges)))
      } else if isInside {
        covering.append(fence)
      }
    }
    for entry in listed.entries(of: cell) where entry.edge >= CellLists.cutByCircle {
      let fence = items[Int(entry.item)].fence
      if entry.edge == CellLists.insideCircle {
        covering.append(fence)
      } else {
        inCell.append(Item(fence: fence, referenceIsInside: false, edges: []))
      }
    }
    if covering.isEmpty { return (inCell, interiors) }
    return (inCell, (interiors + covering).sorted())
  }

  private mutating func addCell(
    _ box: PlanarBox, items: [Item], interiors: [UInt32], reference: PlanarPoint, depth: Int
  ) -> UInt32 {
    if items.isEmpty { return addPlainLeaf(interiors) }
    let isDivisible = depth < Self.deepest && min(box.width, box.height) > Self.smallestCell
    if isDivisible && weight(items) > Self.leafWeight {
      return FenceGrid.blockFlag
        | addBlock(box, items: items, interiors: interiors, reference: reference, depth: depth)
    }
    let firstCut = UInt32(grid.cuts.count)
    for item in items.sorted(by: { $0.fence < $1.fence }) {
      grid.cuts.append(
        FenceGrid.Cut(
          fence: item.fence, referenceIsInside: item.referenceIsInside, firstEdge: UInt32(grid.edges.count),
          edgeCount: UInt32(item.edges.count)))
      grid.edges.append(contentsOf: item.edges)
    }
    return addLeaf(interiors, reference: reference, firstCut: firstCut)
  }

  /// A leaf without any geometry; neighbours with the same fences share one.
  private mutating func addPlainLeaf(_ interiors: [UInt32]) -> UInt32 {
    if interiors.isEmpty { return 0 }
    if let lastPlainLeaf, lastPlainLeaf.interiors == interiors { return lastPlainLeaf.number }
    let number = addLeaf(interiors, reference: PlanarPoint(x: 0, y: 0), firstCut: UInt32(grid.cuts.count))
    lastPlainLeaf = (interiors, number)
    return number
  }

  private mutating func addLeaf(_ interiors: [UInt32], reference: PlanarPoint, firstCut: UInt32) -> UInt32 {
    grid.leaves.append(
      FenceGrid.Leaf(
        reference: reference, firstInterior: UInt32(grid.interiors.count), interiorCount: UInt32(interiors.count),
        firstCut: firstCut, cutCount: UInt32(grid.cuts.count) - firstCut))
    grid.interiors.append(contentsOf: interiors)
    return UInt32(grid.leaves.count)
  }
}
