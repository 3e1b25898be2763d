/// A GeoJSON document as a list of features, whichever of its three forms it has.
struct GeoJSONDocument {
  private let file: String
  private let object: [String: JSONValue]
  /// The features as they are; nothing about them has been checked.
  let features: [JSONValue]

  /// Reads and parses a whole input.
  init(_ input: InputFile, maximumSize: Int) throws(FormatError) {
    let bytes = try Self.contents(input, maximumSize: maximumSize)
    file = input.name
    let place = FormatError.Place(file: input.name)
    let start = bytes.first { $0 > 0x20 && $0 < 0x7F }
    guard let start else { throw FormatError(.empty, "is empty. Is the export complete?", at: place) }
    if start == UInt8(ascii: "<") {
      throw FormatError(.unsupportedFormat, "is XML. Convert it to GeoJSON.", at: place)
    }
    let value: JSONValue
    do throws(JSONParser.Failure) {
      value = try JSONParser.parse(bytes.span, bytes.indices)
    } catch {
      let line = 1 + bytes[..<error.offset].count { $0 == UInt8(ascii: "\n") }
      throw FormatError(
        .malformedDocument, "is not JSON: \(error.reason). Export it again as GeoJSON.",
        at: .init(file: input.name, line: line))
    }
    object = value.object ?? [:]
    let type = object["type"]?.string
    switch type {
    case "FeatureCollection":
      guard let list = object["features"]?.array else {
        throw FormatError(.malformedDocument, "is a FeatureCollection without a list of features.", at: place)
      }
      features = list
    case "Feature":
      features = [value]
    case "Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString":
      features = [.object(["type": .string("Feature"), "geometry": value])]
    default:
      let found = type.map { "its type is \"\($0.prefix(40))\"" } ?? "it has no type"
      throw FormatError(
        .malformedDocument,
        "is JSON but not GeoJSON: \(found). Export the fences as a GeoJSON FeatureCollection.", at: place)
    }
  }

  /// The name of the document's reference system, or `nil` for WGS 84 longitude and latitude, which is the rule.
  ///
  /// - Throws: `unknownCRS` where there is another one and `isKnown` is not set, or where it has no name.
  func crs(isKnown: Bool) throws(FormatError) -> String? {
    guard let crs = object["crs"] else { return nil }
    if case .null = crs { return nil }
    let properties = crs.object?["properties"]?.object
    let name = properties?["name"]?.string ?? properties?["code"]?.identifier.map { "EPSG:\($0)" }
    let normal = name?.uppercased().replacing("::", with: ":") ?? ""
    let isGeographic = ["CRS84", "EPSG:4326", "EPSG:9.8.1:4326", "EPSG/0/4326"].contains { normal.hasSuffix($0) }
    if isGeographic { return nil }
    if let name, isKnown { return name }
    let found = name.map { "\"\($0.prefix(80))\"" } ?? "one without a name"
    throw FormatError(
      .unknownCRS,
      "its coordinate reference system is \(found), which is not read. Reproject it to WGS 84 longitude and latitude "
        + "(EPSG:4326).", at: .init(file: file))
  }

  private static func contents(_ input: InputFile, maximumSize: Int) throws(FormatError) -> [UInt8] {
    var source = try ByteSource(input)
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: ByteSource.blockSize)
    while true {
      let count = try block.withUnsafeMutableBufferPointer { (buffer) throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if count == 0 { break }
      contents.append(contentsOf: block[..<count])
      guard contents.count <= maximumSize else {
        throw FormatError(
          .unsupportedFormat, "is larger than \(maximumSize) bytes. Split it into several files.",
          at: .init(file: input.name))
      }
    }
    if contents.starts(with: [0xEF, 0xBB, 0xBF]) { contents.removeFirst(3) }
    return contents
  }
}
