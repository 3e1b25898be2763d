import TriplineCore

/// Makes coordinates, rings and circles of the numbers in one document of fences, whatever its format.
struct FencePositions: ~Copyable {
  /// How far beyond a pole rounding may have taken a latitude, in degrees; it is put back on the pole.
  private static let poleTolerance = 1e-9

  /// Where the current feature is, for messages.
  var place: FormatError.Place
  /// The way to WGS 84 longitude and latitude, or `nil` where positions are that.
  private let projection: FenceProjection?
  /// What to say where latitude and longitude look swapped.
  private let swapAdvice: String

  /// Positions that need a projection, or need none.
  init(place: FormatError.Place, projection: FenceProjection?, swapAdvice: String) {
    self.place = place
    self.projection = projection
    self.swapAdvice = swapAdvice
  }

  /// A ring of corners, the first of which may stand at the end again.
  func ring(_ corners: [Coordinate], what: String) throws(FormatError) -> Ring {
    let distinct = corners.count > 1 && corners.first == corners.last ? corners.count - 1 : corners.count
    guard distinct >= 3 else {
      throw FormatError(
        .badGeometry, "\(what) has \(distinct) corners, an area needs three. Draw it again.", at: place)
    }
    return Ring(corners)
  }

  /// A circle with a radius in metres.
  func circle(center: Coordinate, radius: Double?) throws(FormatError) -> Fence.Shape {
    guard let radius else {
      throw FormatError(
        .unsupportedGeometry,
        "is a point without a radius. Give it a property \"radius\" in metres, or a default radius.", at: place)
    }
    guard radius > 0, radius.isFinite else {
      throw FormatError(.badValue, "its radius \(radius) is not a positive number of metres.", at: place)
    }
    return .circle(center: center, radius: radius)
  }

  /// A corridor with a width in metres.
  func corridor(path: [Coordinate], width: Double?) throws(FormatError) -> Fence.Shape {
    guard let width else {
      throw FormatError(
        .unsupportedGeometry,
        "is a line without a width. Give it a property \"width\" in metres, or a corridor width.", at: place)
    }
    guard width > 0, width.isFinite else {
      throw FormatError(.badValue, "its width \(width) is not a positive number of metres.", at: place)
    }
    guard path.contains(where: { $0 != path[0] }) else {
      throw FormatError(.badGeometry, "is a line with one point; a corridor needs two. Draw it again.", at: place)
    }
    return .corridor(path: path, width: width)
  }

  /// The corners of a line or a ring that stand as points, easting or longitude first.
  ///
  /// A side that is straight in another reference system bends in longitude and latitude: it gets corners in between
  /// where it would be off by more than a metre.
  func corners(_ points: [Projection.Point], isRing: Bool, what: String) throws(FormatError) -> [Coordinate] {
    let corners = try coordinates(points, what: what)
    guard let projection, let last = points.last, corners.count > 1 else { return corners }
    var line = ProjectedLine(points, corners)
    if isRing, last != points[0] { line.append(points[0], corners[0]) }
    try? line.refine { points throws(ProjectionError) in try projection.transform(&points) }
    let refined = line.coordinates
    return isRing && last != points[0] ? refined.dropLast() : refined
  }

  /// The coordinates that stand as points, easting or longitude first.
  func coordinates(_ points: [Projection.Point], what: String) throws(FormatError) -> [Coordinate] {
    var points = points
    do throws(ProjectionError) {
      try projection?.transform(&points)
    } catch {
      throw FormatError(.badGeometry, "\(what): \(error). Correct it, or remove the feature.", at: place)
    }
    for (index, point) in points.enumerated() where abs(point.y) > 90 + Self.poleTolerance || abs(point.x) > 360 {
      throw outOfRange(point, "position \(index + 1) of \(what)", all: points)
    }
    return points.map { Coordinate(latitude: min(max($0.y, -90), 90), longitude: $0.x) }
  }

  private func outOfRange(
    _ position: Projection.Point, _ what: String, all: [Projection.Point]
  ) -> FormatError {
    let isSwapped = all.allSatisfy { abs($0.x) <= 90 && abs($0.y) <= 180 }
    let isProjected = abs(position.x) > 360 || abs(position.y) > 360
    let advice =
      isSwapped
      ? "Latitude and longitude look swapped: \(swapAdvice)"
      : isProjected
        ? "The coordinates look projected. Say in which reference system they are, or reproject the file to WGS 84 longitude and latitude."
        : "Correct it, or remove the feature."
    return FormatError(
      isSwapped ? .swappedAxes : .badGeometry,
      "\(what) has longitude \(position.x) and latitude \(position.y), which is nowhere. \(advice)", at: place)
  }
}
