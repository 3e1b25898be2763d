import CGeos
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

/// Which fences contain a position, beside GEOS, with whole numbers as the referee: over random and recorded polygons,
/// anywhere and within a centimetre of edges.
///
/// All coordinates are rounded to 2^-30 degrees, a tenth of a millimetre, so that the referee is exact.
@Suite struct GeosTests {
  @Test(arguments: Seeds.first(60)) func `random polygons are where GEOS has them`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    let center = Coordinate(latitude: 50, longitude: 14)
    let polygons = (0..<20).map { _ -> [Polygon] in
      let middle = Coordinate(
        latitude: 50 + random.number(in: -0.2...0.2), longitude: 14 + random.number(in: -0.2...0.2))
      return [
        random.polygon(around: middle, radius: random.number(in: 0.001...0.1), corners: random.whole(in: 3...200))
      ]
    }
    let (checked, isGeosRight) = try compare(polygons.map { [$0] }, seed: seed, places: 1000, around: center)
    #expect(checked > 900 && isGeosRight)
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      "us_counties", "berlin_ortsteile", "nyc_boroughs", "russia_subjects_antimeridian", "osm_boston_small_many",
      "ne_50m_countries", "bayarea_cities",
    ])
  func `recorded polygons are where GEOS has them`(name: String) throws {
    let fences = try FenceReader().read(InputFile(path: SharedData.path("fences/\(name).geojson.gz"))).fences
    let polygons = fences.compactMap { fence -> [[Polygon]]? in
      guard case .polygons(let polygons) = fence.shape else { return nil }
      let longitudes = polygons.flatMap(\.rings).flatMap(\.coordinates).map(\.longitude)
      // Around ±180 the plane of GEOS and the Earth differ.
      guard let west = longitudes.min(), let east = longitudes.max(), east - west < 180, west >= -180, east <= 180
      else {
        return nil
      }
      return [polygons]
    }
    let (checked, isGeosRight) = try compare(Array(polygons.prefix(400)), seed: 1, places: 4000, around: nil)
    #expect(checked > 3500 && isGeosRight)
  }

  /// A step and what GEOS cuts out of it: where it begins and ends to be inside, as parts of it.
  @Test(arguments: Seeds.first(60)) func `random steps are inside of polygons where GEOS cuts them`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let center = Coordinate(latitude: 50, longitude: 14)
    let fences = (0..<12).map { index in
      let middle = Coordinate(
        latitude: 50 + random.number(in: -0.1...0.1), longitude: 14 + random.number(in: -0.1...0.1))
      let polygon = random.polygon(
        around: middle, radius: random.number(in: 0.005...0.1), corners: random.whole(in: 3...120))
      return Fence(id: "\(index)", shape: .polygons([Exact.snapped(polygon)]))
    }.filter { !$0.findings().contains(where: \.isInvalid) }
    try compareSteps(fences, seed: seed, count: 150, reach: 0.2) { _ in center }
  }

  @Test(.enabled(if: SharedData.isPresent), arguments: ["us_counties", "berlin_ortsteile", "nyc_boroughs"])
  func `steps through recorded polygons are inside where GEOS cuts them`(name: String) throws {
    let all = try FenceReader().read(InputFile(path: SharedData.path("fences/\(name).geojson.gz"))).fences
    let fences = Array(all.filter { !$0.polygons.isEmpty && !$0.findings().contains(where: \.isInvalid) }.prefix(60))
    let corners = fences.flatMap(\.corners)
    try compareSteps(fences, seed: 7, count: 400, reach: 0.3) { corners[Int.random(in: 0..<corners.count, using: &$0)] }
  }

  private func compareSteps(
    _ fences: [Fence], seed: UInt64, count: Int, reach: Double, around place: (inout SeededGenerator) -> Coordinate
  ) throws {
    let set = try FenceSet(fences)
    let geos = Geos(fences)
    var generator = SeededGenerator(seed: seed)
    var inside = 0
    for _ in 0..<count {
      let middle = place(&generator)
      func end() -> Coordinate {
        Coordinate(
          latitude: middle.latitude + Double.random(in: -reach...reach, using: &generator),
          longitude: middle.longitude + Double.random(in: -reach...reach, using: &generator))
      }
      let (a, b) = (end(), end())
      guard max(abs(a.longitude), abs(b.longitude)) < 180 else { continue }
      var tracker = FencePeriodTracker(fences: set)
      tracker.move(0, to: a, at: 0)
      tracker.move(0, to: b, at: 1_000_000_000)
      tracker.finish()
      for fence in fences.indices {
        // Where two pieces meet in a point, or a piece is one, the two may count otherwise.
        let ours = tracker.periods.filter { $0.fence == UInt32(fence) }
          .map { (start: Double($0.start) / 1e9, end: Double($0.end) / 1e9) }.sorted { $0.start < $1.start }
        let expected = geos.cut(a, b, by: fence)
        let total = (ours.reduce(0) { $0 + $1.end - $1.start }, expected.reduce(0) { $0 + $1.end - $1.start })
        #expect(abs(total.0 - total.1) < 1e-7, "seed \(seed), fence \(fence), \(a) to \(b): \(total)")
        let long = (ours.filter { $0.end - $0.start > 1e-6 }, expected.filter { $0.end - $0.start > 1e-6 })
        if long.0.count == long.1.count {
          for (x, y) in zip(long.0, long.1) {
            #expect(abs(x.start - y.start) < 1e-7 && abs(x.end - y.end) < 1e-7, "seed \(seed), \(a) to \(b)")
          }
        }
        inside += long.1.count
      }
    }
    #expect(inside > count / 4, "\(inside) pieces")
  }

  /// - Returns: at how many places the referee was asked, and whether GEOS agreed with it everywhere.
  private func compare(
    _ shapes: [[[Polygon]]], seed: UInt64, places: Int, around center: Coordinate?
  ) throws -> (checked: Int, isGeosRight: Bool) {
    let fences = shapes.enumerated().map { index, parts in
      Fence(id: "\(index)", shape: .polygons(parts.flatMap { $0 }.map(Exact.snapped)))
    }.filter { !$0.findings().contains(where: \.isInvalid) }
    let set = try FenceSet(fences)
    let geos = Geos(fences)
    let exact = fences.map { Exact($0) }
    let corners = fences.flatMap(\.corners)
    var generator = SeededGenerator(seed: seed)
    var isGeosRight = true
    var checked = 0
    for index in 0..<places {
      let corner = corners[Int.random(in: 0..<corners.count - 1, using: &generator)]
      let next = corners[Int.random(in: 0..<corners.count, using: &generator)]
      let place: Coordinate
      switch index % 4 {
      case 0: place = corner
      case 1:
        // A centimetre and less beside a place of an edge, or of a line between two corners of different fences.
        let fence = fences[Int.random(in: 0..<fences.count, using: &generator)]
        let (a, b) = fence.edge(&generator)
        let share = Double.random(in: 0...1, using: &generator)
        place = Coordinate(
          latitude: a.latitude + (b.latitude - a.latitude) * share + Double.random(in: -9e-8...9e-8, using: &generator),
          longitude: a.longitude + (b.longitude - a.longitude) * share
            + Double.random(in: -9e-8...9e-8, using: &generator))
      case 2:
        // On the height of a corner, where rays meet corners.
        place = Coordinate(latitude: corner.latitude, longitude: (corner.longitude + next.longitude) / 2)
      default:
        place = Coordinate(
          latitude: corner.latitude + Double.random(in: -0.05...0.05, using: &generator),
          longitude: corner.longitude + Double.random(in: -0.05...0.05, using: &generator))
      }
      let probe = Exact.snapped(place)
      guard abs(probe.latitude) <= 90, abs(probe.longitude) < 180 else { continue }
      checked += 1
      let found = Set(set.fences(containing: probe))
      let theirs = geos.fences(containing: probe)
      // All that either has, and some that neither has.
      var doubtful = found.union(theirs)
      doubtful.insert(UInt32(Int.random(in: 0..<fences.count, using: &generator)))
      for fence in doubtful {
        let location = exact[Int(fence)].location(of: probe)
        #expect(found.contains(fence) == (location != .exterior), "seed \(seed), \(probe): \(location)")
        #expect(set.location(of: probe, in: fence) == location, "seed \(seed), \(probe)")
        if theirs.contains(fence) != (location != .exterior) { isGeosRight = false }
      }
    }
    return (checked, isGeosRight)
  }
}

