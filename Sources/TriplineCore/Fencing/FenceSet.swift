/// An immutable set of fences with an index over all of them: which fences contain a position, which are met by a
/// straight step.
///
/// The edges of polygons and boxes are straight lines in the plane of longitude and latitude; the boundary of a fence,
/// that of a hole included, belongs to the fence. Where rings of one fence overlap, the even-odd rule holds. A set is
/// built off the hot path, and can then be read by any number of threads; `adding` and `removing` give sets with a fence
/// more or less.
public struct FenceSet: Sendable {
  let grid: FenceGrid
  let names: FenceNames
  /// The heights each fence is between; empty where no fence has any.
  let altitudes: [AltitudeBand]
  /// Whether each way between two positions on the grid is plain, as `isPlain(from:to:)` has it: no fence has heights, and the grid
  /// is narrower than half a turn.
  let isPlain: Bool

  /// Creates a set of fences.
  ///
  /// - Throws: `FenceError` for the first fence that cannot be used.
  /// - Complexity: O(*e* log *e*) in the number of edges.
  public init(_ fences: [Fence]) throws(FenceError) {
    var problems: [FenceError] = []
    self.init(fences, problems: &problems)
    if let first = problems.first { throw first }
  }

  /// Creates a set of all fences that can be used, and tells what is wrong with the others.
  public init(_ fences: [Fence], problems: inout [FenceError]) {
    var geometry = FenceGeometry()
    var table = IdentifierTable()
    var labels: [FenceLabel] = []
    var altitudes: [AltitudeBand] = []
    geometry.reserve(for: fences)
    table.reserve(fences.count)
    labels.reserveCapacity(fences.count)
    for fence in fences {
      do throws(FenceError) {
        if table.index(of: fence.id) != nil {
          throw FenceSet.repeated(fence.id)
        }
        let band = try FenceSet.band(of: fence)
        try FenceSet.append(fence, to: &geometry)
        _ = table.insert(fence.id)
        labels.append(FenceLabel(fence))
        altitudes.append(band)
      } catch {
        problems.append(error)
      }
    }
    self.init(
      grid: FenceGridBuilder.build(geometry), names: FenceNames(table: table, labels: labels),
      altitudes: altitudes.contains(where: \.isBounded) ? altitudes : [])
  }

  init(grid: FenceGrid, names: FenceNames, altitudes: [AltitudeBand]) {
    self.grid = grid
    self.names = names
    self.altitudes = altitudes
    isPlain = altitudes.isEmpty && grid.frame.isNarrow
  }

  /// The number of dense indices: of fences, and of fences that have been removed, which have theirs for good.
  public var count: Int { names.count }
  /// The ids in the order of the dense indices, those of removed fences included.
  public var ids: [String] { names.ids }
  /// The id of a fence.
  public func id(of fence: UInt32) -> String { names[fence] }
  /// The name of a fence, where it has one.
  public func name(of fence: UInt32) -> String? { names.label(of: fence).name }
  /// The words by which rules choose a fence.
  public func tags(of fence: UInt32) -> Set<String> { names.label(of: fence).details?.tags ?? [] }
  /// When the time of a fence is over, in milliseconds UTC; `nil` for never.
  public func expiry(of fence: UInt32) -> Int64? {
    let end = names.end(of: fence)
    return end == .max ? nil : end
  }
  /// When fences end that do, by their ids.
  package var ends: [String: Int64] {
    if names.firstEnd == .max { return [:] }
    var ends: [String: Int64] = [:]
    for fence in 0..<UInt32(count) where !names.removed.contains(fence) {
      if let end = expiry(of: fence) { ends[id(of: fence)] = end }
    }
    return ends
  }
  /// How fast may be driven inside of a fence, in metres a second; `nil` where it does not say.
  public func speedLimit(of fence: UInt32) -> Double? {
    let limit = names.speedLimit(of: fence)
    return limit.isNaN ? nil : Double(limit)
  }
  /// What else the owner of a fence says of it, by name.
  public func attributes(of fence: UInt32) -> [String: String] { names.label(of: fence).details?.attributes ?? [:] }
  /// The dense index of the fence with an id; `nil` where there is none, or it has been removed.
  public func index(of id: String) -> UInt32? { names.index(of: id) }
  /// Memory of geometry and index in bytes, ids and names not counted.
  public var byteCount: Int {
    grid.byteCount
  }

