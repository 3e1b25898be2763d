import TriplineCore

/// A GeoJSON document as a list of features, whichever of its three forms it has.
struct GeoJSONDocument {
  private let file: String
  private let object: JSONObject?
  /// The features as they are; nothing about them has been checked.
  let features: [JSONValue]
  /// Whether the one feature is a bare geometry.
  let isGeometry: Bool

  /// Parses a whole document.
  init(_ bytes: [UInt8], file: String) throws(FormatError) {
    self.file = file
    let place = FormatError.Place(file: file)
    let start = bytes.first { $0 > 0x20 && $0 < 0x7F }
    guard let start else { throw FormatError(.empty, "is empty. Is the export complete?", at: place) }
    let value: JSONValue
    do throws(JSONDocument.Failure) {
      value = try JSONDocument.parse(bytes.span, bytes.indices)
    } catch {
      throw FormatError(
        .malformedDocument, "is not JSON: \(error.reason). Export it again as GeoJSON.",
        at: .init(file: file, line: error.line))
    }
    object = value.object
    let type = object?["type"]?.string
    switch type {
    case "FeatureCollection":
      guard let list = object?["features"]?.array else {
        throw FormatError(.malformedDocument, "is a FeatureCollection without a list of features.", at: place)
      }
      features = Array(list)
      isGeometry = false
    case "Feature":
      features = [value]
      isGeometry = false
    case "Polygon", "MultiPolygon", "GeometryCollection", "Point", "MultiPoint", "LineString", "MultiLineString":
      features = [value]
      isGeometry = true
    default:
      let found = type.map { "its type is \"\($0.prefix(40))\"" } ?? "it has no type"
      throw FormatError(
        .malformedDocument,
        "is JSON but not GeoJSON: \(found). Export the fences as a GeoJSON FeatureCollection.", at: place)
    }
  }

  /// The way from the document's reference system to WGS 84 longitude and latitude, or `nil` where it is in the latter,
  /// which is the rule.
  ///
  /// - Parameter system: the reference system of a document that names none; `nil` for WGS 84.
  /// - Throws: `unknownCRS` where the system has no name or PROJ does not know it.
  func projection(otherwise system: String?) throws(FormatError) -> Projection? {
    if let crs = object?["crs"], !crs.isNull { return try Self.projection(from: crs, at: .init(file: file)) }
    return try system.flatMap { name throws(FormatError) in try Self.projection(from: name, at: .init(file: file)) }
  }

  /// The reference system that a feature or its geometry names for itself, as PostGIS writes it.
  static func system(of feature: JSONValue) -> JSONValue? {
    [feature.object?["crs"], feature.object?["geometry"]?.object?["crs"]].lazy.compactMap { $0 }.first { !$0.isNull }
  }

  /// The way from a reference system that a member `crs` names.
  static func projection(from crs: JSONValue, at place: FormatError.Place) throws(FormatError) -> Projection? {
    let properties = crs.object?["properties"]?.object
    let name = properties?["name"]?.string ?? properties?["code"]?.identifier.map { "EPSG:\($0)" }
    guard let name else {
      throw FormatError(
        .unknownCRS, "its coordinate reference system has no name. \(Self.advice)", at: place)
    }
    return try projection(from: name, at: place)
  }

  /// The way from a reference system by its name.
  static func projection(from name: String, at place: FormatError.Place) throws(FormatError) -> Projection? {
    let normal = name.uppercased().replacing("::", with: ":")
    let isGeographic = ["CRS84", "EPSG:4326", "EPSG:9.8.1:4326", "EPSG/0/4326"].contains { normal.hasSuffix($0) }
    if isGeographic { return nil }
    do throws(ProjectionError) {
      return try Projection(from: name, to: "EPSG:4326")
    } catch {
      throw FormatError(
        .unknownCRS, "its coordinate reference system cannot be read: \(error). \(Self.advice)", at: place)
    }
  }

  private static let advice = "Reproject the file to WGS 84 longitude and latitude (EPSG:4326)."
}
