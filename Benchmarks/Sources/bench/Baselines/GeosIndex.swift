import CGeos
import TriplineCore

/// The usual stack: GEOS polygons in an STRtree of their boxes, each prepared for the test that follows.
struct GeosIndex: ~Copyable {
  let context: GEOSContextHandle_t
  private let tree: OpaquePointer
  private let polygons: [OpaquePointer]
  private let prepared: [OpaquePointer]

  /// Builds tree and prepared polygons; GEOS puts off the rest of the work until the first queries.
  ///
  /// - Precondition: all fences are polygons.
  init(_ fences: [Fence]) {
    guard let context = GEOS_init_r(), let tree = GEOSSTRtree_create_r(context, 10) else {
      preconditionFailure("GEOS cannot start")
    }
    let polygons = fences.map { Self.polygon($0, context) }
    prepared = polygons.map { polygon in
      guard let prepared = GEOSPrepare_r(context, polygon) else { preconditionFailure("GEOS has no memory") }
      GEOSSTRtree_insert_r(context, tree, polygon, UnsafeMutableRawPointer(prepared))
      return prepared
    }
    self.context = context
    self.tree = tree
    self.polygons = polygons
  }

  deinit {
    GEOSSTRtree_destroy_r(context, tree)
    for pointer in prepared { GEOSPreparedGeom_destroy_r(context, pointer) }
    for polygon in polygons { GEOSGeom_destroy_r(context, polygon) }
    GEOS_finish_r(context)
  }

  /// Has the tree built, which the first query does.
  func buildTree(at fence: Fence) {
    guard case .polygons(let polygons) = fence.shape, let corner = polygons.first?.exterior.coordinates.first else {
      return
    }
    let point = GeosPoints([corner], context)
    _ = countFences(containing: point.points[0])
  }

  /// Has the index of every polygon built, which the second query of each does.
  func prepareAll() {
    for (polygon, prepared) in zip(polygons, prepared) {
      guard let point = GEOSPointOnSurface_r(context, polygon) else { continue }
      for _ in 0..<3 { _ = GEOSPreparedIntersects_r(context, prepared, point) }
      GEOSGeom_destroy_r(context, point)
    }
  }

  /// A query under way; the tree hands each polygon whose box holds the point to a callback.
  private struct Query {
    var context: GEOSContextHandle_t
    var point: OpaquePointer
    var hits = 0
  }

  /// The number of fences that contain a point, boundary included.
  func countFences(containing point: OpaquePointer) -> Int {
    var query = Query(context: context, point: point)
    GEOSSTRtree_query_r(
      context, tree, point,
      { item, state in
        guard let item, let query = state?.assumingMemoryBound(to: Query.self) else { return }
        if GEOSPreparedIntersects_r(query.pointee.context, OpaquePointer(item), query.pointee.point) == 1 {
          query.pointee.hits += 1
        }
      }, &query)
    return query.hits
  }

  /// Whether the first of the fences contains a point, without the tree.
  func firstContains(_ point: OpaquePointer) -> Bool { GEOSPreparedIntersects_r(context, prepared[0], point) == 1 }

  private static func polygon(_ fence: Fence, _ context: GEOSContextHandle_t) -> OpaquePointer {
    guard case .polygons(let polygons) = fence.shape else { preconditionFailure("not a polygon: \(fence.id)") }
    var parts: [OpaquePointer?] = polygons.map { polygon in
      var holes: [OpaquePointer?] = polygon.holes.map { ring($0, context) }
      return GEOSGeom_createPolygon_r(context, ring(polygon.exterior, context), &holes, UInt32(holes.count))
    }
    let whole =
      parts.count == 1
      ? parts[0] : GEOSGeom_createCollection_r(context, Int32(GEOS_MULTIPOLYGON.rawValue), &parts, UInt32(parts.count))
    guard let whole else { preconditionFailure("GEOS does not accept \(fence.id)") }
    return whole
  }

  private static func ring(_ ring: Ring, _ context: GEOSContextHandle_t) -> OpaquePointer {
    var corners = ring.coordinates
    if let first = corners.first, corners.last != first { corners.append(first) }
    guard let sequence = GEOSCoordSeq_create_r(context, UInt32(corners.count), 2) else {
      preconditionFailure("GEOS has no memory")
    }
    for (index, corner) in corners.enumerated() {
      GEOSCoordSeq_setXY_r(context, sequence, UInt32(index), corner.longitude, corner.latitude)
    }
    guard let ring = GEOSGeom_createLinearRing_r(context, sequence) else { preconditionFailure("GEOS has no memory") }
    return ring
  }
}

/// Positions as GEOS points, made beforehand.
struct GeosPoints: ~Copyable {
  private let context: GEOSContextHandle_t
  let points: [OpaquePointer]

  init(_ places: [Coordinate], _ context: GEOSContextHandle_t) {
    self.context = context
    points = places.map { place in
      guard let point = GEOSGeom_createPointFromXY_r(context, place.longitude, place.latitude) else {
        preconditionFailure("GEOS does not accept \(place)")
      }
      return point
    }
  }

  deinit { for point in points { GEOSGeom_destroy_r(context, point) } }
}
