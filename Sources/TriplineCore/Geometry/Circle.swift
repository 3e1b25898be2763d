/// The geometry of a circle by geodesic radius.
enum Circle {
  /// A box in degrees that holds the circle, at most a percent larger than it has to be.
  static func box(around center: PlanarPoint, radius: Double) -> PlanarBox {
    let margin = 1.01
    // The smallest radius of curvature of the ellipsoid is a(1 - e²), in the meridian at the equator.
    let height = radius / (Ellipsoid.semiMajorAxis * (1 - Ellipsoid.eccentricitySquared)) * (180 / .pi) * margin
    let south = center.y - height
    let north = center.y + height
    guard south > -89.9, north < 89.9, radius < 9_000_000 else {
      return PlanarBox(minX: -180, minY: max(-90, south), maxX: 180, maxY: min(90, north))
    }
    let steepest = LocalMetric(latitude: max(abs(south), abs(north)))
    let width = radius / steepest.metersPerDegreeLongitude * margin
    guard width < 180 else { return PlanarBox(minX: -180, minY: south, maxX: 180, maxY: north) }
    return PlanarBox(minX: center.x - width, minY: south, maxX: center.x + width, maxY: north)
  }

  /// Whether a position lies within the circle: distance by the local metric where its error cannot matter, by the
  /// geodesic near the line.
  static func location(x: Double, y: Double, center: PlanarPoint, radius: Double) -> Location {
    let metric = LocalMetric(latitude: (y + center.y) * 0.5)
    let squared = metric.squaredLength(latitude: y - center.y, longitude: wrappedLongitude(x - center.x))
    if squared < 1_000_000, abs(y) < 80, abs(center.y) < 80 {
      let distance = squared.squareRoot()
      let margin = distance * 1e-6
      if distance + margin < radius { return .interior }
      if distance - margin > radius { return .exterior }
    }
    let distance = Geodesic.length(
      from: Coordinate(latitude: center.y, longitude: center.x), to: Coordinate(latitude: y, longitude: x))
    if distance < radius { return .interior }
    return distance == radius ? .boundary : .exterior
  }

  /// How a circle meets a rectangle, decided safely: `interior` and `exterior` are certain, `boundary` means look.
  static func location(of box: PlanarBox, center: PlanarPoint, radius: Double) -> Location {
    let middle = Coordinate(latitude: (box.minY + box.maxY) / 2, longitude: (box.minX + box.maxX) / 2)
    let distance = Geodesic.length(
      from: Coordinate(latitude: center.y, longitude: center.x),
      to: Coordinate(latitude: max(-90, min(90, middle.latitude)), longitude: middle.longitude))
    let flattest = min(abs(box.minY), abs(box.maxY))
    let widest = LocalMetric(latitude: box.minY < 0 && box.maxY > 0 ? 0 : flattest).metersPerDegreeLongitude
    // No degree of latitude is longer than the one at a pole, 111,694 m.
    let x = box.width / 2 * widest
    let y = box.height / 2 * 111_694
    let reach = (x * x + y * y).squareRoot() * 1.001 + 0.001
    if distance + reach < radius { return .interior }
    return distance - reach > radius ? .exterior : .boundary
  }
}

/// A circle in the plane around it: an ellipse in degrees that decides all but the positions next to the line.
///
/// Degrees are metres by the metric at the center. What that metric is off by elsewhere in the circle is at most the
/// change of the length of a degree from its center to its ends, so that positions nearer than the one bound are inside
/// and positions farther than the other outside.
struct CircleRule: BitwiseCopyable {
  static let wordCount = 6

  private(set) var x: Double
  private(set) var y: Double
  private(set) var metersPerDegreeX: Double
  private(set) var metersPerDegreeY: Double
  /// The square of a distance in metres below which a position is inside, -1 where there is none.
  private(set) var squaredInside: Double
  /// The square of a distance in metres beyond which a position is outside.
  private(set) var squaredOutside: Double

  /// - Parameters:
  ///   - center: the middle of the circle.
  ///   - radius: in metres.
  init(center: PlanarPoint, radius: Double) {
    x = center.x
    y = center.y
    let metric = LocalMetric(latitude: center.y)
    metersPerDegreeX = metric.metersPerDegreeLongitude
    metersPerDegreeY = metric.metersPerDegreeLatitude
    let box = Circle.box(around: center, radius: radius)
    guard radius <= 20_000, max(abs(box.minY), abs(box.maxY)) < 80 else {
      squaredInside = -1
      squaredOutside = .infinity
      return
    }
    let ends = [LocalMetric(latitude: box.minY), LocalMetric(latitude: box.maxY)]
    var (smallest, largest) = (1.0, 1.0)
    for end in ends + (box.minY < 0 && box.maxY > 0 ? [LocalMetric(latitude: 0)] : []) {
      let x = end.metersPerDegreeLongitude / metersPerDegreeX
      let y = end.metersPerDegreeLatitude / metersPerDegreeY
      smallest = min(smallest, x, y)
      largest = max(largest, x, y)
    }
    // Beside the change of the metric, the chord of up to 40 km that is taken for the geodesic.
    let inside = radius / largest * (1 - 1e-5)
    let outside = radius / smallest * (1 + 1e-5)
    squaredInside = inside * inside
    squaredOutside = outside * outside
  }

  /// Whether the plane fits the circle at all.
  var isUsable: Bool { squaredInside >= 0 }

  /// Whether a position is inside or outside, or `boundary`, which here means that it has to be looked at closely.
  @inline(__always)
  func location(x: Double, y: Double) -> Location {
    let east = (x - self.x) * metersPerDegreeX
    let north = (y - self.y) * metersPerDegreeY
    let squared = east * east + north * north
    if squared < squaredInside { return .interior }
    return squared > squaredOutside ? .exterior : .boundary
  }

  /// Whether a straight step may meet the line: not where it lies wholly inside or comes nowhere near.
  @inline(__always)
  func mayMeet(_ p: PlanarPoint, _ q: PlanarPoint) -> Bool {
    let startX = (p.x - x) * metersPerDegreeX
    let startY = (p.y - y) * metersPerDegreeY
    let stepX = (q.x - p.x) * metersPerDegreeX
    let stepY = (q.y - p.y) * metersPerDegreeY
    let start = startX * startX + startY * startY
    let end = (startX + stepX) * (startX + stepX) + (startY + stepY) * (startY + stepY)
    if max(start, end) < squaredInside { return false }
    let length = stepX * stepX + stepY * stepY
    let along = length > 0 ? max(0, min(1, -(startX * stepX + startY * stepY) / length)) : 0
    let nearX = startX + along * stepX
    let nearY = startY + along * stepY
    return nearX * nearX + nearY * nearY <= squaredOutside
  }

  /// The same for all positions of a box: `boundary` means that they may differ.
  func location(of box: PlanarBox) -> Location {
    let nearX = max(box.minX - x, 0, x - box.maxX) * metersPerDegreeX
    let nearY = max(box.minY - y, 0, y - box.maxY) * metersPerDegreeY
    if nearX * nearX + nearY * nearY > squaredOutside { return .exterior }
    let farX = max(box.maxX - x, x - box.minX) * metersPerDegreeX
    let farY = max(box.maxY - y, y - box.minY) * metersPerDegreeY
    return farX * farX + farY * farY < squaredInside ? .interior : .boundary
  }
}
