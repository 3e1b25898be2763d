/// A place on a step where it meets the boundary of a fence: `fraction` runs from 0 at its start to 1 at its end.
struct Contact: BitwiseCopyable {
  var fence: UInt32
  var fraction: Double

  /// By fence, then along the step.
  static func precedes(_ a: Contact, _ b: Contact) -> Bool {
    a.fence != b.fence ? a.fence < b.fence : a.fraction < b.fraction
  }
}

extension FenceSet {
  /// Replaces `contacts` by all places where the straight step from `p` to `q` meets a boundary, by fence and then in
  /// the order of the step. A boundary that the step runs along gives the two ends of the common piece.
  ///
  /// The step is taken in the plane of longitude and latitude. `turned` is what to add to the longitude of its end, 0 or
  /// a whole turn where it crosses the antimeridian.
  func collectContacts(
    from p: PlanarPoint, to q: PlanarPoint, turned: Double, into contacts: inout [Contact]
  ) {
    if !contacts.isEmpty { contacts.removeAll(keepingCapacity: true) }
    appendContacts(from: p, to: q, turned: turned, turn: 0, to: &contacts)
    let isOnce =
      turned == 0 && grid.bounds.maxX <= 180 && grid.bounds.minX >= -180 && abs(p.x) < 180 && abs(q.x) < 180
    if !isOnce {
      appendContacts(from: p, to: q, turned: turned, turn: 360, to: &contacts)
      appendContacts(from: p, to: q, turned: turned, turn: -360, to: &contacts)
    }
    if contacts.count > 1 { contacts.sort(by: Contact.precedes) }
  }

  /// The same for a step that is single (`isSingle`) and stays in one cell, or leads into the next cell of its block; returns whether
  /// it is one, and of another finds nothing.
  func collectNearContacts(
    from p: PlanarPoint, in cell: UInt64, to q: PlanarPoint, at place: FenceGrid.Place, into contacts: inout [Contact]
  ) -> Bool {
    if !contacts.isEmpty { contacts.removeAll(keepingCapacity: true) }
    if cell == place.cell {
      guard !place.isOutside else { return false }
      appendContactsInLeaf(p, q, grid.leafStep(from: p, to: place), GridLeaf(grid, place.entry), to: &contacts)
    } else {
      guard let steps = grid.leafSteps(from: p, in: cell, to: place) else { return false }
      appendContactsInLeaf(p, q, steps.start, GridLeaf(grid, grid.sibling(cell)), to: &contacts)
      appendContactsInLeaf(p, q, steps.end, GridLeaf(grid, place.entry), to: &contacts)
    }
    if contacts.count > 1 { contacts.sort(by: Contact.precedes) }
    return true
  }

  /// The contacts with the fences that stand a whole turn or none away.
  @inline(__always)
  private func appendContacts(
    from p: PlanarPoint, to q: PlanarPoint, turned: Double, turn: Double, to contacts: inout [Contact]
  ) {
    // Fences past ±180 see the step as lookups see its ends: a whole turn away, in one addition.
    let a = PlanarPoint(x: p.x + turn, y: p.y)
    let b = PlanarPoint(x: q.x + (turned + turn), y: q.y)
    if grid.bounds.overlaps(PlanarBox(a, b)) { appendContactsOnGrid(a, b, to: &contacts) }
  }

  private func appendContactsOnGrid(_ a: PlanarPoint, _ b: PlanarPoint, to contacts: inout [Contact]) {
    let way = FenceGrid.Way(from: grid.inCells(a), to: grid.inCells(b))
    let columns = Int(grid.columns)
    for row in way.rows(of: Int(grid.rows)) {
      for column in way.columns(row: row, of: columns) {
        appendContactsInCell(
          a, b, way, grid.rootEntry(row * columns + column), column: column, row: row, to: &contacts)
      }
    }
  }

  private func appendContactsInCell(
    _ p: PlanarPoint, _ q: PlanarPoint, _ way: FenceGrid.Way, _ entry: FenceGrid.Entry, column: Int, row: Int,
    to contacts: inout [Contact]
  ) {
    guard entry.isBlock else {
      if let step = way.inLeaf(column: column, row: row) {
        appendContactsInLeaf(p, q, step, GridLeaf(grid, entry), to: &contacts)
      }
      return
    }
    let side = 1 << Int(entry.isLargeBlock ? FenceGrid.largeBits : FenceGrid.smallBits)
    let inside = way.inside(column: column, row: row, side: side)
    for row in inside.rows(of: side) {
      for column in inside.columns(row: row, of: side) {
        appendContactsInCell(
          p, q, inside, grid.entry(row * side + column, of: entry), column: column, row: row, to: &contacts)
      }
    }
  }

