/// One fence more or less in a grid that is in use.
///
/// What changes is written anew behind all else in the arena, the leaves and the blocks on the way to them, and led to
/// from a new outermost block: the grid as it was goes on being read. A fence that is inserted has the largest index, and
/// so stands last in every list.
extension FenceGridBuilder {
  /// A grid with the last fence of the shapes inserted; `nil` where the arena has no room for it.
  ///
  /// - Precondition: its box lies in that of the grid.
  /// - Complexity: O(cells and edges of the fence, and what lies in these cells), and copying the outermost block.
  mutating func insertLast(into grid: FenceGrid) -> FenceGrid? {
    let root = copiedRoot(of: grid)
    let fence = geometry.records.count - 1
    let (columns, rows) = rootCells(of: fence)
    let window = CellFrame.root.window(column: columns.lowerBound, row: rows.lowerBound)
    var raster = BlockRaster(columns: columns.count, rows: rows.count)
    if raster.columns * raster.rows == 1 {
      raster.add(whole: UInt32(fence), cell: 0)
    } else {
      addWhole(fence, in: window, to: &raster)
    }
    let width = frame.columns
    insert(raster, window) { cell in
      root + (rows.lowerBound + cell / columns.count) * width + columns.lowerBound + cell % columns.count
    }
    return version(of: root)
  }

  /// A grid without one of its fences; `nil` where the arena has no room for it.
  ///
  /// - Complexity: O(cells of the fence, and what lies in these cells), and copying the outermost block.
  mutating func remove(_ fence: UInt32, from grid: FenceGrid) -> FenceGrid? {
    let root = copiedRoot(of: grid)
    let (columns, rows) = rootCells(of: Int(fence))
    var lists: [Int: Int?] = [:]
    for row in rows {
      for column in columns {
        let place = row * frame.columns + column
        root[place] = without(fence, root[place], CellFrame.root, column: column, row: row, grid, &lists)
      }
    }
    return version(of: root)
  }

  /// The new version; `nil` where the arena had no room for it.
  private func version(of root: UnsafeMutablePointer<FenceGrid.Entry>) -> FenceGrid? {
    if arena.isExhausted {
      root.deallocate()
      return nil
    }
    return FenceGrid(geometry: geometry, frame: frame, arena: arena, root: root)
  }

  private func copiedRoot(of grid: FenceGrid) -> UnsafeMutablePointer<FenceGrid.Entry> {
    let root = UnsafeMutablePointer<FenceGrid.Entry>.allocate(capacity: max(1, grid.rootCount))
    root.initialize(from: grid.root, count: grid.rootCount)
    return root
  }

