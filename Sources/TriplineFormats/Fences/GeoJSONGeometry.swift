import TriplineCore

/// Makes the shape of a fence from a GeoJSON geometry object.
struct GeoJSONGeometry {
  /// How far beyond a pole rounding may have taken a latitude, in degrees; it is put back on the pole.
  private static let poleTolerance = 1e-9

  let place: FormatError.Place
  let crs: String?
  let transform: FenceReader.Transform?

  /// The shape of a geometry; `radius` is for points, `isCorridor` for lines.
  func shape(_ geometry: [String: JSONValue], radius: Double?, isCorridor: Bool) throws(FormatError) -> Fence.Shape {
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
      let center = try coordinates([geometry["coordinates"] ?? .null], what: "the point")
      return .circle(center: center[0], radius: radius)
    case "LineString" where isCorridor:
      throw FormatError(
        .unsupportedGeometry, "is a line with a width: corridors are not supported yet. Draw it as a polygon.",
        at: place)
    default:
      return .polygons(try polygons(geometry, isNested: false))
    }
  }

  private func polygons(_ geometry: [String: JSONValue], isNested: Bool) throws(FormatError) -> [Polygon] {
    let type = geometry["type"]?.string
    switch type {
    case "Polygon":
      return [try polygon(geometry["coordinates"], what: "the polygon")]
    case "MultiPolygon":
      guard let list = geometry["coordinates"]?.array, !list.isEmpty else { throw noCoordinates() }
      var polygons: [Polygon] = []
      for (index, value) in list.enumerated() { polygons.append(try polygon(value, what: "polygon \(index + 1)")) }
      return polygons
    case "GeometryCollection":
      if isNested {
        throw FormatError(
          .unsupportedGeometry, "is a collection of collections. Put its polygons into one collection.", at: place)
      }
      guard let list = geometry["geometries"]?.array, !list.isEmpty else { throw noCoordinates() }
      var polygons: [Polygon] = []
      for value in list { polygons += try self.polygons(value.object ?? [:], isNested: true) }
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
      let corners = try coordinates(positions, what: name)
      let distinct = corners.count > 1 && corners.first == corners.last ? corners.count - 1 : corners.count
      guard distinct >= 3 else {
        throw FormatError(
          .badGeometry, "\(name) has \(distinct) corners, an area needs three. Draw it again.", at: place)
      }
      rings.append(Ring(corners))
    }
    return Polygon(exterior: rings[0], holes: Array(rings.dropFirst()))
  }

  private func coordinates(_ positions: [JSONValue], what: String) throws(FormatError) -> [Coordinate] {
    var planar: [(x: Double, y: Double)] = []
    planar.reserveCapacity(positions.count)
    for (index, value) in positions.enumerated() {
      guard let numbers = value.array, numbers.count >= 2, let x = numbers[0].number, let y = numbers[1].number,
        x.isFinite, y.isFinite
      else {
        throw FormatError(
          .badGeometry, "position \(index + 1) of \(what) is not [longitude, latitude] in numbers.", at: place)
      }
      planar.append((x, y))
    }
    if let crs, let transform {
      guard let coordinates = transform(crs, planar), coordinates.count == planar.count else {
        throw FormatError(
          .unknownCRS, "\(what) cannot be brought from \"\(crs.prefix(80))\" to WGS 84. Reproject the file.", at: place)
      }
      return coordinates
    }
    for (index, position) in planar.enumerated()
    where abs(position.y) > 90 + Self.poleTolerance || abs(position.x) > 360 {
      throw outOfRange(position, "position \(index + 1) of \(what)", all: planar)
    }
    return planar.map { Coordinate(latitude: min(max($0.y, -90), 90), longitude: $0.x) }
  }

  private func outOfRange(
    _ position: (x: Double, y: Double), _ what: String, all: [(x: Double, y: Double)]
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