  @inline(__always)
  private func appendContactsInLeaf(
    _ p: PlanarPoint, _ q: PlanarPoint, _ step: LeafStep, _ leaf: GridLeaf, to contacts: inout [Contact]
  ) {
    var geometry = leaf.firstGeometry
    for index in 0..<leaf.cutCount {
      let cut = leaf.cut(index)
      if grid.mayMeet(cut, index, of: leaf, geometry, step, from: p, to: q) {
        appendContactsOfCut(p, q, index, of: leaf, to: &contacts)
      }
      geometry += cut.geometryWords
    }
  }

  /// The contacts with one of the fences that cut a leaf.
  @inline(never)
  private func appendContactsOfCut(
    _ p: PlanarPoint, _ q: PlanarPoint, _ index: Int, of leaf: GridLeaf, to contacts: inout [Contact]
  ) {
    let cut = leaf.cut(index)
    if cut.isCircle {
      // A circle that cuts several leaves on the way is solved once.
      if !contacts.contains(where: { $0.fence == cut.fence }) {
        let record = grid.geometry.records[Int(cut.fence)]
        Circle.appendContacts(p, q, center: record.center, radius: record.radius, fence: cut.fence, to: &contacts)
      }
    } else if cut.isCorridor {
      grid.geometry.forEachPiece(of: cut, leaf.runs(of: index)) {
        $0.appendContacts(p, q, fence: cut.fence, to: &contacts)
      }
    } else if cut.runCount == GridLeaf.Cut.allEdges {
      for edges in grid.geometry.rings(of: Int(cut.fence)) {
        for edge in edges { appendContactsOfEdge(p, q, UInt32(edge), of: cut.fence, to: &contacts) }
      }
    } else {
      let runs = leaf.runs(of: index)
      for run in 0..<cut.runCount {
        for edge in EdgeRun(word: runs[run]).edges { appendContactsOfEdge(p, q, edge, of: cut.fence, to: &contacts) }
      }
    }
  }

  @inline(__always)
  private func appendContactsOfEdge(
    _ p: PlanarPoint, _ q: PlanarPoint, _ edge: UInt32, of fence: UInt32, to contacts: inout [Contact]
  ) {
    let (a, b) = grid.geometry.edge(edge)
    if max(a.x, b.x) < min(p.x, q.x) || min(a.x, b.x) > max(p.x, q.x) { return }
    if max(a.y, b.y) < min(p.y, q.y) || min(a.y, b.y) > max(p.y, q.y) { return }
    let sideA = Orientation.sign(p, q, a)
    let sideB = Orientation.sign(p, q, b)
    if (sideA > 0 && sideB > 0) || (sideA < 0 && sideB < 0) { return }
    if sideA == 0 && sideB == 0 {
      contacts.append(Contact(fence: fence, fraction: FenceSet.fraction(of: a, p, q)))
      contacts.append(Contact(fence: fence, fraction: FenceSet.fraction(of: b, p, q)))
      return
    }
    let sideP = Orientation.sign(a, b, p)
    let sideQ = Orientation.sign(a, b, q)
    if (sideP > 0 && sideQ > 0) || (sideP < 0 && sideQ < 0) { return }
    // The edge is taken in one direction whichever fence it belongs to, so that two fences with a common edge are left
    // and entered at the same fraction, to the last bit.
    let isForward = a.x != b.x ? a.x < b.x : a.y < b.y
    let from = isForward ? a : b
    let to = isForward ? b : a
    let edge = PlanarPoint(x: to.x - from.x, y: to.y - from.y)
    let numerator = (from.x - p.x) * edge.y - (from.y - p.y) * edge.x
    let denominator = (q.x - p.x) * edge.y - (q.y - p.y) * edge.x
    let fraction = denominator == 0 ? 0 : max(0, min(1, numerator / denominator))
    contacts.append(Contact(fence: fence, fraction: fraction))
  }

