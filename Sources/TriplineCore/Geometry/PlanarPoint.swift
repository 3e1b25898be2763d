/// A point in the plane of longitude (`x`) and latitude (`y`), in degrees. A fence that goes on across the antimeridian
/// has `x` past 180.
struct PlanarPoint: Hashable, Sendable, BitwiseCopyable {
  var x: Double
  var y: Double

  @inline(__always)
  init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle in the plane of longitude and latitude, its sides included.
struct PlanarBox: Hashable, Sendable, BitwiseCopyable {
  var minX: Double
  var minY: Double
  var maxX: Double
  var maxY: Double

  init(minX: Double, minY: Double, maxX: Double, maxY: Double) {
    self.minX = minX
    self.minY = minY
    self.maxX = maxX
    self.maxY = maxY
  }

  /// The smallest box with two points.
  @inline(__always)
  init(_ a: PlanarPoint, _ b: PlanarPoint) {
    self.init(minX: min(a.x, b.x), minY: min(a.y, b.y), maxX: max(a.x, b.x), maxY: max(a.y, b.y))
  }

  static let empty = PlanarBox(minX: .infinity, minY: .infinity, maxX: -.infinity, maxY: -.infinity)

  var width: Double { maxX - minX }
  var height: Double { maxY - minY }

  mutating func extend(to point: PlanarPoint) {
    minX = min(minX, point.x)
    minY = min(minY, point.y)
    maxX = max(maxX, point.x)
    maxY = max(maxY, point.y)
  }

  mutating func formUnion(_ other: PlanarBox) {
    minX = min(minX, other.minX)
    minY = min(minY, other.minY)
    maxX = max(maxX, other.maxX)
    maxY = max(maxY, other.maxY)
  }

  @inline(__always)
  func contains(x: Double, y: Double) -> Bool {
    x >= minX && x <= maxX && y >= minY && y <= maxY
  }

  func contains(_ other: PlanarBox) -> Bool {
    other.minX >= minX && other.maxX <= maxX && other.minY >= minY && other.maxY <= maxY
  }

  @inline(__always)
  func overlaps(_ other: PlanarBox) -> Bool {
    minX <= other.maxX && maxX >= other.minX && minY <= other.maxY && maxY >= other.minY
  }
}
