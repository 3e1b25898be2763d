extension FenceGrid {
  /// Whether a straight step from `point` to `target`, both in the cell of `place`, may meet a boundary.
  @inline(__always)
  func mayMeet(from point: PlanarPoint, to target: PlanarPoint, at place: Place) -> Bool {
    let leaf = GridLeaf(self, place.entry)
    return leaf.cutCount > 0 && mayMeet(leaf, leafStep(from: point, to: place), from: point, to: target)
  }

  /// A straight step from `point` to a place in the same cell, in the parts in which a leaf tells its edges.
  @inline(__always)
  func leafStep(from point: PlanarPoint, to place: Place) -> LeafStep {
    let from = inUnits(x: point.x, y: point.y)
    let start = Place.inLeaf(x: from.x, y: from.y, shift: place.shift)
    let end = place.inLeaf
    return LeafStep(x0: start.x, y0: start.y, x1: end.x, y1: end.y)
  }

  /// Whether a straight step from `point` in a cell to `target` in the one beside it may meet a boundary; true where the
  /// two are not side by side in a block.
  @inline(__always)
  func mayMeet(from point: PlanarPoint, in cell: UInt64, to target: PlanarPoint, at place: Place) -> Bool {
    guard let steps = leafSteps(from: point, in: cell, to: place) else { return true }
    let leaf = GridLeaf(self, place.entry)
    if leaf.cutCount > 0 && mayMeet(leaf, steps.end, from: point, to: target) { return true }
    let before = GridLeaf(self, sibling(cell))
    return before.cutCount > 0 && mayMeet(before, steps.start, from: point, to: target)
  }

  /// A straight step from `point` in a cell to a place in the one beside it, in the parts of the one and of the other;
  /// `nil` where the two are not side by side in a block. What the two have no part of, the step does not pass.
  @inline(__always)
  func leafSteps(from point: PlanarPoint, in cell: UInt64, to place: Place) -> (start: LeafStep, end: LeafStep)? {
    guard (cell ^ place.cell) &>> 16 == 0, cell &>> 63 != 0, !place.isOutside else { return nil }
    let from = inUnits(x: point.x, y: point.y)
    let columns = Int64(bitPattern: place.x &>> place.shift &- from.x &>> place.shift)
    let rows = Int64(bitPattern: place.y &>> place.shift &- from.y &>> place.shift)
    guard columns &* columns &+ rows &* rows == 1 else { return nil }
    let start = Place.inLeaf(x: from.x, y: from.y, shift: place.shift)
    let end = place.inLeaf
    let side = Float(1 << GridLeaf.coordinateBits)
    let (x, y) = (Float(columns) * side, Float(rows) * side)
    return (
      LeafStep(x0: start.x, y0: start.y, x1: end.x + x, y1: end.y + y),
      LeafStep(x0: start.x - x, y0: start.y - y, x1: end.x, y1: end.y)
    )
  }

  @inline(__always)
  private func mayMeet(_ leaf: GridLeaf, _ step: LeafStep, from point: PlanarPoint, to target: PlanarPoint) -> Bool {
    var geometry = leaf.firstGeometry
    for index in 0..<leaf.cutCount {
      let cut = leaf.cut(index)
      if mayMeet(cut, index, of: leaf, geometry, step, from: point, to: target) { return true }
      geometry += cut.geometryWords
    }
    return false
  }

  /// Whether a step may meet the boundary of one of the fences that cut a leaf.
  @inline(__always)
  func mayMeet(
    _ cut: GridLeaf.Cut, _ index: Int, of leaf: GridLeaf, _ words: UnsafePointer<UInt64>, _ step: LeafStep,
    from p: PlanarPoint, to q: PlanarPoint
  ) -> Bool {
    cut.isCorridor
      ? mayMeet(p, q, corridor: cut, leaf.runs(of: index)) : leaf.mayMeet(cut, words, step, from: p, to: q)
  }

  @inline(never)
  private func mayMeet(
    _ p: PlanarPoint, _ q: PlanarPoint, corridor cut: GridLeaf.Cut, _ runs: UnsafePointer<UInt64>
  ) -> Bool {
    var mayMeet = false
    geometry.forEachPiece(of: cut, runs) { mayMeet = mayMeet || $0.mayMeet(p, q) }
    return mayMeet
  }

  /// Appends the fences at a place, in ascending order.
  @inline(__always)
  func appendFences(at place: Place, _ leaf: GridLeaf, x: Double, y: Double, to matches: inout FenceMatches) {
    let first = matches.count
    matches.reserve(leaf.cutCount &+ leaf.coverCount &+ 1)
    matches.append(place.entry.value, if: place.entry.isInterior)
    if leaf.cutCount > 0 {
      let position = place.inLeaf
      var geometry = leaf.firstGeometry
      var near = SIMD4<UInt32>(repeating: 0)
      for index in 0..<leaf.cutCount {
        let cut = leaf.cut(index)
        if cut.isPolygon {
          let found = test(cut, geometry, x: position.x, y: position.y)
          near |= found.near
          matches.append(cut.fence, if: found.isInside)
        } else if cut.isCircle {
          matches.append(cut.fence, if: contains(x: x, y: y, cut, circle: geometry))
        } else {
          matches.append(cut.fence, if: location(x: x, y: y, inCorridor: cut, leaf.runs(of: index)) != .exterior)
        }
        geometry += cut.geometryWords
      }
      if EdgeGroup.isAny(near) {
        matches.removeDoubtful(after: first)
        appendExactly(x: x, y: y, to: &matches)
      }
    }
    if leaf.coverCount > 0 { appendCovers(of: leaf, from: first, to: &matches) }
  }

  /// Appends the fences that cover a leaf to those at `first` and after.
  @inline(__always)
  private func appendCovers(of leaf: GridLeaf, from first: Int, to matches: inout FenceMatches) {
    let middle = matches.count
    if leaf.hasShared { appendShared(of: leaf, to: &matches) }
    matches.merge(from: first, at: middle)
    let own = matches.count
    for index in 0..<leaf.ownCoverCount { matches.append(leaf.cover(index)) }
    matches.merge(from: first, at: own)
  }

  @inline(never)
  private func appendShared(of leaf: GridLeaf, to matches: inout FenceMatches) {
    let shared = leaf.shared(self)
    matches.reserve(shared.count + leaf.ownCoverCount)
    for index in 0..<shared.count { matches.append(shared.fence(index)) }
  }

  @inline(never)
  private func appendExactly(x: Double, y: Double, to matches: inout FenceMatches) {
    let place = place(x: x, y: y)
    let leaf = GridLeaf(self, place.entry)
    var geometry = leaf.firstGeometry
    var runs = leaf.firstRun
    for index in 0..<leaf.cutCount {
      let cut = leaf.cut(index)
      matches.append(cut.fence, if: location(x: x, y: y, at: place, cut, geometry, runs) != .exterior)
      geometry += cut.geometryWords
      runs += cut.runWords
    }
  }

  @inline(__always)
  private func contains(x: Double, y: Double, _ cut: GridLeaf.Cut, circle: UnsafePointer<UInt64>) -> Bool {
    let rule = UnsafeRawPointer(circle).load(as: CircleRule.self)
    return location(x: x, y: y, inCircle: cut.fence, by: rule) != .exterior
  }

  @inline(__always)
  private func location(x: Double, y: Double, inCircle fence: UInt32, by rule: CircleRule) -> Location {
    let location = rule.location(x: x, y: y)
    return location != .boundary ? location : geometry.location(x: x, y: y, inCircle: fence)
  }

  @inline(never)
  private func location(
    x: Double, y: Double, inCorridor cut: GridLeaf.Cut, _ runs: UnsafePointer<UInt64>
  ) -> Location {
    var location = Location.exterior
    geometry.forEachPiece(of: cut, runs) { location = max(location, $0.location(x: x, y: y)) }
    return location
  }

  /// Where a position lies with respect to a fence, both at one place of the grid.
  func location(x: Double, y: Double, at place: Place, of fence: UInt32) -> Location {
    if place.entry.isInterior { return place.entry.value == fence ? .interior : .exterior }
    let leaf = GridLeaf(self, place.entry)
    if let (cut, geometry, runs) = leaf.find(fence) {
      return location(x: x, y: y, at: place, cut, geometry, runs)
    }
    for index in 0..<leaf.ownCoverCount where leaf.cover(index) == fence { return .interior }
    if leaf.hasShared && leaf.shared(self).contains(fence) { return .interior }
    return .exterior
  }

  private func location(
    x: Double, y: Double, at place: Place, _ cut: GridLeaf.Cut, _ words: UnsafePointer<UInt64>,
    _ runs: UnsafePointer<UInt64>
  ) -> Location {
    if cut.isCircle {
      return location(x: x, y: y, inCircle: cut.fence, by: UnsafeRawPointer(words).load(as: CircleRule.self))
    }
    if cut.isCorridor { return location(x: x, y: y, inCorridor: cut, runs) }
    let position = place.inLeaf
    let found = test(cut, words, x: position.x, y: position.y)
    if !found.isNear { return found.isInside ? .interior : .exterior }
    return exactLocation(PlanarPoint(x: x, y: y), at: place, cut, words, runs)
  }

  @inline(__always)
  private func test(
    _ cut: GridLeaf.Cut, _ words: UnsafePointer<UInt64>, x: Float, y: Float
  ) -> EdgeGroup.Result {
    var found = EdgeGroup.Result(cut)
    for group in 0..<cut.groupCount { EdgeGroup.test(words + group * EdgeGroup.wordCount, x: x, y: y, &found) }
    return found
  }

  /// Decides with the corners of the fence: on an edge, or else as many crossings away from a point of the cell of
  /// which the leaf itself is sure.
  private func exactLocation(
    _ point: PlanarPoint, at place: Place, _ cut: GridLeaf.Cut, _ words: UnsafePointer<UInt64>,
    _ runs: UnsafePointer<UInt64>
  ) -> Location {
    guard cut.runCount != GridLeaf.Cut.allEdges, let reference = reference(in: place, cut, words) else {
      return geometry.location(point, inPolygonsOf: cut.fence)
    }
    var isInside = reference.isInside
    for index in 0..<cut.runCount {
      let run = EdgeRun(word: runs[index])
      for edge in run.edges {
        let (a, b) = geometry.edge(edge)
        if Orientation.isOn(point, a, b) { return .boundary }
        if Orientation.crosses(point, reference.point, a, b) { isInside.toggle() }
      }
    }
    return isInside ? .interior : .exterior
  }

  /// A point of the cell far enough from all edges of a cut, and whether it lies inside; `nil` where twelve points
  /// spread over the cell are all too near to one.
  private func reference(
    in place: Place, _ cut: GridLeaf.Cut, _ words: UnsafePointer<UInt64>
  ) -> (point: PlanarPoint, isInside: Bool)? {
    for attempt in 0..<12 {
      // Spread by the fractional parts of multiples of two irrational numbers.
      let side: UInt64 = 1 << GridLeaf.coordinateBits
      let x = (side / 2 + UInt64(attempt) * 12_367) % side
      let y = (side / 2 + UInt64(attempt) * 9_337) % side
      let found = test(cut, words, x: Float(x) + 0.5, y: Float(y) + 0.5)
      if !found.isNear { return (middle(ofSquare: x, y, in: place), found.isInside) }
    }
    return nil
  }
}

/// Edges of a fence that follow one another.
struct EdgeRun: BitwiseCopyable {
  let word: UInt64

  @inline(__always) init(word: UInt64) { self.word = word }

  init(_ edges: Range<UInt32>) { word = UInt64(edges.lowerBound) | UInt64(edges.upperBound) << 32 }

  /// Each by the number of the vertex at which it begins.
  @inline(__always)
  var edges: Range<UInt32> { UInt32(truncatingIfNeeded: word)..<UInt32(word >> 32) }
}
