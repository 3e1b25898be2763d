extension FenceSet {
  /// Metres from a position to the boundary of a fence, negative inside, or `nil` where that is more than `reach`.
  ///
  /// Measured in the plane that touches the ellipsoid at the position (`LocalMetric`), which is too long for a way across
  /// a pole; of a circle by geodesic. Inside a corridor it is half the width less the distance from the line, which is
  /// too short where two pieces overlap.
  /// - Parameters:
  ///   - coordinate: the position.
  ///   - fence: the dense index of the fence.
  ///   - reach: how far to look, in metres; a few hundred at most for speed.
  /// - Complexity: O(cells and edges within reach), of a corridor O(points).
  public func distance(from coordinate: Coordinate, toBoundaryOf fence: UInt32, within reach: Double) -> Double? {
    let isInside = location(of: coordinate, in: fence) != .exterior
    return distance(from: coordinate, isInside: isInside, toBoundaryOf: fence, within: reach)
  }

  /// The same where it is known whether the position is inside.
  func distance(
    from coordinate: Coordinate, isInside: Bool, toBoundaryOf fence: UInt32, within reach: Double
  ) -> Double? {
    let distance = distance(from: coordinate, toBoundaryOf: fence, upTo: reach)
    guard distance <= reach else { return nil }
    return isInside ? -distance : distance
  }

  /// Metres to the boundary of a fence on either side, exact up to `reach`; beyond that some value above it.
  private func distance(from coordinate: Coordinate, toBoundaryOf fence: UInt32, upTo reach: Double) -> Double {
    let record = grid.geometry.records[Int(fence)]
    if record.isCircle {
      let center = Coordinate(latitude: record.center.y, longitude: wrappedLongitude(record.center.x))
      return abs(Geodesic.step(from: center, to: coordinate) - record.radius)
    }
    if record.isCorridor {
      return corridorPosition(of: coordinate, in: fence).map { abs($0.distance - record.radius) } ?? .infinity
    }
    // Most positions that are asked for have the fence well behind them; no degree of latitude is shorter than that at the equator.
    let away = max(record.box.minY - coordinate.latitude, coordinate.latitude - record.box.maxY)
    if away * LocalMetric.shortestDegreeLatitude > reach { return .infinity }
    return distance(from: coordinate, toPolygonsOf: fence, in: record.box, upTo: reach)
  }

  private func distance(
    from coordinate: Coordinate, toPolygonsOf fence: UInt32, in box: PlanarBox, upTo reach: Double
  ) -> Double {
    let metric = LocalMetric(latitude: coordinate.latitude)
    let y = coordinate.latitude
    var best = Double.infinity
    for turn in -1...1 {
      let x = coordinate.longitude + Double(turn) * 360
      if max(box.minX - x, x - box.maxX) * metric.metersPerDegreeLongitude > reach { continue }
      let height = reach / metric.metersPerDegreeLatitude
      let width = min(180, reach / metric.metersPerDegreeLongitude)
      var search = BoundarySearch(point: PlanarPoint(x: x, y: y), metric: metric, fence: fence)
      search.visit(grid, PlanarBox(minX: x - width, minY: y - height, maxX: x + width, maxY: y + height))
      best = min(best, search.squaredDistance.squareRoot())
    }
    return best
  }
}

/// The edge of a fence that is nearest to a point.
private struct BoundarySearch {
  let point: PlanarPoint
  let metric: LocalMetric
  let fence: UInt32
  var squaredDistance = Double.infinity

  /// Looks at all cells that a box meets.
  mutating func visit(_ grid: FenceGrid, _ box: PlanarBox) {
    let low = grid.inCells(PlanarPoint(x: box.minX, y: box.minY))
    let high = grid.inCells(PlanarPoint(x: box.maxX, y: box.maxY))
    for row in range(low.y, high.y, Int(grid.rows)) {
      for column in range(low.x, high.x, Int(grid.columns)) {
        visit(
          grid, grid.rootEntry(row * Int(grid.columns) + column), inside(low, column, row), inside(high, column, row))
      }
    }
  }

  private mutating func visit(
    _ grid: FenceGrid, _ entry: FenceGrid.Entry, _ low: PlanarPoint, _ high: PlanarPoint
  ) {
    guard entry.isBlock else {
      if let (cut, _, runs) = GridLeaf(grid, entry).find(fence) { look(at: cut, runs, in: grid.geometry) }
      return
    }
    let side = 1 << Int(entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits)
    let scale = Double(side)
    let low = PlanarPoint(x: low.x * scale, y: low.y * scale)
    let high = PlanarPoint(x: high.x * scale, y: high.y * scale)
    for row in range(low.y, high.y, side) {
      for column in range(low.x, high.x, side) {
        visit(grid, grid.entry(row * side + column, of: entry), inside(low, column, row), inside(high, column, row))
      }
    }
  }

  private func inside(_ point: PlanarPoint, _ column: Int, _ row: Int) -> PlanarPoint {
    PlanarPoint(x: point.x - Double(column), y: point.y - Double(row))
  }

  /// The cells of a row of `count` between two places.
  @inline(__always)
  private func range(_ low: Double, _ high: Double, _ count: Int) -> Range<Int> {
    guard high >= 0, low < Double(count) else { return 0..<0 }
    return Int(max(0, low))..<Int(min(Double(count - 1), high)) + 1
  }

  private mutating func look(at cut: GridLeaf.Cut, _ runs: UnsafePointer<UInt64>, in geometry: FenceGeometry) {
    if cut.runCount == GridLeaf.Cut.allEdges {
      for edges in geometry.rings(of: Int(fence)) { look(at: edges, of: geometry) }
    } else {
      for run in 0..<cut.runCount {
        let edges = EdgeRun(word: runs[run]).edges
        look(at: Int(edges.lowerBound)..<Int(edges.upperBound), of: geometry)
      }
    }
  }

  /// Looks at edges that follow each other.
  private mutating func look(at edges: Range<Int>, of geometry: FenceGeometry) {
    let scale = SIMD2(metric.metersPerDegreeLongitude, metric.metersPerDegreeLatitude)
    let origin = SIMD2(point.x, point.y)
    let first = geometry.vertices[edges.lowerBound]
    var a = (SIMD2(first.x, first.y) - origin) * scale
    for edge in edges {
      let end = geometry.vertices[edge + 1]
      let b = (SIMD2(end.x, end.y) - origin) * scale
      let way = b - a
      let along = -(a * way).sum() / (way * way).sum()
      // Not a number on an edge without a length.
      let foot = a + way * (along > 0 ? along < 1 ? along : 1 : 0)
      let square = (foot * foot).sum()
      if square < squaredDistance { squaredDistance = square }
      a = b
    }
  }
}
