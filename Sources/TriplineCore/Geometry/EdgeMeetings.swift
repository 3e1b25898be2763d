/// Finds where the edges of a fence meet although they should not: a sweep from west to east over all edges, exact in
/// every decision.
struct EdgeMeetings {
  /// How two edges meet.
  enum Kind {
    /// They cross, or one ends inside the other.
    case crossing
    /// They have a piece in common.
    case overlap
    /// They have a corner in common that both rings do not have there by their own course.
    case touch
  }

  /// Two edges that meet.
  struct Meeting {
    var kind: Kind
    var point: PlanarPoint
    /// Numbers of the two rings among all rings of the fence.
    var rings: (Int, Int)
    /// Number of the corner at which the first edge begins.
    var corner: Int
  }

  private struct Edge {
    var a: PlanarPoint
    var b: PlanarPoint
    var ring: Int
    var index: Int
    var ringEdges: Int
    var corner: Int
    var minX: Double
    var maxX: Double
    var minY: Double
    var maxY: Double
  }

  /// All meetings, except that rings of different polygons, or a hole and its outline, may touch at corners.
  ///
  /// - Complexity: O(*n* log *n*) for outlines as they are drawn; O(*n*²) where all edges lie above one another.
  static func find(in rings: [[PlanarPoint]]) -> [Meeting] {
    var edges: [Edge] = []
    for (number, ring) in rings.enumerated() {
      var own: [(PlanarPoint, PlanarPoint, Int)] = []
      for corner in ring.indices.dropLast() where ring[corner] != ring[corner + 1] {
        own.append((ring[corner], ring[corner + 1], corner))
      }
      for (index, (a, b, corner)) in own.enumerated() {
        edges.append(
          Edge(
            a: a, b: b, ring: number, index: index, ringEdges: own.count, corner: corner, minX: min(a.x, b.x),
            maxX: max(a.x, b.x), minY: min(a.y, b.y), maxY: max(a.y, b.y)))
      }
    }
    edges.sort { ($0.minX, $0.ring, $0.index) < ($1.minX, $1.ring, $1.index) }
    var meetings: [Meeting] = []
    for first in edges.indices {
      let edge = edges[first]
      var second = first + 1
      while second < edges.count, edges[second].minX <= edge.maxX {
        let other = edges[second]
        if other.minY <= edge.maxY, other.maxY >= edge.minY, let meeting = meeting(edge, other) {
          meetings.append(meeting)
        }
        second += 1
      }
    }
    return meetings
  }

  private static func meeting(_ e: Edge, _ f: Edge) -> Meeting? {
    let sides = (
      Orientation.sign(e.a, e.b, f.a), Orientation.sign(e.a, e.b, f.b), Orientation.sign(f.a, f.b, e.a),
      Orientation.sign(f.a, f.b, e.b)
    )
    func made(_ kind: Kind, _ point: PlanarPoint) -> Meeting {
      Meeting(kind: kind, point: point, rings: (e.ring, f.ring), corner: e.corner)
    }
    if sides.0 == 0 && sides.1 == 0 { return commonPiece(e, f).map { made(.overlap, $0) } }
    if (sides.0 > 0 && sides.1 > 0) || (sides.0 < 0 && sides.1 < 0) { return nil }
    if (sides.2 > 0 && sides.3 > 0) || (sides.2 < 0 && sides.3 < 0) { return nil }
    let isEndOfE = sides.2 == 0 || sides.3 == 0
    let isEndOfF = sides.0 == 0 || sides.1 == 0
    if isEndOfE && isEndOfF {
      let point = sides.2 == 0 ? e.a : e.b
      if e.ring != f.ring || areNeighbours(e, f) { return nil }
      return made(.touch, point)
    }
    if isEndOfE || isEndOfF {
      let point = isEndOfE ? (sides.2 == 0 ? e.a : e.b) : (sides.0 == 0 ? f.a : f.b)
      // A corner of one ring on an edge of another: they may touch there, or one may pass through; the edge behind the
      // corner tells, and is looked at as a pair of its own.
      return e.ring == f.ring ? made(.touch, point) : nil
    }
    let part = sides.2 / (sides.2 - sides.3)
    return made(
      .crossing, PlanarPoint(x: e.a.x + (e.b.x - e.a.x) * part, y: e.a.y + (e.b.y - e.a.y) * part))
  }

  private static func areNeighbours(_ e: Edge, _ f: Edge) -> Bool {
    let gap = abs(e.index - f.index)
    return gap == 1 || gap == e.ringEdges - 1
  }

  /// A point of the piece that two edges of one line have in common, or `nil` where that is a single point or nothing.
  private static func commonPiece(_ e: Edge, _ f: Edge) -> PlanarPoint? {
    let byX = abs(e.b.x - e.a.x) >= abs(e.b.y - e.a.y)
    let low = byX ? max(e.minX, f.minX) : max(e.minY, f.minY)
    let high = byX ? min(e.maxX, f.maxX) : min(e.maxY, f.maxY)
    guard low < high else { return nil }
    return [e.a, e.b, f.a, f.b].first { (byX ? $0.x : $0.y) == low }
  }
}
