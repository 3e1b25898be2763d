import TriplineCore

/// Makes the shapes of fences from well-known text.
struct WKTGeometry {
  private let text: [UInt8]
  private var index = 0
  private let place: FormatError.Place
  /// Whether latitude stands before longitude.
  private let isLatitudeFirst: Bool

  /// Takes the text of one geometry.
  init(_ text: Substring, isLatitudeFirst: Bool, place: FormatError.Place) {
    self.text = Array(text.utf8)
    self.isLatitudeFirst = isLatitudeFirst
    self.place = place
  }

  /// The shape.
  mutating func shape(_ positions: borrowing FencePositions, _ sizes: FenceSizes) throws(FormatError) -> Fence.Shape {
    let keyword = word()
    let shape: Fence.Shape
    switch keyword {
    case "CIRCLE": shape = try circle(positions)
    case "POINT":
      try begin(keyword)
      let point = try point("the point", isLatitudeFirst: isLatitudeFirst)
      try expect(")")
      shape = try positions.circle(
        center: try positions.coordinates([point], what: "the point")[0], radius: sizes.radius)
    case "LINESTRING":
      try begin(keyword)
      let points = try points(of: "the line")
      shape = try positions.corridor(
        path: try positions.corners(points, isRing: false, what: "the line"), width: sizes.width)
    default: shape = .polygons(try polygons(keyword, positions, isNested: false))
    }
    skipSpace()
    guard index == text.count else {
      throw problem(.badGeometry, "goes on behind the geometry. Put one geometry on a line.")
    }
    return shape
  }

  private mutating func polygons(
    _ keyword: String, _ positions: borrowing FencePositions, isNested: Bool
  ) throws(FormatError) -> [Polygon] {
    switch keyword {
    case "POLYGON":
      try begin(keyword)
      return [try polygon(positions, what: "the polygon")]
    case "MULTIPOLYGON":
      try begin(keyword)
      var polygons: [Polygon] = []
      repeat {
        try expect("(")
        polygons.append(try polygon(positions, what: "polygon \(polygons.count + 1)"))
      } while take(",")
      try expect(")")
      return polygons
    case "GEOMETRYCOLLECTION" where !isNested:
      try begin(keyword)
      var polygons: [Polygon] = []
      repeat { polygons += try self.polygons(word(), positions, isNested: true) } while take(",")
      try expect(")")
      return polygons
    default:
      throw problem(
        .unsupportedGeometry,
        "\(isNested ? "contains" : "is") a \(keyword.prefix(40)), which is no area. A fence is a polygon, a circle or a line with a width."
      )
    }
  }

  /// The rings of a polygon whose parenthesis has been opened.
  private mutating func polygon(_ positions: borrowing FencePositions, what: String) throws(FormatError) -> Polygon {
    var rings: [Ring] = []
    repeat {
      let name = "ring \(rings.count + 1) of \(what)"
      try expect("(")
      rings.append(
        try positions.ring(try positions.corners(try points(of: name), isRing: true, what: name), what: name))
    } while take(",")
    try expect(")")
    return Polygon(exterior: rings[0], holes: Array(rings.dropFirst()))
  }

  /// The points up to the parenthesis that closes them.
  private mutating func points(of name: String) throws(FormatError) -> [Projection.Point] {
    var points: [Projection.Point] = []
    repeat {
      points.append(try point("position \(points.count + 1) of \(name)", isLatitudeFirst: isLatitudeFirst))
    } while take(",")
    try expect(")")
    return points
  }

  /// Traccar's circle: latitude first, and a radius in metres.
  private mutating func circle(_ positions: borrowing FencePositions) throws(FormatError) -> Fence.Shape {
    try begin("CIRCLE")
    let center = try point("the center", isLatitudeFirst: true)
    try expect(",")
    guard let radius = number() else { throw problem(.badValue, "has no radius in metres behind its center.") }
    try expect(")")
    return try positions.circle(
      center: try positions.coordinates([center], what: "the center")[0], radius: radius)
  }

  // MARK: Pieces

  /// The parenthesis behind a keyword, and the letters of dimensions that are not looked at.
  private mutating func begin(_ keyword: String) throws(FormatError) {
    let dimensions = word()
    if dimensions == "EMPTY" { throw problem(.badGeometry, "is an empty geometry. Draw it, or remove the line.") }
    guard ["", "Z", "M", "ZM"].contains(dimensions) else {
      throw problem(.badGeometry, "has \(dimensions.prefix(40)) behind \(keyword), which is no well-known text.")
    }
    try expect("(")
  }

  private mutating func point(_ what: String, isLatitudeFirst: Bool) throws(FormatError) -> Projection.Point {
    guard let first = number(), let second = number() else {
      let order = isLatitudeFirst ? "latitude and longitude" : "longitude and latitude"
      throw problem(.badGeometry, "\(what) is not \(order) in numbers.")
    }
    // Height and measure are not looked at.
    while number() != nil {}
    return isLatitudeFirst ? .init(x: second, y: first) : .init(x: first, y: second)
  }

  private mutating func word() -> String {
    skipSpace()
    let start = index
    while let byte = peek(), (byte | 0x20) >= UInt8(ascii: "a"), (byte | 0x20) <= UInt8(ascii: "z") { index += 1 }
    return String(decoding: text[start..<index], as: UTF8.self).uppercased()
  }

  private mutating func number() -> Double? {
    skipSpace()
    let start = index
    while let byte = peek(), byte > 0x20, ![0x28, 0x29, 0x2C].contains(byte) { index += 1 }
    guard start < index, let number = DecimalNumber.parse(text.span, start..<index), number.isFinite else {
      index = start
      return nil
    }
    return number
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard peek() == character.asciiValue else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ character: Character) throws(FormatError) {
    if take(character) { return }
    let found = peek().map { "\"\(Character(Unicode.Scalar($0)))\"" } ?? "the end of the line"
    throw problem(
      .badGeometry, "has \(found) where \"\(character)\" should stand, at character \(index + 1) of the geometry.")
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x09 { index += 1 }
  }

  private func peek() -> UInt8? { index < text.count ? text[index] : nil }

  private func problem(_ code: FormatError.Code, _ message: String) -> FormatError {
    FormatError(code, message, at: place)
  }
}