extension Fence {
  fileprivate var polygons: [Polygon] { if case .polygons(let polygons) = shape { polygons } else { [] } }
  fileprivate var corners: [Coordinate] { polygons.flatMap(\.rings).flatMap(\.coordinates) }

  fileprivate func edge(_ generator: inout SeededGenerator) -> (Coordinate, Coordinate) {
    let rings = polygons.flatMap(\.rings)
    let corners = rings[Int.random(in: 0..<rings.count, using: &generator)].coordinates
    let index = Int.random(in: 0..<corners.count, using: &generator)
    return (corners[index], corners[(index + 1) % corners.count])
  }
}

/// A fence in whole numbers of 2^-30 degrees: every product fits 128 bits.
private struct Exact {
  private var edges: [(ax: Int128, ay: Int128, bx: Int128, by: Int128)] = []

  private static let scale = 1_073_741_824.0

  static func snapped(_ place: Coordinate) -> Coordinate {
    Coordinate(
      latitude: (place.latitude * scale).rounded() / scale, longitude: (place.longitude * scale).rounded() / scale)
  }

  static func snapped(_ polygon: Polygon) -> Polygon {
    func ring(_ ring: Ring) -> Ring { Ring(ring.coordinates.map(snapped)) }
    return Polygon(exterior: ring(polygon.exterior), holes: polygon.holes.map(ring))
  }

