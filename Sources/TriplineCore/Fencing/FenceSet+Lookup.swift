extension FenceSet {
  /// The fences that contain a position, boundary included, by dense index in ascending order.
  public func fences(containing coordinate: Coordinate) -> [UInt32] {
    var matches = FenceMatches()
    collectFences(containing: coordinate, into: &matches)
    return matches.array
  }

  /// Replaces `matches` by the fences that contain a position, as `fences(containing:)` gives them.
  ///
  /// - Complexity: O(fences near the position); no allocation once `matches` has held as many fences before.
  public func collectFences(containing coordinate: Coordinate, into matches: inout FenceMatches) {
    matches.removeAll()
    let (x, y) = (coordinate.longitude, coordinate.latitude)
    appendFences(x: x, y: y, at: grid.place(x: x, y: y), to: &matches)
    matches.endPosition()
  }

  /// Replaces `matches` by the fences that contain each of many positions, in the order of the positions.
  ///
  /// Faster than one position at a time where positions lie far apart among many fences: what has to be fetched from
  /// memory for one is under way while others are looked up.
  /// - Complexity: O(*n*) in the number of positions and the fences near them.
  public func collectFences(containing coordinates: Span<Coordinate>, into matches: inout FenceMatches) {
    matches.removeAll()
    var start = 0
    while start < coordinates.count {
      let end = min(start + FenceMatches.batch, coordinates.count)
      collectBatch(coordinates.extracting(start..<end), into: &matches)
      start = end
    }
  }

  @inline(__always)
  private func collectBatch(_ coordinates: Span<Coordinate>, into matches: inout FenceMatches) {
    withUnsafeTemporaryAllocation(of: (place: FenceGrid.Place, leaf: GridLeaf).self, capacity: FenceMatches.batch) {
      found in
      for index in coordinates.indices {
        let place = grid.place(x: coordinates[index].longitude, y: coordinates[index].latitude)
        found.initializeElement(at: index, to: (place, GridLeaf.none(grid)))
      }
      for index in coordinates.indices { found[index].leaf = GridLeaf(grid, found[index].place.entry) }
      for index in coordinates.indices {
        let coordinate = coordinates[index]
        appendFences(
          x: coordinate.longitude, y: coordinate.latitude, at: found[index].place, found[index].leaf, to: &matches)
        matches.endPosition()
      }
    }
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

  /// Whether positions at this longitude lie on the grid a whole turn away, there alone or a second time.
  @inline(__always)
  func isDoubled(x: Double) -> Bool { x + 360 <= grid.bounds.maxX || x - 360 >= grid.bounds.minX }

  /// Whether a step meets only what stands on the grid between its ends: no fence has heights, and nothing stands there a whole turn
  /// away.
  @inline(__always)
  func isPlain(from: PlanarPoint, to: PlanarPoint) -> Bool {
    isPlain || altitudes.isEmpty && isSingle(from: from, to: to)
  }

  /// Whether a step between two positions leads over the grid once, and not over the antimeridian.
  @inline(__always)
  func isSingle(from: PlanarPoint, to: PlanarPoint) -> Bool {
    !isDoubled(x: from.x) && !isDoubled(x: to.x) && abs(to.x - from.x) < 180
  }

  /// Whether a step between two positions beside the grid certainly does not lead through it.
  func isBypassed(from: PlanarPoint, to: PlanarPoint) -> Bool {
    isSingle(from: from, to: to) && !PlanarBox(from, to).overlaps(grid.bounds)
  }

  /// Appends the fences at a position whose cell is known, in ascending order.
  @inline(__always)
  func appendFences(x: Double, y: Double, at place: FenceGrid.Place, to matches: inout FenceMatches) {
    appendFences(x: x, y: y, at: place, GridLeaf(grid, place.entry), to: &matches)
  }

  @inline(__always)
  private func appendFences(
    x: Double, y: Double, at place: FenceGrid.Place, _ leaf: GridLeaf, to matches: inout FenceMatches
  ) {
    let first = matches.count
    grid.appendFences(at: place, leaf, x: x, y: y, to: &matches)
    if isDoubled(x: x) { appendDoubled(x: x, y: y, from: first, to: &matches) }
  }

  @inline(never)
  private func appendDoubled(x: Double, y: Double, from first: Int, to matches: inout FenceMatches) {
    for turned in [x + 360, x - 360] {
      let middle = matches.count
      let place = grid.place(x: turned, y: y)
      grid.appendFences(at: place, GridLeaf(grid, place.entry), x: turned, y: y, to: &matches)
      matches.merge(from: first, at: middle)
    }
  }

  private func location(x: Double, y: Double, in fence: UInt32) -> Location {
    grid.location(x: x, y: y, at: grid.place(x: x, y: y), of: fence)
  }
}

extension Location: Comparable {
  /// Orders exterior before boundary before interior.
  public static func < (a: Location, b: Location) -> Bool { a.rawValue < b.rawValue }
}
