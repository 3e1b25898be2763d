import TriplineCore
import TriplineJSON

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
    guard bytes.contains(where: { $0 > 0x20 && $0 < 0x7F }) else {
      throw FormatError(.empty, "is empty. Is the export complete?", at: place)
    }
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

  /// The reference system that the document names, which is not the rule.
  var system: JSONValue? { object?["crs"].flatMap { $0.isNull ? nil : $0 } }

  /// The reference system that a feature or its geometry names for itself, as PostGIS writes it.
  static func system(of feature: JSONValue) -> JSONValue? {
    [feature.object?["crs"], feature.object?["geometry"]?.object?["crs"]].lazy.compactMap { $0 }.first { !$0.isNull }
  }
}
