import TriplineCore

/// Makes the shapes of fences from the GeoJSON geometry objects of one document.
struct GeoJSONGeometry: ~Copyable {
  /// How far beyond a pole rounding may have taken a latitude, in degrees; it is put back on the pole.
  private static let poleTolerance = 1e-9

  /// Where the current feature is, for messages.
  var place: FormatError.Place
  /// The way to WGS 84 longitude and latitude, or `nil` where positions are that.
  private let projection: Projection?

  /// The geometries of a document whose positions need a projection, or need none.
  init(place: FormatError.Place, projection: consuming Projection?) {
    self.place = place
    self.projection = projection
  }

  /// The shape of a geometry; `radius` is for points, `isCorridor` for lines.
  func shape(_ geometry: JSONObject, radius: Double?, isCorridor: Bool) throws(FormatError) -> Fence.Shape {
    switch geometry["type"]?.string {
    case "Point":
      guard let radius else {
        throw FormatError(
          .unsupportedGeometry,
          "is a point without a radius. Give it a property \"radius\" in metres, or a default radius.", at: place)
      }
      guard radius > 0, radius.isFinite else {
        throw FormatError(.badValue, "its radius \(radius) is not a positive number of metres.", at: place)
      }
      let center = try coordinates(CollectionOfOne(geometry["coordinates"]), what: "the point")
      return .circle(center: center[0], radius: radius)
    case "LineString" where isCorridor:
      throw FormatError(
        .unsupportedGeometry, "is a line with a width: corridors are not supported yet. Draw it as a polygon.",
        at: place)
    default:
      return .polygons(try polygons(geometry, isNested: false))
    }
  }

  private func polygons(_ geometry: JSONObject?, isNested: Bool) throws(FormatError) -> [Polygon] {
    let type = geometry?["type"]?.string
    switch type {
    case "Polygon":
      return [try polygon(geometry?["coordinates"], what: "the polygon")]
    case "MultiPolygon":
      guard let list = geometry?["coordinates"]?.array, !list.isEmpty else { throw noCoordinates() }
      var polygons: [Polygon] = []
      for (index, value) in list.enumerated() { polygons.append(try polygon(value, what: "polygon \(index + 1)")) }
      return polygons
    case "GeometryCollection":
      if isNested {
        throw FormatError(
          .unsupportedGeometry, "is a collection of collections. Put its polygons into one collection.", at: place)
      }
      guard let list = geometry?["geometries"]?.array, !list.isEmpty else { throw noCoordinates() }
      var polygons: [Polygon] = []
      for value in list { polygons += try self.polygons(value.object, isNested: true) }
      return polygons
    default:
      let found = type.map { "a \($0.prefix(40))" } ?? "a geometry without a type"
      let within = isNested ? "contains" : "is"
      throw FormatError(
        .unsupportedGeometry,
        "\(within) \(found), which is no area. A fence is a polygon, or a point with a radius.", at: place)
    }
  }

  private func polygon(_ value: JSONValue?, what: String) throws(FormatError) -> Polygon {
    guard let list = value?.array, !list.isEmpty else { throw noCoordinates() }
    var rings: [Ring] = []
    for (index, value) in list.enumerated() {
      let name = "ring \(index + 1) of \(what)"
      guard let positions = value.array else {
        throw FormatError(.badGeometry, "\(name) is not a list of positions.", at: place)
      }
      let corners = try coordinates(positions.lazy.map { $0 }, what: name)
      let distinct = corners.count > 1 && corners.first == corners.last ? corners.count - 1 : corners.count
      guard distinct >= 3 else {
        throw FormatError(
          .badGeometry, "\(name) has \(distinct) corners, an area needs three. Draw it again.", at: place)
      }
      rings.append(Ring(corners))
    }
    return Polygon(exterior: rings[0], holes: Array(rings.dropFirst()))
  }

  private func coordinates(
    _ positions: some Collection<JSONValue?>, what: String
  ) throws(FormatError) -> [Coordinate] {
    var points: [Projection.Point] = []
    points.reserveCapacity(positions.count)
    for value in positions {
      guard let numbers = value?.array, numbers.count >= 2, let x = numbers[0].number, let y = numbers[1].number,
        x.isFinite, y.isFinite
      else {
        throw FormatError(
          .badGeometry, "position \(points.count + 1) of \(what) is not [longitude, latitude] in numbers.", at: place)
      }
      points.append(.init(x: x, y: y))
    }
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
      ? "Latitude and longitude look swapped: GeoJSON puts longitude first."
      : isProjected
        ? "The coordinates look projected. Reproject the file to WGS 84 longitude and latitude."
        : "Correct it, or remove the feature."
    return FormatError(
      isSwapped ? .swappedAxes : .badGeometry,
      "\(what) has longitude \(position.x) and latitude \(position.y), which is nowhere. \(advice)", at: place)
  }

  private func noCoordinates() -> FormatError {
    FormatError(.badGeometry, "has a geometry without coordinates. Draw it, or remove the feature.", at: place)
  }
}
