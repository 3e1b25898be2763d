/// Builds a `FenceGrid` from the top down: a cell that holds much geometry is cut into a block of smaller ones.
struct FenceGridBuilder {
  /// A fence as far as it lies in one cell: the edges that cut it, and whether the cell's reference point is inside.
  private struct Item {
    var fence: UInt32
    var referenceIsInside: Bool
    var edges: [UInt32]
  }

  /// A leaf is cut further while it holds more geometry than this: edges, a circle counting as `circleWeight`.
  private static let leafWeight = 6
  /// Cells that a block gets for each unit of the geometry in it.
  private static let cellsPerWeight = 2.0
  private static let circleWeight = 4
  /// Cells of this size in degrees, about a metre, are not cut further.
  private static let smallestCell = 1e-5
  /// From so many fences on that cut one cell, the same outline may have been drawn many times.
  private static let crowd = 8
  /// So often in a row a division may leave more than three quarters of the geometry in one part.
  private static let fruitlessDivisions = 4

  private let geometry: FenceGeometry
  private var grid = FenceGrid()
  private var marks: [UInt32]
  private var mark: UInt32 = 0
  private var lastPlainLeaf: (interiors: [UInt32], offset: UInt32)?

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
    let weight = weight(items)
    let root = makeBlock(box, weight: weight, largest: 4_194_304)
    grid.setRoot(root)
    let level = Level(weight: weight, fruitless: 0)
    divide(root, grid.rootOrder, items: items, interiors: [], reference: reference, level: level) {
      builder, cell, value in
      builder.grid.cells[builder.grid.rootIndex(column: cell % root.columns, row: cell / root.columns)] = value
    }
  }

  private func weight(_ items: [Item]) -> Int {
    items.reduce(0) { $0 + (geometry.records[Int($1.fence)].isCircle ? Self.circleWeight : $1.edges.count) }
  }

  // MARK: Blocks

  /// How much geometry a cell holds, and how often in a row dividing has not helped.
  private struct Level {
    var weight: Int
    var fruitless: Int
  }

  /// Adds an inner block over `box` and returns the word at which it begins.
  private mutating func addBlock(
    _ box: PlanarBox, items: [Item], interiors: [UInt32], reference: PlanarPoint, level: Level
  ) -> UInt32 {
    let block = makeBlock(box, weight: level.weight, largest: 65_536)
    let offset = grid.words.count
    grid.words.append(contentsOf: block.words)
    let firstCell = grid.words.count
    grid.words.append(contentsOf: repeatElement(0, count: (block.columns * block.rows + 1) / 2))
    let order = Array(0..<(block.columns * block.rows))
    divide(block, order, items: items, interiors: interiors, reference: reference, level: level) {
      builder, cell, value in
      builder.grid.words[firstCell + cell / 2] |= UInt64(value) << UInt64(32 * (cell & 1))
    }
    return UInt32(offset)
  }

  /// Fills the cells of a block in the order given.
  private mutating func divide(
    _ block: GridBlock, _ order: [Int], items: [Item], interiors: [UInt32], reference: PlanarPoint, level: Level,
    store: (inout FenceGridBuilder, Int, UInt32) -> Void
  ) {
    let cellCount = block.columns * block.rows
    var listed = CellLists(cellCount: cellCount)
    for (number, item) in items.enumerated() {
      if geometry.records[Int(item.fence)].isCircle {
        list(circle: item, number: number, in: block, into: &listed)
      } else {
        list(polygon: item, number: number, in: block, into: &listed)
      }
    }
    listed.sort()
    let references = (0..<cellCount).map { cell in
      self.reference(in: block.box(ofCell: cell), avoiding: listed.entries(of: cell))
    }
    let sides = settleSides(
      of: items, in: block, listed: listed, references: references, parentReference: reference)
    for cell in order {
      let content = content(of: cell, items: items, sides: sides[cell], listed: listed, interiors: interiors)
      let value = addCell(
        block.box(ofCell: cell), items: content.items, interiors: content.interiors, reference: references[cell],
        parent: level)
      if value != 0 { store(&self, cell, value) }
    }
  }

  private func makeBlock(_ box: PlanarBox, weight: Int, largest: Double) -> GridBlock {
    let target = min(largest, max(4, Double(weight) * Self.cellsPerWeight))
    let ratio = max(1e-3, min(1e3, box.width / box.height))
    let columns = max(1, min(4096, (target * ratio).squareRoot().rounded(.up)))
    let rows = max(1, min(4096, (target / ratio).squareRoot().rounded(.up)))
    return GridBlock(box, columns: Int(columns), rows: Int(rows))
  }

  // MARK: Assigning edges to cells

  private func list(polygon item: Item, number: Int, in block: GridBlock, into listed: inout CellLists) {
    for edge in item.edges {
      let a = geometry.vertices[Int(edge)]
      let b = geometry.vertices[Int(edge) + 1]
      let low = a.y <= b.y ? a : b
      let high = a.y <= b.y ? b : a
      for row in block.rows(from: low, to: high) {
        guard let columns = block.columns(row: row, from: low, to: high) else { continue }
        for column in columns { listed.append(cell: row * block.columns + column, item: number, edge: edge) }
      }
    }
  }

  private func list(circle item: Item, number: Int, in block: GridBlock, into listed: inout CellLists) {
    let record = geometry.records[Int(item.fence)]
    for cell in cells(of: record.box, in: block) {
      switch Circle.location(of: block.box(ofCell: cell), center: record.center, radius: record.radius) {
      case .exterior: break
      case .boundary: listed.append(cell: cell, item: number, edge: CellLists.cutByCircle)
      case .interior: listed.append(cell: cell, item: number, edge: CellLists.insideCircle)
      }
    }
  }

  private func cells(of box: PlanarBox, in block: GridBlock) -> [Int] {
    var result: [Int] = []
    for row in block.row(box.minY)...block.row(box.maxY) {
      for column in block.column(box.minX)...block.column(box.maxX) {
        let cell = row * block.columns + column
        if block.box(ofCell: cell).overlaps(box) { result.append(cell) }
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
    of items: [Item], in block: GridBlock, listed: CellLists, references: [PlanarPoint],
    parentReference: PlanarPoint
  ) -> [[(item: Int32, isInside: Bool)]] {
    var sides: [[(item: Int32, isInside: Bool)]] = Array(repeating: [], count: references.count)
    let columns = block.columns
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
    _ box: PlanarBox, items: [Item], interiors: [UInt32], reference: PlanarPoint, parent: Level
  ) -> UInt32 {
    if items.isEmpty { return addPlainLeaf(interiors) }
    let weight = items.count > Self.crowd ? distinctWeight(items) : weight(items)
    let level = Level(
      weight: weight,
      fruitless: weight * 4 > parent.weight * 3 ? parent.fruitless + 1 : 0)
    if weight > Self.leafWeight && isDivisible(box, items, level) {
      return FenceGrid.blockFlag
        | addBlock(box, items: items, interiors: interiors, reference: reference, level: level)
    }
    return addLeaf(
      box, interiors, items: items.sorted { $0.fence < $1.fence }, reference: reference)
  }

  /// Whether smaller cells would hold less: not where the same outline has been drawn several times.
  private func isDivisible(_ box: PlanarBox, _ items: [Item], _ level: Level) -> Bool {
    guard min(box.width, box.height) > Self.smallestCell else { return false }
    if level.fruitless == 0 { return true }
    return level.fruitless < Self.fruitlessDivisions && distinctWeight(items) > Self.leafWeight
  }

  /// The weight of what is drawn differently.
  private func distinctWeight(_ items: [Item]) -> Int {
    var shapes: Set<PlanarBox> = []
    var circles: Set<PlanarBox> = []
    for item in items {
      if item.edges.isEmpty { circles.insert(geometry.records[Int(item.fence)].box) }
      for edge in item.edges {
        shapes.insert(PlanarBox(geometry.vertices[Int(edge)], geometry.vertices[Int(edge) + 1]))
      }
    }
    return shapes.count + circles.count * Self.circleWeight
  }

  /// A leaf without any geometry; neighbours with the same fences share one.
  private mutating func addPlainLeaf(_ interiors: [UInt32]) -> UInt32 {
    if interiors.isEmpty { return 0 }
    if let lastPlainLeaf, lastPlainLeaf.interiors == interiors { return lastPlainLeaf.offset }
    let offset = addLeaf(.empty, interiors, items: [], reference: PlanarPoint(x: 0, y: 0))
    lastPlainLeaf = (interiors, offset)
    return offset
  }

  private mutating func addLeaf(
    _ box: PlanarBox, _ interiors: [UInt32], items: [Item], reference: PlanarPoint
  ) -> UInt32 {
    let offset = grid.words.count
    grid.words.append(reference.x.bitPattern)
    grid.words.append(reference.y.bitPattern)
    grid.words.append(margin(in: box, of: items).bitPattern)
    grid.words.append(UInt64(interiors.count) | UInt64(items.count) << 32)
    for item in items {
      grid.words.append(
        GridLeaf.Cut(
          fence: item.fence, referenceIsInside: item.referenceIsInside, edgeCount: item.edges.count
        ).word)
    }
    for first in stride(from: 0, to: interiors.count, by: 2) {
      let second = first + 1 < interiors.count ? interiors[first + 1] : 0
      grid.words.append(UInt64(interiors[first]) | UInt64(second) << 32)
    }
    for item in items {
      if item.edges.isEmpty { appendCircle(geometry.records[Int(item.fence)]) }
      for edge in item.edges {
        appendEdge(geometry.vertices[Int(edge)], geometry.vertices[Int(edge) + 1], reference: reference)
      }
    }
    return UInt32(offset)
  }

  /// An edge with the reference point on its left, which spares the lookup one determinant.
  private mutating func appendEdge(_ a: PlanarPoint, _ b: PlanarPoint, reference: PlanarPoint) {
    let isOnLeft = Orientation.sign(a, b, reference) >= 0
    for point in isOnLeft ? [a, b] : [b, a] {
      grid.words.append(point.x.bitPattern)
      grid.words.append(point.y.bitPattern)
    }
  }

  private mutating func appendCircle(_ record: FenceGeometry.Record) {
    grid.words.append(record.center.x.bitPattern)
    grid.words.append(record.center.y.bitPattern)
    grid.words.append(record.radius.bitPattern)
    grid.words.append(0)
  }

  /// What a determinant of points of a leaf and its edges can be off by: each is a difference of two products of
  /// differences of coordinates, none larger than the way from a corner of the leaf to the far end of an edge.
  private func margin(in box: PlanarBox, of items: [Item]) -> Double {
    var all = box
    for item in items {
      for edge in item.edges {
        all.extend(to: geometry.vertices[Int(edge)])
        all.extend(to: geometry.vertices[Int(edge) + 1])
      }
    }
    let extent = max(all.width, all.height) + 2 * FenceGrid.tolerance
    // Rounding: two differences of 2^-53 each and a product a factor, a difference of two such: 8 × 2^-53 is enough.
    return extent * extent * 1e-15
  }
}
