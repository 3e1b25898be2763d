import TriplineCore

/// Makes the shapes of fences from the geometries of a KML document.
struct KMLGeometry: ~Copyable {
  private let positions: FencePositions

  init(place: FormatError.Place) {
    positions = FencePositions(place: place, projection: nil, swapAdvice: "KML puts longitude first.")
  }

  /// The shape of a placemark: one line, one point, or polygons.
  func shape(of placemark: KMLDocument.Placemark, _ sizes: FenceSizes) throws(FormatError) -> Fence.Shape {
    guard let first = placemark.geometries.first else {
      throw problem(.badGeometry, "has no geometry. Draw it, or remove the placemark.")
    }
    if placemark.geometries.count == 1 {
      switch first.kind {
      case "LineString":
        return try positions.corridor(path: try coordinates(of: first, 0, what: "the line"), width: sizes.width)
      case "Point":
        return try positions.circle(center: try coordinates(of: first, 0, what: "the point")[0], radius: sizes.radius)
      default: break
      }
    }
    var polygons: [Polygon] = []
    for geometry in placemark.geometries { polygons.append(try polygon(geometry, number: polygons.count + 1)) }
    return .polygons(polygons)
  }

  private func polygon(_ geometry: KMLDocument.Geometry, number: Int) throws(FormatError) -> Polygon {
    guard geometry.kind == "Polygon" || geometry.kind == "LinearRing" else {
      throw problem(
        .unsupportedGeometry,
        "has a \(geometry.kind.prefix(40)) that cannot be a fence. Draw polygons, or one line or point.")
    }
    var rings: [Ring] = []
    for index in geometry.coordinates.indices {
      let name = "ring \(index + 1) of polygon \(number)"
      rings.append(try positions.ring(try coordinates(of: geometry, index, what: name), what: name))
    }
    guard let exterior = rings.first else { throw problem(.badGeometry, "polygon \(number) has no coordinates.") }
    return Polygon(exterior: exterior, holes: Array(rings.dropFirst()))
  }

  /// Positions apart by white space, each longitude,latitude and perhaps a height.
  private func coordinates(
    of geometry: KMLDocument.Geometry, _ index: Int, what: String
  ) throws(FormatError) -> [Coordinate] {
    guard index < geometry.coordinates.count else { throw problem(.badGeometry, "\(what) has no coordinates.") }
    let text = geometry.coordinates[index]
    var points: [Projection.Point] = []
    for tuple in text.indices.split(whereSeparator: { text[$0] <= 0x20 }) {
      let numbers = tuple.split(separator: UInt8(ascii: ","), in: text).map {
        DecimalNumber.parse(text.span, $0)
      }
      guard numbers.count >= 2, let x = numbers[0], let y = numbers[1], x.isFinite, y.isFinite else {
        throw problem(
          .badGeometry, "position \(points.count + 1) of \(what) is not longitude,latitude in numbers.")
      }
      points.append(.init(x: x, y: y))
    }
    guard !points.isEmpty else { throw problem(.badGeometry, "\(what) has no coordinates.") }
    return try positions.coordinates(points, what: what)
  }

  private func problem(_ code: FormatError.Code, _ message: String) -> FormatError {
    FormatError(code, message, at: positions.place)
  }
}

extension Range<Int> {
  /// The parts of a range of bytes between separators, empty ones included.
  fileprivate func split(separator: UInt8, in bytes: [UInt8]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = lowerBound
    for index in self where bytes[index] == separator {
      parts.append(start..<index)
      start = index + 1
    }
    parts.append(start..<upperBound)
    return parts
  }
}