  /// How far along the step from `p` to `q` a point of its line lies, held to the step.
  private static func fraction(of point: PlanarPoint, _ p: PlanarPoint, _ q: PlanarPoint) -> Double {
    let x = q.x - p.x
    let y = q.y - p.y
    let along = abs(x) >= abs(y) ? (point.x - p.x) / x : (point.y - p.y) / y
    return along.isNaN ? 0 : max(0, min(1, along))
  }
}

extension FenceGrid {
  /// A step in cells of a block.
  struct Way {
    var low: PlanarPoint
    var high: PlanarPoint

    init(from p: PlanarPoint, to q: PlanarPoint) {
      low = p.y <= q.y ? p : q
      high = p.y <= q.y ? q : p
    }

    /// The same in cells of the block in one of the cells.
    func inside(column: Int, row: Int, side: Int) -> Way {
      let scale = Double(side)
      var way = self
      way.low = PlanarPoint(x: (low.x - Double(column)) * scale, y: (low.y - Double(row)) * scale)
      way.high = PlanarPoint(x: (high.x - Double(column)) * scale, y: (high.y - Double(row)) * scale)
      return way
    }

    /// The step as far as it lies in one of the cells, with a fraction of the cell's rim; `nil` where it passes the cell
    /// by.
    @inline(__always)
    func inLeaf(column: Int, row: Int) -> LeafStep? {
      let slack = BlockRaster.rim / 4
      let (west, east) = (Double(column) - slack, Double(column + 1) + slack)
      let (south, north) = (Double(row) - slack, Double(row + 1) + slack)
      var piece = BlockRaster.Piece(x0: low.x, y0: low.y, x1: high.x, y1: high.y, edge: BlockRaster.Piece.side)
      if piece.y0 < south {
        if piece.y1 < south { return nil }
        (piece.x0, piece.y0) = (piece.x(atY: south), south)
      }
      if piece.y1 > north {
        if piece.y0 > north { return nil }
        (piece.x1, piece.y1) = (piece.x(atY: north), north)
      }
      if (piece.x0 < west) != (piece.x1 < west) {
        piece.moveEnd(ofLeft: true, x: west, y: piece.y(atX: west))
      } else if piece.x0 < west {
        return nil
      }
      if (piece.x0 > east) != (piece.x1 > east) {
        piece.moveEnd(ofLeft: false, x: east, y: piece.y(atX: east))
      } else if piece.x0 > east {
        return nil
      }
      let parts = Double(1 << GridLeaf.coordinateBits)
      return LeafStep(
        x0: Float((piece.x0 - Double(column)) * parts), y0: Float((piece.y0 - Double(row)) * parts),
        x1: Float((piece.x1 - Double(column)) * parts), y1: Float((piece.y1 - Double(row)) * parts))
    }

    /// The rows that the step passes. Here and in columns rounding may put it into the neighbour of the right cell next
    /// to their common side: either has all edges there, for cells overlap by their rims.
    @inline(__always)
    func rows(of count: Int) -> Range<Int> { Way.range(from: low.y, to: high.y, count: count) }

    /// The columns of one row that the step passes.
    @inline(__always)
    func columns(row: Int, of count: Int) -> Range<Int> {
      var x0 = low.x
      var x1 = high.x
      let height = high.y - low.y
      if height > 0 {
        let slope = (high.x - low.x) / height
        if low.y < Double(row) { x0 = low.x + (Double(row) - low.y) * slope }
        if high.y > Double(row + 1) { x1 = low.x + (Double(row + 1) - low.y) * slope }
      }
      // A shallow step may overshoot its own ends by rounding.
      let west = min(low.x, high.x)
      let east = max(low.x, high.x)
      x0 = max(west, min(east, x0))
      x1 = max(west, min(east, x1))
      return Way.range(from: min(x0, x1), to: max(x0, x1), count: count)
    }

    /// The cells of a row of `count` that a stretch passes.
    @inline(__always)
    private static func range(from low: Double, to high: Double, count: Int) -> Range<Int> {
      let slack = BlockRaster.rim / 16
      let (first, last) = (low - slack, high + slack)
      guard last >= 0, first < Double(count) else { return 0..<0 }
      return Int(max(0, first))..<Int(min(Double(count - 1), last)) + 1
    }
  }
}