  private func rootCells(of fence: Int) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
    let box = geometry.records[fence].box
    let low = frame.inCells(PlanarPoint(x: box.minX, y: box.minY))
    let high = frame.inCells(PlanarPoint(x: box.maxX, y: box.maxY))
    return (
      BlockRaster.range(from: low.x, to: high.x, count: frame.columns),
      BlockRaster.range(from: low.y, to: high.y, count: frame.rows)
    )
  }

  // MARK: Insertion

  /// Inserts the one fence that has been cut into the cells of a block: `place` says where their entries stand.
  private mutating func insert(
    _ raster: borrowing BlockRaster, _ block: CellFrame, at place: (Int) -> UnsafeMutablePointer<FenceGrid.Entry>
  ) {
    for index in raster.cuts.indices {
      let cut = raster.cuts[index]
      let place = place(Int(cut.cell))
      let entry = place.pointee
      place.pointee =
        entry.isBlock ? inserting(cut, of: raster, into: entry, block) : leaf(entry, with: cut, of: raster, block)
    }
    for index in raster.covers.indices {
      let cover = raster.covers[index]
      let place = place(Int(cover.cell))
      place.pointee = covering(place.pointee, with: cover.fence)
    }
  }

  private mutating func inserting(
    _ cut: BlockRaster.Cut, of parent: borrowing BlockRaster, into entry: FenceGrid.Entry, _ block: CellFrame
  ) -> FenceGrid.Entry {
    let bits = entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits
    let side = 1 << Int(bits)
    let (column, row) = (Int(cut.cell) % parent.columns, Int(cut.cell) / parent.columns)
    let child = block.inside(column: column, row: row, bits: bits)
    let box = raster(side: side, isLarge: entry.isLargeBlock, depth: block.depth)
    box.raster.removeAll()
    cutAgain(cut, of: parent, column: column, row: row, in: child, side: side, into: box)
    guard let offset = copiedBlock(entry) else { return entry }
    let entries = (arena.base + offset).assumingMemoryBound(to: FenceGrid.Entry.self)
    insert(box.raster, child) { entries + $0 }
    return FenceGrid.Entry(entry.isLargeBlock ? .largeBlock : .smallBlock, offset / GridArena.unit)
  }

  /// A copy of a block's entries, and where it begins; `nil` where there is no room.
  private func copiedBlock(_ entry: FenceGrid.Entry) -> Int? {
    let side = 1 << Int(entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits)
    let count = side * side * MemoryLayout<FenceGrid.Entry>.size
    let offset = arena.allocate(count, isCompact: true)
    if arena.isExhausted { return nil }
    (arena.base + offset).copyMemory(from: arena.base + entry.offset, byteCount: count)
    return offset
  }

  /// A leaf with one fence more whose edges cut it.
  private mutating func leaf(
    _ entry: FenceGrid.Entry, with cut: BlockRaster.Cut, of raster: borrowing BlockRaster, _ block: CellFrame
  ) -> FenceGrid.Entry {
    var contents = leaves.begin(
      copying: entry, column: Int(cut.cell) % raster.columns, row: Int(cut.cell) / raster.columns, without: nil)
    append(cut, of: raster, block)
    return leaves.finish(&contents)
  }

  /// A cell with one fence more that covers it whole.
  private mutating func covering(_ entry: FenceGrid.Entry, with fence: UInt32) -> FenceGrid.Entry {
    guard entry.isBlock else {
      var contents = leaves.begin(copying: entry, column: 0, row: 0, without: nil)
      contents.covers.append(BlockRaster.Cover(cell: 0, fence: fence))
      return leaves.finish(&contents)
    }
    guard let offset = copiedBlock(entry) else { return entry }
    let side = 1 << Int(entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits)
    let entries = (arena.base + offset).assumingMemoryBound(to: FenceGrid.Entry.self)
    for cell in 0..<(side * side) { entries[cell] = covering(entries[cell], with: fence) }
    return FenceGrid.Entry(entry.isLargeBlock ? .largeBlock : .smallBlock, offset / GridArena.unit)
  }

  // MARK: Removal

  /// A cell without a fence; the same entry where it was not there.
  ///
  /// - Parameter lists: of lists of fences that cover blocks, which have been rewritten to what, `nil` for nothing.
  private mutating func without(
    _ fence: UInt32, _ entry: FenceGrid.Entry, _ block: CellFrame, column: Int, row: Int, _ grid: FenceGrid,
    _ lists: inout [Int: Int?]
  ) -> FenceGrid.Entry {
    if entry.isInterior { return entry.value == fence ? .nothing : entry }
    guard entry.isBlock else { return leaf(entry, without: fence, grid, &lists) }
    let bits = entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits
    let side = 1 << Int(bits)
    let child = block.inside(column: column, row: row, bits: bits)
    let box = geometry.records[Int(fence)].box
    let low = child.inCells(frame.inCells(PlanarPoint(x: box.minX, y: box.minY)))
    let high = child.inCells(frame.inCells(PlanarPoint(x: box.maxX, y: box.maxY)))
    var offset: Int?
    for row in BlockRaster.range(from: low.y, to: high.y, count: side) {
      for column in BlockRaster.range(from: low.x, to: high.x, count: side) {
        let cell = row * side + column
        let before = grid.entry(cell, of: entry)
        let after = without(fence, before, child, column: column, row: row, grid, &lists)
        if after == before { continue }
        guard let copy = offset ?? copiedBlock(entry) else { return entry }
        offset = copy
        arena.store(after, at: copy + cell * MemoryLayout<FenceGrid.Entry>.size)
      }
    }
    guard let offset else { return entry }
    return FenceGrid.Entry(entry.isLargeBlock ? .largeBlock : .smallBlock, offset / GridArena.unit)
  }

  private mutating func leaf(
    _ entry: FenceGrid.Entry, without fence: UInt32, _ grid: FenceGrid, _ lists: inout [Int: Int?]
  ) -> FenceGrid.Entry {
    let leaf = GridLeaf(grid, entry)
    let isShared = leaf.hasShared && leaf.shared(grid).contains(fence)
    let isOwn = (0..<leaf.ownCoverCount).contains { leaf.cover($0) == fence }
    guard isShared || isOwn || leaf.find(fence) != nil else { return entry }
    var contents = leaves.begin(copying: entry, column: 0, row: 0, without: fence)
    contents.covers.removeAll { $0.fence == fence }
    if isShared, let list = contents.shared.offset {
      let known = lists[list]
      contents.shared.fences.removeAll { $0 == fence }
      contents.shared.offset = known ?? nil
      contents.shared = known == nil ? leaves.stored(contents.shared) : contents.shared
      lists[list] = .some(contents.shared.offset)
    }
    return leaves.finish(&contents)
  }
}
