/// Size and form of a ring, in the plane that touches the Earth at its middle; good enough to judge a drawing.
struct RingMeasure {
  /// Area in square metres; of a ring that crosses itself, what its parts leave of one another.
  let area: Double
  /// The largest triangle of the first corner, the one farthest from it and any other, in square metres: 0 where all
  /// corners lie on one line.
  let largestTriangle: Double
  /// Length of the ring in metres.
  let perimeter: Double

  /// What a strip of this area and this perimeter would have as its width, in metres.
  var meanWidth: Double { perimeter > 0 ? 2 * area / perimeter : 0 }
  /// 4π area / perimeter²: 1 for a circle, towards 0 for a thread (Polsby and Popper 1991).
  var compactness: Double { perimeter > 0 ? 4 * .pi * area / (perimeter * perimeter) : 0 }

  init(_ corners: [Coordinate]) {
    guard let first = corners.first else {
      (area, largestTriangle, perimeter) = (0, 0, 0)
      return
    }
    let metric = LocalMetric(latitude: corners.reduce(0) { $0 + $1.latitude } / Double(corners.count))
    var twice = 0.0
    var length = 0.0
    var previous = (x: 0.0, y: 0.0)
    var farthest = previous
    let points = (corners.dropFirst() + [first]).map { corner in
      (
        x: wrappedLongitude(corner.longitude - first.longitude) * metric.metersPerDegreeLongitude,
        y: (corner.latitude - first.latitude) * metric.metersPerDegreeLatitude
      )
    }
    for (x, y) in points {
      twice += previous.x * y - x * previous.y
      length += ((x - previous.x) * (x - previous.x) + (y - previous.y) * (y - previous.y)).squareRoot()
      if x * x + y * y > farthest.x * farthest.x + farthest.y * farthest.y { farthest = (x, y) }
      previous = (x, y)
    }
    largestTriangle = points.reduce(0) { max($0, abs($1.x * farthest.y - $1.y * farthest.x) / 2) }
    area = abs(twice) / 2
    perimeter = length
  }

  /// Where a point lies with respect to a closed ring, by looking at every edge.
  static func location(of point: PlanarPoint, in ring: [PlanarPoint]) -> Location {
    var isInside = false
    for (a, b) in zip(ring, ring.dropFirst()) {
      if Orientation.isOn(point, a, b) { return .boundary }
      if (a.y > point.y) != (b.y > point.y), (Orientation.sign(a, b, point) > 0) == (b.y > a.y) { isInside.toggle() }
    }
    return isInside ? .interior : .exterior
  }
}