  private static func fixed(_ place: Coordinate) -> (x: Int128, y: Int128) {
    (Int128(place.longitude * scale), Int128(place.latitude * scale))
  }

  init(_ fence: Fence) {
    for ring in fence.polygons.flatMap(\.rings) {
      for (index, corner) in ring.coordinates.enumerated() {
        let a = Self.fixed(corner)
        let b = Self.fixed(ring.coordinates[(index + 1) % ring.coordinates.count])
        edges.append((a.x, a.y, b.x, b.y))
      }
    }
  }

  /// By the even-odd rule, boundaries told apart.
  func location(of place: Coordinate) -> Location {
    let (x, y) = Self.fixed(place)
    var isInside = false
    for edge in edges {
      if min(edge.ay, edge.by) > y || max(edge.ay, edge.by) < y { continue }
      let side = (edge.bx - edge.ax) * (y - edge.ay) - (edge.by - edge.ay) * (x - edge.ax)
      if side == 0, min(edge.ax, edge.bx) <= x, x <= max(edge.ax, edge.bx) { return .boundary }
      if (edge.ay > y) != (edge.by > y), (side > 0) == (edge.by > edge.ay) { isInside.toggle() }
    }
    return isInside ? .interior : .exterior
  }
}

/// The fences as prepared polygons of GEOS, behind their boxes.
private final class Geos {
  private let context: GEOSContextHandle_t
  private let polygons: [OpaquePointer]
  private let prepared: [OpaquePointer]
  private let boxes: [(south: Double, west: Double, north: Double, east: Double)]

  init(_ fences: [Fence]) {
    guard let context = GEOS_init_r() else { preconditionFailure("GEOS cannot start") }
    self.context = context
    polygons = fences.map { Self.polygon($0.polygons, context) }
    prepared = polygons.map { polygon in
      guard let prepared = GEOSPrepare_r(context, polygon) else { preconditionFailure("GEOS has no memory") }
      return prepared
    }
    boxes = fences.map { fence in
      let corners = fence.corners
      return (
        corners.map(\.latitude).min() ?? 0, corners.map(\.longitude).min() ?? 0, corners.map(\.latitude).max() ?? 0,
        corners.map(\.longitude).max() ?? 0
      )
    }
  }

