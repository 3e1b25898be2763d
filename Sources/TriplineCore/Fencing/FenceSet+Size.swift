extension FenceSet {
  /// Whether one may be so many metres inside of a fence: its radius, half its width, or half the smaller side of the box around it is
  /// no less. `false` is certain.
  ///
  /// - Complexity: O(1).
  public func mayHold(margin: Double, in fence: UInt32) -> Bool {
    let record = grid.geometry.records[Int(fence)]
    guard record.isPolygons else { return record.radius >= margin }
    let isSouth = record.box.minY < 0
    let metric = LocalMetric(latitude: isSouth ? min(0, record.box.maxY) : record.box.minY)
    return record.box.width * metric.metersPerDegreeLongitude >= 2 * margin
      && record.box.height * metric.metersPerDegreeLatitude >= 2 * margin
  }

  /// How far inside of a fence one can be: metres from its boundary to the place farthest from it, up to 1,000.
  ///
  /// Of a circle its radius, of a corridor half its width. Of polygons the best of 64 places spread over the box of the
  /// fence, and then of places around that one, nearer and nearer: right to a few percent for compact shapes, too small
  /// for one with many arms.
  /// - Complexity: O(edges within reach) for each of some hundred places.
  public func inradius(of fence: UInt32) -> Double {
    let limit = 1000.0
    let record = grid.geometry.records[Int(fence)]
    guard record.isPolygons else { return min(record.radius, limit) }
    var best = (depth: 0.0, x: 0.0, y: 0.0)
    var step = (x: record.box.width / 8, y: record.box.height / 8)
    func look(x: Double, y: Double) {
      let place = Coordinate(latitude: y, longitude: wrappedLongitude(x))
      guard location(of: place, in: fence) == .interior else { return }
      let depth = distance(from: place, toBoundaryOf: fence, within: limit).map { -$0 } ?? limit
      if depth > best.depth { best = (depth, x, y) }
    }
    for row in 0..<8 {
      for column in 0..<8 {
        look(
          x: record.box.minX + (Double(column) + 0.5) * step.x, y: record.box.minY + (Double(row) + 0.5) * step.y)
        if best.depth >= limit { return limit }
      }
    }
    while best.depth > 0, step.x > record.box.width / 100 {
      step = (step.x / 2, step.y / 2)
      let (x, y) = (best.x, best.y)
      for row in -1...1 { for column in -1...1 { look(x: x + Double(column) * step.x, y: y + Double(row) * step.y) } }
    }
    return best.depth
  }
}
