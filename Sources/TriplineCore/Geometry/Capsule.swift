import Glibc

/// A straight piece of a corridor: all positions within half its width of a line between two points.
///
/// Distances are those of the plane that touches the ellipsoid at the middle latitude of the piece (`LocalMetric`), so
/// that a piece is convex and a straight step is inside of it from one place to one other. Pieces span at most a
/// twentieth of a degree of latitude, which keeps that metric right to 0.2 % up to 70 degrees.
struct Capsule: Sendable, BitwiseCopyable {
  /// The most degrees of latitude that a piece spans.
  static let longestHeight = 0.05

  /// Where it begins.
  var start: PlanarPoint
  /// Where it ends.
  var end: PlanarPoint
  var metersPerDegreeX: Double
  var metersPerDegreeY: Double
  /// Half the width in metres.
  var radius: Double
  /// Metres of the corridor before the piece.
  var distanceBefore: Double
  /// Metres of the piece.
  var length: Double

  init(from start: PlanarPoint, to end: PlanarPoint, radius: Double, distanceBefore: Double) {
    self.start = start
    self.end = end
    let metric = LocalMetric(latitude: (start.y + end.y) / 2)
    metersPerDegreeX = metric.metersPerDegreeLongitude
    metersPerDegreeY = metric.metersPerDegreeLatitude
    self.radius = radius
    self.distanceBefore = distanceBefore
    length = Geodesic.step(
      from: Coordinate(latitude: start.y, longitude: start.x), to: Coordinate(latitude: end.y, longitude: end.x))
  }

  /// The line in metres.
  @inline(__always)
  private var line: PlanarPoint {
    PlanarPoint(x: (end.x - start.x) * metersPerDegreeX, y: (end.y - start.y) * metersPerDegreeY)
  }

  /// A point in metres from where the line begins.
  @inline(__always)
  private func inMeters(x: Double, y: Double) -> PlanarPoint {
    PlanarPoint(x: (x - start.x) * metersPerDegreeX, y: (y - start.y) * metersPerDegreeY)
  }

  // MARK: Positions

  /// Where along the line, from 0 to 1, a position is nearest, and the square of its distance in square metres.
  @inline(__always)
  func nearest(x: Double, y: Double) -> (fraction: Double, squaredDistance: Double) {
    let point = inMeters(x: x, y: y)
    let line = line
    let squared = line.x * line.x + line.y * line.y
    let along = squared > 0 ? max(0, min(1, (point.x * line.x + point.y * line.y) / squared)) : 0
    let awayX = point.x - along * line.x
    let awayY = point.y - along * line.y
    return (along, awayX * awayX + awayY * awayY)
  }

  /// Whether a position is to the left of the line, seen along it.
  func isLeft(x: Double, y: Double) -> Bool {
    let point = inMeters(x: x, y: y)
    let line = line
    return line.x * point.y - line.y * point.x > 0
  }

  /// Where a position lies with respect to the piece.
  @inline(__always)
  func location(x: Double, y: Double) -> Location {
    let squared = nearest(x: x, y: y).squaredDistance
    if squared < radius * radius { return .interior }
    return squared == radius * radius ? .boundary : .exterior
  }

  /// A box in degrees that holds the piece.
  var box: PlanarBox {
    // A little more than it has to be, so that no rounding matters.
    let x = radius / metersPerDegreeX * 1.0001
    let y = radius / metersPerDegreeY * 1.0001
    let box = PlanarBox(start, end)
    return PlanarBox(minX: box.minX - x, minY: box.minY - y, maxX: box.maxX + x, maxY: box.maxY + y)
  }

