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
  /// The step is taken in the plane of longitude and latitude; `q.x` may be past ±180 where it crosses the antimeridian.
  func collectContacts(from p: PlanarPoint, to q: PlanarPoint, into contacts: inout [Contact]) {
    contacts.removeAll(keepingCapacity: true)
    for turn in [0.0, 360.0, -360.0] {
      let a = PlanarPoint(x: p.x + turn, y: p.y)
      let b = PlanarPoint(x: q.x + turn, y: q.y)
      let box = PlanarBox(minX: min(a.x, b.x), minY: min(a.y, b.y), maxX: max(a.x, b.x), maxY: max(a.y, b.y))
      if box.overlaps(grid.bounds) { appendContacts(a, b, block: 0, to: &contacts) }
    }
    contacts.sort(by: Contact.precedes)
  }

  private func appendContacts(_ p: PlanarPoint, _ q: PlanarPoint, block index: Int, to contacts: inout [Contact]) {
    let block = grid.blocks[index]
    let low = p.y <= q.y ? p : q
    let high = p.y <= q.y ? q : p
    for row in block.row(low.y - FenceGrid.tolerance)...block.row(high.y + FenceGrid.tolerance) {
      guard let columns = FenceGrid.columns(of: block, row: row, from: low, to: high) else { continue }
      for column in columns {
        let cell = grid.cells[Int(block.firstCell) + row * Int(block.columns) + column]
        if cell >= FenceGrid.blockFlag {
          appendContacts(p, q, block: Int(cell & ~FenceGrid.blockFlag), to: &contacts)
        } else if cell != 0 {
          appendContacts(p, q, leaf: grid.leaves[Int(cell) - 1], to: &contacts)
        }
      }
    }
  }

  private func appendContacts(
    _ p: PlanarPoint, _ q: PlanarPoint, leaf: FenceGrid.Leaf, to contacts: inout [Contact]
  ) {
    for index in Int(leaf.firstCut)..<Int(leaf.firstCut + leaf.cutCount) {
      let cut = grid.cuts[index]
      if cut.edgeCount == 0 {
        let record = geometry.records[Int(cut.fence)]
        Circle.appendContacts(p, q, center: record.center, radius: record.radius, fence: cut.fence, to: &contacts)
        continue
      }
      for edgeIndex in Int(cut.firstEdge)..<Int(cut.firstEdge + cut.edgeCount) {
        let edge = Int(grid.edges[edgeIndex])
        appendContacts(p, q, geometry.vertices[edge], geometry.vertices[edge + 1], fence: cut.fence, to: &contacts)
      }
    }
  }

  @inline(__always)
  private func appendContacts(
    _ p: PlanarPoint, _ q: PlanarPoint, _ a: PlanarPoint, _ b: PlanarPoint, fence: UInt32,
    to contacts: inout [Contact]
  ) {
    if max(a.x, b.x) < min(p.x, q.x) || min(a.x, b.x) > max(p.x, q.x) { return }
    if max(a.y, b.y) < min(p.y, q.y) || min(a.y, b.y) > max(p.y, q.y) { return }
    let sideA = Orientation.sign(p, q, a)
    let sideB = Orientation.sign(p, q, b)
    if (sideA > 0 && sideB > 0) || (sideA < 0 && sideB < 0) { return }
    if sideA == 0 && sideB == 0 {
      for corner in [a, b] {
        contacts.append(Contact(fence: fence, fraction: FenceSet.fraction(of: corner, p, q)))
      }
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

extension Circle {
  /// Adds the places where a step enters and leaves a circle, to within the resolution of a double.
  static func appendContacts(
    _ p: PlanarPoint, _ q: PlanarPoint, center: PlanarPoint, radius: Double, fence: UInt32,
    to contacts: inout [Contact]
  ) {
    func isInside(_ fraction: Double) -> Bool {
      let x = p.x + (q.x - p.x) * fraction
      let y = p.y + (q.y - p.y) * fraction
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
    let metric = LocalMetric(latitude: (p.y + q.y + 2 * center.y) / 4)
    let stepX = (q.x - p.x) * metric.metersPerDegreeLongitude
    let stepY = (q.y - p.y) * metric.metersPerDegreeLatitude
    let toX = wrappedLongitude(center.x - p.x) * metric.metersPerDegreeLongitude
    let toY = (center.y - p.y) * metric.metersPerDegreeLatitude
    let squared = stepX * stepX + stepY * stepY
    guard squared > 0 else { return }
    let nearest = (toX * stepX + toY * stepY) / squared
    guard nearest > 0, nearest < 1, isInside(nearest) else { return }
    contacts.append(Contact(fence: fence, fraction: change(0, nearest)))
    contacts.append(Contact(fence: fence, fraction: change(1, nearest)))
  }
}
