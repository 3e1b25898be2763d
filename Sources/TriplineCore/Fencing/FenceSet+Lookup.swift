extension FenceSet {
  /// The fences that contain a position, boundary included, by dense index in ascending order.
  public func fences(containing coordinate: Coordinate) -> [UInt32] {
    var result: [UInt32] = []
    collectFences(x: coordinate.longitude, y: coordinate.latitude, into: &result)
    return result
  }

  /// Replaces `result` by the fences that contain a position, as `fences(containing:)` gives them, in memory that is
  /// used again.
  ///
  /// - Complexity: O(fences near the position); no allocation once `result` has held as many fences before.
  public func collectFences(containing coordinate: Coordinate, into result: inout [UInt32]) {
    collectFences(x: coordinate.longitude, y: coordinate.latitude, into: &result)
  }

  /// Where a position lies with respect to every fence that it is not outside of, in ascending order of the index.
  public func locations(of coordinate: Coordinate) -> [(fence: UInt32, location: Location)] {
    fences(containing: coordinate).map { ($0, location(of: coordinate, in: $0)) }
  }

  /// Where a position lies with respect to one fence.
  public func location(of coordinate: Coordinate, in fence: UInt32) -> Location {
    let x = coordinate.longitude
    let y = coordinate.latitude
    guard y.isFinite, abs(x) <= 540 else { return .exterior }
    var best = location(x: x, y: y, in: fence)
    if x + 360 <= grid.bounds.maxX { best = max(best, location(x: x + 360, y: y, in: fence)) }
    if x - 360 >= grid.bounds.minX { best = max(best, location(x: x - 360, y: y, in: fence)) }
    return best
  }

  /// Whether positions at this longitude lie on the grid a second time, a whole turn away.
  @inline(__always)
  func isDoubled(x: Double) -> Bool { x + 360 <= grid.bounds.maxX || x - 360 >= grid.bounds.minX }

  /// Replaces `result` by the fences that contain a position, in ascending order.
  ///
  /// - Complexity: O(fences near the position).
  @inline(__always)
  func collectFences(x: Double, y: Double, into result: inout [UInt32]) {
    collectFences(x: x, y: y, at: grid.place(x: x, y: y), into: &result)
  }

  /// The same, for a position whose cell is known.
  @inline(__always)
  func collectFences(x: Double, y: Double, at place: FenceGrid.Place, into result: inout [UInt32]) {
    result.removeAll(keepingCapacity: true)
    appendFences(x: x, y: y, leaf: place.leaf, to: &result)
    if isDoubled(x: x) { collectDoubled(x: x, y: y, into: &result) }
  }

  @inline(never)
  private func collectDoubled(x: Double, y: Double, into result: inout [UInt32]) {
    for turned in [x + 360, x - 360] {
      appendFences(x: turned, y: y, leaf: grid.place(x: turned, y: y).leaf, to: &result)
    }
    result.sort()
    var kept = 0
    for index in result.indices where index == 0 || result[index] != result[kept - 1] {
      result[kept] = result[index]
      kept += 1
    }
    result.removeLast(result.count - kept)
  }

  @inline(__always)
  private func appendFences(x: Double, y: Double, leaf number: UInt32, to result: inout [UInt32]) {
    guard number != 0 else { return }
    let leaf = GridLeaf(grid, at: number)
    var geometry = leaf.firstGeometry
    var interior = 0
    // Both lists are in ascending order and without common members: merge them.
    for index in 0..<leaf.cutCount {
      let cut = grid.cut(index, of: leaf)
      while interior < leaf.interiorCount, grid.interior(interior, of: leaf) < cut.fence {
        result.append(grid.interior(interior, of: leaf))
        interior += 1
      }
      if grid.location(x: x, y: y, cut: cut, geometry: geometry, leaf: leaf) != .exterior { result.append(cut.fence) }
      geometry += cut.geometryWords
    }
    while interior < leaf.interiorCount {
      result.append(grid.interior(interior, of: leaf))
      interior += 1
    }
  }

  private func location(x: Double, y: Double, in fence: UInt32) -> Location {
    let number = grid.place(x: x, y: y).leaf
    guard number != 0 else { return .exterior }
    let leaf = GridLeaf(grid, at: number)
    var geometry = leaf.firstGeometry
    for index in 0..<leaf.cutCount {
      let cut = grid.cut(index, of: leaf)
      if cut.fence == fence { return grid.location(x: x, y: y, cut: cut, geometry: geometry, leaf: leaf) }
      geometry += cut.geometryWords
    }
    for index in 0..<leaf.interiorCount where grid.interior(index, of: leaf) == fence { return .interior }
    return .exterior
  }
}

extension Location: Comparable {
  /// Orders exterior before boundary before interior.
  public static func < (a: Location, b: Location) -> Bool { a.rawValue < b.rawValue }
}