  /// How the piece meets a box, decided safely: `interior` and `exterior` are certain, `boundary` means that positions
  /// of the box may differ.
  func location(of box: PlanarBox) -> Location {
    let corners = [
      PlanarPoint(x: box.minX, y: box.minY), PlanarPoint(x: box.maxX, y: box.minY),
      PlanarPoint(x: box.maxX, y: box.maxY), PlanarPoint(x: box.minX, y: box.maxY),
    ]
    let distances = corners.map { nearest(x: $0.x, y: $0.y).squaredDistance }
    let slack = 1e-6 * (1 + radius)
    if let farthest = distances.max(), farthest < (radius - slack) * (radius - slack), radius > slack {
      return .interior
    }
    var squared = distances.min() ?? 0
    for point in [start, end] {
      let x = max(box.minX - point.x, 0, point.x - box.maxX) * metersPerDegreeX
      let y = max(box.minY - point.y, 0, point.y - box.maxY) * metersPerDegreeY
      squared = min(squared, x * x + y * y)
    }
    if squared <= (radius + slack) * (radius + slack) { return .boundary }
    // Neither an end nor a corner is near: the line may still lead through the box.
    let sides = corners.indices.map { side(from: corners[$0], to: corners[($0 + 1) % 4]) }
    return sides.contains(true) ? .boundary : .exterior
  }

  /// Whether the line crosses a side of a box.
  private func side(from a: PlanarPoint, to b: PlanarPoint) -> Bool {
    let line = line
    let (a, b) = (inMeters(x: a.x, y: a.y), inMeters(x: b.x, y: b.y))
    let sideA = line.x * a.y - line.y * a.x
    let sideB = line.x * b.y - line.y * b.x
    let start = (b.x - a.x) * -a.y - (b.y - a.y) * -a.x
    let end = (b.x - a.x) * (line.y - a.y) - (b.y - a.y) * (line.x - a.x)
    return sideA * sideB <= 0 && start * end <= 0
  }

  /// The direction of the line in degrees clockwise from north.
  var bearing: Double {
    let line = line
    let degrees = atan2(line.x, line.y) * 180 / .pi
    return degrees < 0 ? degrees + 360 : degrees
  }

  // MARK: Steps

  /// The fractions of a straight step between which it is inside; `nil` where it passes the piece by.
  ///
  /// A piece is a rectangle and a circle at each end of it. It is convex, so that the parts inside of these are one.
  func inside(from p: PlanarPoint, to q: PlanarPoint) -> (first: Double, last: Double)? {
    let a = inMeters(x: p.x, y: p.y)
    let b = inMeters(x: q.x, y: q.y)
    let step = PlanarPoint(x: b.x - a.x, y: b.y - a.y)
    let line = line
    var first = Double.infinity
    var last = -Double.infinity
    func take(_ low: Double, _ high: Double) {
      guard low <= high, high >= 0, low <= 1 else { return }
      first = min(first, max(0, low))
      last = max(last, min(1, high))
    }
    for center in [PlanarPoint(x: 0, y: 0), line] {
      let from = PlanarPoint(x: a.x - center.x, y: a.y - center.y)
      let squared = step.x * step.x + step.y * step.y
      let half = from.x * step.x + from.y * step.y
      let rest = from.x * from.x + from.y * from.y - radius * radius
      let discriminant = half * half - squared * rest
      guard squared > 0, discriminant >= 0 else { continue }
      let root = discriminant.squareRoot()
      take((-half - root) / squared, (-half + root) / squared)
    }
    let length = (line.x * line.x + line.y * line.y).squareRoot()
    if length > 0 {
      // Along the line and across it, in metres.
      let direction = PlanarPoint(x: line.x / length, y: line.y / length)
      var range = (low: 0.0, high: 1.0)
      func clip(_ from: Double, _ change: Double, _ low: Double, _ high: Double) {
        if change == 0 {
          if from < low || from > high { range = (1, 0) }
          return
        }
        let (one, other) = ((low - from) / change, (high - from) / change)
        range = (max(range.low, min(one, other)), min(range.high, max(one, other)))
      }
      clip(a.x * direction.x + a.y * direction.y, step.x * direction.x + step.y * direction.y, 0, length)
      clip(a.y * direction.x - a.x * direction.y, step.y * direction.x - step.x * direction.y, -radius, radius)
      take(range.low, range.high)
    }
    return first <= last ? (first, last) : nil
  }

  /// Whether a step may meet the outline of the piece: not where it lies wholly inside or passes it by.
  func mayMeet(_ p: PlanarPoint, _ q: PlanarPoint) -> Bool {
    let isInside = location(x: p.x, y: p.y) != .exterior
    if isInside != (location(x: q.x, y: q.y) != .exterior) { return true }
    return !isInside && inside(from: p, to: q) != nil
  }
}
