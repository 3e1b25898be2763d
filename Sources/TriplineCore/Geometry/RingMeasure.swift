/// Size and form of a ring, in the plane that touches the Earth at its middle; good enough to judge a drawing.
struct RingMeasure {
  /// Area in square metres.
  let area: Double
  /// Length of the ring in metres.
  let perimeter: Double

  /// What a strip of this area and this perimeter would have as its width, in metres.
  var meanWidth: Double { perimeter > 0 ? 2 * area / perimeter : 0 }
  /// 4π area / perimeter²: 1 for a circle, towards 0 for a thread (Polsby and Popper 1991).
  var compactness: Double { perimeter > 0 ? 4 * .pi * area / (perimeter * perimeter) : 0 }

  init(_ corners: [Coordinate]) {
    guard let first = corners.first else {
      (area, perimeter) = (0, 0)
      return
    }
    let metric = LocalMetric(latitude: corners.reduce(0) { $0 + $1.latitude } / Double(corners.count))
    var twice = 0.0
    var length = 0.0
    var previous = (x: 0.0, y: 0.0)
    for corner in corners.dropFirst() + [first] {
      let x = wrappedLongitude(corner.longitude - first.longitude) * metric.metersPerDegreeLongitude
      let y = (corner.latitude - first.latitude) * metric.metersPerDegreeLatitude
      twice += previous.x * y - x * previous.y
      length += ((x - previous.x) * (x - previous.x) + (y - previous.y) * (y - previous.y)).squareRoot()
      previous = (x, y)
    }
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
