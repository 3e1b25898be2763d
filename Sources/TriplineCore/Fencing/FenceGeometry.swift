/// All shapes of a set in flat buffers, fences by dense index.
struct FenceGeometry: Sendable {
  /// A fence's shape: a range of vertices, or a circle.
  struct Record: Sendable, BitwiseCopyable {
    var box: PlanarBox
    /// Center of a circle; its `x` may be past 180 like that of a polygon.
    var center: PlanarPoint
    /// Radius of a circle in metres, 0 of a polygon.
    var radius: Double
    var firstVertex: UInt32
    /// Vertices of all rings, the repeated first one of each included.
    var vertexCount: UInt32

    @inline(__always) var isCircle: Bool { radius > 0 }
  }

  var records: [Record] = []
  var vertices: [PlanarPoint] = []
  /// Whether the edge from this vertex to the next is one, which it is not from the last vertex of a ring.
  private var ringEnds: Set<UInt32> = []

  mutating func append(polygons: [SettledPolygon]) {
    var box = PlanarBox.empty
    let first = UInt32(vertices.count)
    for ring in polygons.flatMap(\.rings) {
      for point in ring { box.extend(to: point) }
      vertices.append(contentsOf: ring)
      ringEnds.insert(UInt32(vertices.count - 1))
    }
    records.append(
      Record(
        box: box, center: PlanarPoint(x: 0, y: 0), radius: 0, firstVertex: first,
        vertexCount: UInt32(vertices.count) - first))
  }

  mutating func append(circleAround center: Coordinate, radius: Double) {
    let middle = PlanarPoint(x: wrappedLongitude(center.longitude), y: center.latitude)
    records.append(
      Record(
        box: Circle.box(around: middle, radius: radius), center: middle, radius: radius,
        firstVertex: UInt32(vertices.count), vertexCount: 0))
    let last = records.count - 1
    if records[last].box.minX < -180 {
      records[last].box.minX += 360
      records[last].box.maxX += 360
      records[last].center.x += 360
    }
  }

  /// The edges of a fence: every vertex that has a next one in its ring, at another place.
  func edges(of fence: Int) -> [UInt32] {
    let record = records[fence]
    var result: [UInt32] = []
    result.reserveCapacity(Int(record.vertexCount))
    for edge in record.firstVertex..<(record.firstVertex + record.vertexCount) where !ringEnds.contains(edge) {
      if vertices[Int(edge)] != vertices[Int(edge) + 1] { result.append(edge) }
    }
    return result
  }
}

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
  @inline(__always)
  static func location(x: Double, y: Double, center: PlanarPoint, radius: Double) -> Location {
    let metric = LocalMetric(latitude: (y + center.y) * 0.5)
    let squared = metric.squaredLength(latitude: y - center.y, longitude: wrappedLongitude(x - center.x))
    if squared < 1_000_000, abs(y) < 80, abs(center.y) < 80 {
      let distance = squared.squareRoot()
      let margin = distance * 1e-6
      if distance + margin < radius { return .interior }
      if distance - margin > radius { return .exterior }
    }
    return exactLocation(x: x, y: y, center: center, radius: radius)
  }

  @inline(never)
  private static func exactLocation(x: Double, y: Double, center: PlanarPoint, radius: Double) -> Location {
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
