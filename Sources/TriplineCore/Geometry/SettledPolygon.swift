/// A polygon's rings in the plane, closed (first corner repeated at the end), each continuous across the antimeridian,
/// and closed over the pole where it goes around one.
struct SettledPolygon {
  var rings: [[PlanarPoint]]

  /// Settles one polygon of a fence.
  ///
  /// - Throws: `FenceError` with the ring and the corner at fault.
  init(_ polygon: Polygon, fence: String, index: Int) throws(FenceError) {
    rings = []
    for (number, ring) in polygon.rings.enumerated() {
      rings.append(
        try SettledPolygon.settle(
          ring, outline: rings.first, place: (fence: fence, polygon: index, ring: number)))
    }
  }

  private static func settle(
    _ ring: Ring, outline: [PlanarPoint]?, place: (fence: String, polygon: Int, ring: Int)
  ) throws(FenceError) -> [PlanarPoint] {
    func failure(_ code: FenceError.Code, corner: Int? = nil, _ message: String) -> FenceError {
      FenceError(code, fence: place.fence, polygon: place.polygon, ring: place.ring, corner: corner, message)
    }
    for (number, corner) in ring.coordinates.enumerated() {
      guard abs(corner.latitude) <= 90, abs(corner.longitude) <= 540 else {
        let swapped = abs(corner.latitude) <= 180 && abs(corner.longitude) <= 90
        throw failure(
          .coordinateOutOfRange, corner: number,
          "\(corner) is no position on Earth"
            + (swapped ? "; the two look swapped: GeoJSON and WKT put longitude first" : "; correct or remove it"))
      }
    }
    var corners = ring.coordinates.map { PlanarPoint(x: $0.longitude, y: $0.latitude) }
    if corners.count > 1, corners.first == corners.last { corners.removeLast() }
    guard hasThreePlaces(corners) else {
      throw failure(.tooFewCorners, "a ring needs at least three different corners; remove it or draw it again")
    }
    var points = unwrapped(corners)
    let turn = points[points.count - 1].x - points[0].x
    if abs(turn) > 180 {
      guard abs(turn) < 540, outline == nil else {
        throw failure(.tooManyTurns, "the ring goes around the Earth in a way that encloses no area; draw it again")
      }
      points = closedOverPole(points)
    }
    return shifted(points, into: outline)
  }

  private static func hasThreePlaces(_ corners: [PlanarPoint]) -> Bool {
    guard let first = corners.first, let second = corners.first(where: { $0 != first }) else { return false }
    return corners.contains { $0 != first && $0 != second }
  }

  /// The closed ring with every jump of more than 180 degrees of longitude read as a way across the antimeridian.
  ///
  /// Two kinds of long edge are what they seem: one along a pole, and one from -180 to 180, which is how shapes that
  /// were cut at the antimeridian are closed.
  private static func unwrapped(_ corners: [PlanarPoint]) -> [PlanarPoint] {
    var points: [PlanarPoint] = []
    points.reserveCapacity(corners.count + 3)
    var shift = 0.0
    for (index, corner) in corners.enumerated() {
      if index > 0 { shift += turn(from: corners[index - 1], to: corner) }
      points.append(PlanarPoint(x: corner.x + shift, y: corner.y))
    }
    shift += turn(from: corners[corners.count - 1], to: corners[0])
    points.append(PlanarPoint(x: corners[0].x + shift, y: corners[0].y))
    return points
  }

  private static func turn(from a: PlanarPoint, to b: PlanarPoint) -> Double {
    let step = b.x - a.x
    guard abs(step) > 180, abs(step) != 360, !(a.y == b.y && abs(a.y) == 90) else { return 0 }
    return step > 0 ? -360 : 360
  }

  /// A ring that goes once around the Earth, led over the pole of the hemisphere that it lies in.
  private static func closedOverPole(_ points: [PlanarPoint]) -> [PlanarPoint] {
    let pole: Double = points.reduce(0) { $0 + $1.y } >= 0 ? 90 : -90
    return points + [
      PlanarPoint(x: points[points.count - 1].x, y: pole), PlanarPoint(x: points[0].x, y: pole), points[0],
    ]
  }

  /// The ring moved by whole turns so that it begins in [-180, 180), or, a hole, lies where its outline lies.
  private static func shifted(_ points: [PlanarPoint], into outline: [PlanarPoint]?) -> [PlanarPoint] {
    let west = points.reduce(Double.infinity) { min($0, $1.x) }
    var shift = 0.0
    if let outline {
      let outlineWest = outline.reduce(Double.infinity) { min($0, $1.x) }
      let outlineEast = outline.reduce(-Double.infinity) { max($0, $1.x) }
      while west + shift < outlineWest, west + shift + 360 <= outlineEast { shift += 360 }
      while west + shift > outlineEast { shift -= 360 }
    } else {
      while west + shift < -180 { shift += 360 }
      while west + shift >= 180 { shift -= 360 }
    }
    guard shift != 0 else { return points }
    return points.map { PlanarPoint(x: $0.x + shift, y: $0.y) }
  }
}

extension SettledPolygon {
  /// A box, whose sides may be longer than half the Earth: its corners are taken as they are.
  init(box ring: Ring, fence: String) throws(FenceError) {
    for (number, corner) in ring.coordinates.enumerated()
    where !(abs(corner.latitude) <= 90 && abs(corner.longitude) <= 540) {
      throw FenceError(
        .coordinateOutOfRange, fence: fence, polygon: 0, ring: 0, corner: number,
        "\(corner) is no position on Earth; correct it")
    }
    let corners = ring.coordinates.map { PlanarPoint(x: $0.longitude, y: $0.latitude) }
    guard Set(corners).count == 4 else {
      throw FenceError(.emptyBox, fence: fence, "the box has no area; its sides must differ")
    }
    rings = [SettledPolygon.shifted(corners + [corners[0]], into: nil)]
  }
}
