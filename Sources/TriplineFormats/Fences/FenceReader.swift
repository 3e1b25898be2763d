public import TriplineCore

/// Reads geofences from GeoJSON (RFC 7946).
///
/// A FeatureCollection, a single Feature or a bare geometry is read. Polygons, multipolygons and collections of these
/// become polygons; points become circles, with a radius in metres from their property `radius` or `defaultRadius`. A
/// feature that cannot be a fence is left out and named in the report.
///
/// A fence's id is the property `idProperty` where that is set, else the feature's `id`, else its property `id` or
/// `ID`, else `feature-` and its 1-based number. Its name is the property `name`, `NAME` or `title`.
public struct FenceReader: Sendable {
  /// Makes WGS 84 coordinates of positions in another reference system.
  ///
  /// Given are the system's name as it stands in the document and the positions of a ring, in the document's order of
  /// axes; `nil` says that the system, or one of the positions, is beyond it.
  public typealias Transform = @Sendable (_ crs: String, _ positions: [(x: Double, y: Double)]) -> [Coordinate]?

  /// The largest document that is read, in bytes after inflating: the whole of it is in memory at once.
  public static let maximumSize = 512 << 20

  /// The property that holds the id, or `nil` for the usual places.
  public var idProperty: String?
  /// The radius in metres of points that have none of their own, or `nil` to refuse them.
  public var defaultRadius: Double?
  /// How to read other reference systems than WGS 84 longitude and latitude, or `nil` to refuse them.
  public var transform: Transform?

  /// Creates a reader.
  public init(idProperty: String? = nil, defaultRadius: Double? = nil, transform: Transform? = nil) {
    self.idProperty = idProperty
    self.defaultRadius = defaultRadius
    self.transform = transform
  }

  /// The fences of a document and what reading it came to.
  public struct Result: Sendable {
    /// The fences in the order of the document, each id once.
    public var fences: [Fence] = []
    /// Features read, fences delivered, and what was wrong with the others.
    public var report = ReadReport()
  }

  /// Reads all fences of a document, plain or gzip.
  ///
  /// - Throws: `unreadableFile`, `truncated`, `corrupt`, `unsupportedFormat` for something other than JSON,
  ///   `malformedDocument` for something other than GeoJSON, and `unknownCRS`.
  public func read(_ input: InputFile) throws(FormatError) -> Result {
    let document = try GeoJSONDocument(input, maximumSize: Self.maximumSize)
    let crs = try document.crs(isKnown: transform != nil)
    var result = Result()
    var features: [String: Int] = [:]
    for (index, feature) in document.features.enumerated() {
      var place = FormatError.Place(file: input.name, feature: index + 1)
      result.report.rows += 1
      do throws(FormatError) {
        let fence = try fence(feature, crs: crs, number: index + 1, place: &place)
        if let earlier = features[fence.id] {
          throw FormatError(
            .duplicateID,
            "features \(earlier) and \(index + 1) have the same id; the second was left out. Give each its own id, or "
              + "choose another property for the ids.", at: place)
        }
        features[fence.id] = index + 1
        result.fences.append(fence)
        result.report.delivered += 1
      } catch {
        result.report.record(error)
      }
    }
    if result.report.rows == 0 {
      result.report.record(
        FormatError(.empty, "has no features. Is the export complete?", at: .init(file: input.name)))
    }
    return result
  }

  private func fence(
    _ value: JSONValue, crs: String?, number: Int, place: inout FormatError.Place
  ) throws(FormatError) -> Fence {
    guard let feature = value.object, feature["type"]?.string == "Feature" else {
      throw FormatError(.malformedDocument, "is not a GeoJSON Feature. Repair or remove it.", at: place)
    }
    let properties = feature["properties"]?.object ?? [:]
    let found = id(feature, properties)
    place.featureID = found
    if found == nil, let idProperty {
      throw FormatError(
        .badValue, "has no property \"\(idProperty)\" to take the id from. Add it, or choose another one.", at: place)
    }
    guard let geometry = feature["geometry"]?.object else {
      throw FormatError(.badGeometry, "has no geometry. Draw it, or remove the feature.", at: place)
    }
    let shape = try GeoJSONGeometry(place: place, crs: crs, transform: transform)
      .shape(
        geometry, radius: properties["radius"]?.numberOrText ?? defaultRadius, isCorridor: properties["width"] != nil)
    let name = ["name", "NAME", "title"].lazy.compactMap { properties[$0]?.string }.first
    return Fence(id: found ?? "feature-\(number)", name: name, shape: shape)
  }

  private func id(_ feature: [String: JSONValue], _ properties: [String: JSONValue]) -> String? {
    let candidates =
      idProperty.map { [properties[$0]] } ?? [feature["id"], properties["id"], properties["ID"]]
    return candidates.lazy.compactMap { $0?.identifier }.first
  }
}
