import TriplineCore
import TriplineJSON

/// Makes the shapes of fences from the GeoJSON geometry objects of one document.
struct GeoJSONGeometry: ~Copyable {
  private var positions: FencePositions

  /// Where the current feature is, for messages.
  var place: FormatError.Place {
    get { positions.place }
    set { positions.place = newValue }
  }

  /// The geometries of a document whose positions are told so.
  init(_ positions: consuming FencePositions) { self.positions = positions }

  /// The shape of a geometry.
  func shape(_ geometry: JSONObject, _ sizes: FenceSizes) throws(FormatError) -> Fence.Shape {
    switch geometry["type"]?.string {
    case "Point":
      let center = try positions.coordinates(
        try points(CollectionOfOne(geometry["coordinates"]), what: "the point"), what: "the point")
      return try positions.circle(center: center[0], radius: sizes.radius)
    case "LineString":
      guard let list = geometry["coordinates"]?.array, !list.isEmpty else { throw noCoordinates() }
      return try positions.corridor(
        path: try corners(list.lazy.map { $0 }, isRing: false, what: "the line"), width: sizes.width)
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
        "\(within) \(found), which is no area. A fence is a polygon, a point with a radius, or a line with a width.",
        at: place)
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
      rings.append(
        try self.positions.ring(try corners(positions.lazy.map { $0 }, isRing: true, what: name), what: name))
    }
    return Polygon(exterior: rings[0], holes: Array(rings.dropFirst()))
  }

  private func corners(
    _ values: some Collection<JSONValue?>, isRing: Bool, what: String
  ) throws(FormatError) -> [Coordinate] {
    try positions.corners(try points(values, what: what), isRing: isRing, what: what)
  }

  private func points(
    _ values: some Collection<JSONValue?>, what: String
  ) throws(FormatError) -> [Projection.Point] {
    var points: [Projection.Point] = []
    points.reserveCapacity(values.count)
    for value in values {
      guard let numbers = value?.array, numbers.count >= 2, let x = numbers[0].number, let y = numbers[1].number,
        x.isFinite, y.isFinite
      else {
        throw FormatError(
          .badGeometry, "position \(points.count + 1) of \(what) is not [longitude, latitude] in numbers.", at: place)
      }
      points.append(.init(x: x, y: y))
    }
    return points
  }

  private func noCoordinates() -> FormatError {
    FormatError(.badGeometry, "has a geometry without coordinates. Draw it, or remove the feature.", at: place)
  }
}