extension Capsule {
  /// Adds the places where a step enters and leaves the piece. Those that lie in another piece of the corridor are no
  /// change of side.
  func appendContacts(_ p: PlanarPoint, _ q: PlanarPoint, fence: UInt32, to contacts: inout [Contact]) {
    let startsInside = location(x: p.x, y: p.y) != .exterior
    let endsInside = location(x: q.x, y: q.y) != .exterior
    if startsInside && endsInside { return }
    let inside = inside(from: p, to: q)
    if !startsInside, let first = inside?.first ?? (endsInside ? 1 : nil) {
      contacts.append(Contact(fence: fence, fraction: first))
    }
    if !endsInside, let last = inside?.last ?? (startsInside ? 0 : nil) {
      contacts.append(Contact(fence: fence, fraction: last))
    }
  }
}

extension Circle {
  /// Adds the places where a step enters and leaves a circle, to within the resolution of a double.
  static func appendContacts(
    _ p: PlanarPoint, _ q: PlanarPoint, center: PlanarPoint, radius: Double, fence: UInt32,
    to contacts: inout [Contact]
  ) {
    func isInside(_ fraction: Double) -> Bool {
      // The end itself and not what rounding makes of it, as lookups see it.
      let x = fraction == 1 ? q.x : p.x + (q.x - p.x) * fraction
      let y = fraction == 1 ? q.y : p.y + (q.y - p.y) * fraction
      return location(x: x, y: y, center: center, radius: radius) != .exterior
    }
    /// The place between two fractions at which the side changes.
    func change(_ outside: Double, _ inside: Double) -> Double {
      var outside = outside
      var inside = inside
      for _ in 0..<52 {
        let middle = (outside + inside) / 2
        if isInside(middle) { inside = middle } else { outside = middle }
      }
      return inside
    }
    let startsInside = isInside(0)
    let endsInside = isInside(1)
    if startsInside != endsInside {
      contacts.append(Contact(fence: fence, fraction: startsInside ? change(1, 0) : change(0, 1)))
      return
    }
    if startsInside { return }
    guard let nearest = nearestFraction(p, q, center: center, radius: radius), isInside(nearest) else { return }
    contacts.append(Contact(fence: fence, fraction: change(0, nearest)))
    contacts.append(Contact(fence: fence, fraction: change(1, nearest)))
  }

  /// The fraction of a step at which it comes nearest to the center of a circle; `nil` where that is one of its ends or
  /// the circle is out of reach.
  private static func nearestFraction(
    _ p: PlanarPoint, _ q: PlanarPoint, center: PlanarPoint, radius: Double
  ) -> Double? {
    if radius > 50_000 { return nearestFractionOnEllipsoid(p, q, center: center, radius: radius) }
    let metric = LocalMetric(latitude: (p.y + q.y + 2 * center.y) / 4)
    let stepX = (q.x - p.x) * metric.metersPerDegreeLongitude
    let stepY = (q.y - p.y) * metric.metersPerDegreeLatitude
    let toX = wrappedLongitude(center.x - p.x) * metric.metersPerDegreeLongitude
    let toY = (center.y - p.y) * metric.metersPerDegreeLatitude
    let squared = stepX * stepX + stepY * stepY
    guard squared > 0 else { return nil }
    let nearest = (toX * stepX + toY * stepY) / squared
    return nearest > 0 && nearest < 1 ? nearest : nil
  }

  /// The same for a circle so large that no plane fits it: the distance along a step falls and rises once, and its
  /// lowest place is closed in from both sides.
  private static func nearestFractionOnEllipsoid(
    _ p: PlanarPoint, _ q: PlanarPoint, center: PlanarPoint, radius: Double
  ) -> Double? {
    let middle = Coordinate(latitude: center.y, longitude: center.x)
    func distance(_ fraction: Double) -> Double {
      Geodesic.length(
        from: middle,
        to: Coordinate(latitude: p.y + (q.y - p.y) * fraction, longitude: p.x + (q.x - p.x) * fraction))
    }
    let step = Geodesic.step(
      from: Coordinate(latitude: p.y, longitude: p.x), to: Coordinate(latitude: q.y, longitude: q.x))
    guard min(distance(0), distance(1)) - radius < step else { return nil }
    var low = 0.0
    var high = 1.0
    for _ in 0..<60 {
      let third = (high - low) / 3
      if distance(low + third) < distance(high - third) { high -= third } else { low += third }
    }
    return (low + high) / 2
  }
}