  deinit {
    for pointer in prepared { GEOSPreparedGeom_destroy_r(context, pointer) }
    for polygon in polygons { GEOSGeom_destroy_r(context, polygon) }
    GEOS_finish_r(context)
  }

  func fences(containing place: Coordinate) -> Set<UInt32> {
    guard let point = GEOSGeom_createPointFromXY_r(context, place.longitude, place.latitude) else { return [] }
    defer { GEOSGeom_destroy_r(context, point) }
    return Set(
      boxes.indices.filter { index in
        let box = boxes[index]
        return place.latitude >= box.south && place.latitude <= box.north && place.longitude >= box.west
          && place.longitude <= box.east && GEOSPreparedIntersects_r(context, prepared[index], point) == 1
      }.map { UInt32($0) })
  }

  /// What of a step is inside of a polygon, as parts of the step, in order.
  func cut(_ a: Coordinate, _ b: Coordinate, by fence: Int) -> [(start: Double, end: Double)] {
    guard let sequence = GEOSCoordSeq_create_r(context, 2, 2) else { return [] }
    GEOSCoordSeq_setXY_r(context, sequence, 0, a.longitude, a.latitude)
    GEOSCoordSeq_setXY_r(context, sequence, 1, b.longitude, b.latitude)
    guard let line = GEOSGeom_createLineString_r(context, sequence) else { return [] }
    defer { GEOSGeom_destroy_r(context, line) }
    guard let common = GEOSIntersection_r(context, line, polygons[fence]) else { return [] }
    defer { GEOSGeom_destroy_r(context, common) }
    var pieces: [(start: Double, end: Double)] = []
    for index in 0..<GEOSGetNumGeometries_r(context, common) {
      guard let piece = GEOSGetGeometryN_r(context, common, index),
        GEOSGeomTypeId_r(context, piece) == Int32(GEOS_LINESTRING.rawValue), GEOSisEmpty_r(context, piece) == 0,
        let sequence = GEOSGeom_getCoordSeq_r(context, piece)
      else { continue }
      var last: UInt32 = 0
      GEOSCoordSeq_getSize_r(context, sequence, &last)
      let ends = [0, last - 1].map { index -> Double in
        var (x, y) = (0.0, 0.0)
        GEOSCoordSeq_getXY_r(context, sequence, index, &x, &y)
        let (dx, dy) = (b.longitude - a.longitude, b.latitude - a.latitude)
        return abs(dx) > abs(dy) ? (x - a.longitude) / dx : (y - a.latitude) / dy
      }
      pieces.append((min(ends[0], ends[1]), max(ends[0], ends[1])))
    }
    return pieces.sorted { $0.start < $1.start }
  }

  private static func polygon(_ polygons: [Polygon], _ context: GEOSContextHandle_t) -> OpaquePointer {
    var parts: [OpaquePointer?] = polygons.map { polygon in
      var holes: [OpaquePointer?] = polygon.holes.map { ring($0, context) }
      return GEOSGeom_createPolygon_r(context, ring(polygon.exterior, context), &holes, UInt32(holes.count))
    }
    guard
      let whole = GEOSGeom_createCollection_r(
        context, Int32(GEOS_MULTIPOLYGON.rawValue), &parts, UInt32(parts.count))
    else { preconditionFailure("GEOS does not accept the polygons") }
    return whole
  }

  private static func ring(_ ring: Ring, _ context: GEOSContextHandle_t) -> OpaquePointer? {
    var corners = ring.coordinates
    if let first = corners.first, corners.last != first { corners.append(first) }
    guard let sequence = GEOSCoordSeq_create_r(context, UInt32(corners.count), 2) else { return nil }
    for (index, corner) in corners.enumerated() {
      GEOSCoordSeq_setXY_r(context, sequence, UInt32(index), corner.longitude, corner.latitude)
    }
    return GEOSGeom_createLinearRing_r(context, sequence)
  }
}