  /// The line of a corridor, continuous across the antimeridian, without points that stand twice in a row.
  private static func settled(
    _ path: [Coordinate], width: Double, fence: String
  ) throws(FenceError) -> [PlanarPoint] {
    guard width > 0, width <= 20_000 else {
      throw FenceError(
        .width, fence: fence, "a width of \(width) m is not possible; give more than 0 and at most 20,000 metres")
    }
    var points: [PlanarPoint] = []
    for (number, point) in path.enumerated() {
      guard abs(point.latitude) <= 90, abs(point.longitude) <= 540 else {
        throw FenceError(
          .coordinateOutOfRange, fence: fence, corner: number, "\(point) is no position on Earth; correct it")
      }
      guard abs(point.latitude) <= 85 else {
        throw FenceError(
          .tooNearPole, fence: fence, corner: number,
          "\(point) is too near a pole for a corridor; draw a polygon instead")
      }
      var x = point.longitude
      if let last = points.last { x = last.x + wrappedLongitude(x - last.x) }
      let next = PlanarPoint(x: x, y: point.latitude)
      if points.last != next { points.append(next) }
    }
    guard points.count > 1 else {
      throw FenceError(.tooFewCorners, fence: fence, "a corridor needs two different points; draw its line again")
    }
    let west = points.reduce(Double.infinity) { min($0, $1.x) }
    let shift = ((west + 180) / 360).rounded(.down) * -360
    return shift == 0 ? points : points.map { PlanarPoint(x: $0.x + shift, y: $0.y) }
  }

  static func repeated(_ id: String) -> FenceError {
    FenceError(.repeatedID, fence: id, "another fence has this id already; give each its own")
  }

  static func band(of fence: Fence) throws(FenceError) -> AltitudeBand {
    let band = fence.altitudes
    guard band.floor < band.ceiling else {
      throw FenceError(
        .altitudes, fence: fence.id,
        "its floor of \(band.floor) m is not below its ceiling of \(band.ceiling) m; exchange or correct them")
    }
    return band
  }

  static func append(_ fence: Fence, to geometry: inout FenceGeometry) throws(FenceError) {
    switch fence.shape {
    case .polygons(let polygons):
      guard !polygons.isEmpty else {
        throw FenceError(.noPolygon, fence: fence.id, "the fence has no polygon; draw one or remove the fence")
      }
      var settled: [SettledPolygon] = []
      for (index, polygon) in polygons.enumerated() {
        settled.append(try SettledPolygon(polygon, fence: fence.id, index: index))
      }
      geometry.append(polygons: settled)
    case .box(let south, let west, let north, let east):
      guard south <= north else {
        throw FenceError(
          .emptyBox, fence: fence.id, "south \(south) lies north of north \(north); exchange the two")
      }
      let far = east < west ? east + 360 : east
      let ring = Ring([
        Coordinate(latitude: south, longitude: west), Coordinate(latitude: south, longitude: far),
        Coordinate(latitude: north, longitude: far), Coordinate(latitude: north, longitude: west),
      ])
      geometry.append(polygons: [try SettledPolygon(box: ring, fence: fence.id)])
    case .circle(let center, let radius):
      guard abs(center.latitude) <= 90, abs(center.longitude) <= 540 else {
        throw FenceError(
          .coordinateOutOfRange, fence: fence.id, "the center, \(center), is no position on Earth; correct it")
      }
      guard radius > 0, radius <= 10_000_000 else {
        throw FenceError(
          .radius, fence: fence.id,
          "a radius of \(radius) m is not possible; give more than 0 and at most 10,000,000 metres")
      }
      geometry.append(circleAround: center, radius: radius)
    case .corridor(let path, let width):
      geometry.append(corridorAlong: try settled(path, width: width, fence: fence.id), radius: width / 2)
    }
  }
}
