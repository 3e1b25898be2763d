public import TriplineCore
import TriplineJSON

/// Reads geofences from GeoJSON (RFC 7946), KML and well-known text, which are told apart by the first byte.
///
/// A FeatureCollection, a single Feature or a bare geometry is read. Polygons, multipolygons and collections of these
/// become polygons; points become circles, with a radius in metres from their property `radius` or `defaultRadius`;
/// lines become corridors, with a width in metres from their property `width` or `corridorWidth`. A feature that cannot
/// be a fence is left out and named in the report.
///
/// Properties `floor` and `ceiling` are heights in metres between which a fence is, above the datum that the fixes use.
/// `tags` is a list of words, or text of words apart by commas; `expires` is the instant when its time is over, as times
/// of fixes are written. All other properties that are text, numbers or truth values are the fence's attributes.
///
/// A fence's id is the property `idProperty` where that is set, else the feature's `id`, else its property `id` or
/// `ID`, else `feature-` and its 1-based number. Its name is the property `name`, `NAME` or `title`.
///
/// Positions are WGS 84 longitude and latitude. Where a document or a feature has a member `crs` that names another
/// reference system, as GeoJSON had before RFC 7946, or `system` does, PROJ transforms them to that; sides are straight in
/// the system they are written in, and get corners in between where that is off by more than a metre.
///
/// Well-known text has one geometry a line, before or behind it an id and a name where wanted, separated by comma,
/// semicolon or tab: `depot;Depot North;POLYGON ((14.4 50, …))`. A header with a column `wkt` or `geom…` names the
/// columns, and these are the properties: the id is `id`, `ID`, `fid` or `code` then. `SRID=3857;` before the geometry names another reference system.
/// `CIRCLE (latitude longitude, metres)` is read as Traccar writes it; its polygons and lines need `isLatitudeFirst`.
///
/// Of KML placemarks are read, wherever they stand: their polygons, or a line or a point; extended data are their
/// properties.
public struct FenceReader: Sendable {
  /// The largest document that is read, in bytes after inflating: the whole of it is in memory at once.
  public static let maximumSize = 512 << 20

  /// The property that holds the id, or `nil` for the usual places.
  public var idProperty: String?
  /// The radius in metres of points that have none of their own, or `nil` to refuse them.
  public var defaultRadius: Double?
  /// The width in metres of lines that have none of their own, or `nil` to refuse them. Traccar takes 25 m to each side
  /// where nothing is said, a width of 50.
  public var corridorWidth: Double?
  /// Whether well-known text has latitude before longitude, as Traccar's has.
  public var isLatitudeFirst: Bool
  /// The reference system, as PROJ knows it, of GeoJSON and well-known text that names none; `nil` for WGS 84.
  public var system: String?

  /// Creates a reader.
  public init(
    idProperty: String? = nil, defaultRadius: Double? = nil, corridorWidth: Double? = nil,
    isLatitudeFirst: Bool = false, system: String? = nil
  ) {
    self.system = system
    self.idProperty = idProperty
    self.defaultRadius = defaultRadius
    self.corridorWidth = corridorWidth
    self.isLatitudeFirst = isLatitudeFirst
  }

  /// The fences of one or several documents and what reading them came to.
  public struct Result: Sendable {
    /// The fences in the order of the documents, each id once.
    public var fences: [Fence] = []
    /// Where each fence stands, in the order of `fences`.
    public var places: [FormatError.Place] = []
    /// Features read, fences delivered, and what was wrong with the others.
    public var report = ReadReport()
    /// Why whole documents could not be read, in their order.
    public var failures: [FormatError] = []
  }

  /// Reads all fences of a document, plain or gzip.
  ///
  /// - Throws: `unreadableFile`, `truncated`, `corrupt`, `unsupportedFormat` for XML other than KML,
  ///   `malformedDocument` for what is none of the formats, `notUTF8`, and `unknownCRS`.
  public func read(_ input: InputFile) throws(FormatError) -> Result {
    var result = Result()
    var places: [String: FormatError.Place] = [:]
    try read(input, into: &result, places: &places)
    return result
  }

  /// Reads all fences of several documents, in which an id may be used once.
  ///
  /// Of fences with the same id the first is kept and each other one is a `duplicateID` in the report, which names
  /// both. A document that cannot be read is among the result's failures, and the others are read all the same.
  public func read(_ inputs: [InputFile]) -> Result {
    var result = Result()
    var places: [String: FormatError.Place] = [:]
    for input in inputs {
      do throws(FormatError) {
        try read(input, into: &result, places: &places)
      } catch {
        result.failures.append(error)
      }
    }
    return result
  }

  /// Appends the fences of a document; `places` says where the fences of each id so far came from.
  private func read(
    _ input: InputFile, into result: inout Result, places: inout [String: FormatError.Place]
  ) throws(FormatError) {
    let isArchive = try ArchiveFences.isLikely(input)
    let bytes = try isArchive ? ArchiveFences.document(input) : input.contents(maximumSize: Self.maximumSize)
    if WKTDocument.isLikely(bytes) {
      try readWKT(bytes, input, into: &result, places: &places)
      return
    }
    if bytes.first(where: { $0 > 0x20 && $0 < 0x7F }) == UInt8(ascii: "<") {
      try readKML(bytes, input, into: &result, places: &places)
      return
    }
    let document = try GeoJSONDocument(bytes, file: input.name)
    var projections = FenceProjections()
    var geometry = GeoJSONGeometry(
      positions(at: .init(file: input.name), try projection(of: document, file: input.name, among: &projections)))
    for (index, value) in document.features.enumerated() {
      geometry.place = .init(file: input.name, feature: index + 1)
      result.report.rows += 1
      do throws(FormatError) {
        if !document.isGeometry, let crs = GeoJSONDocument.system(of: value) {
          let place = geometry.place
          var own = GeoJSONGeometry(positions(at: place, try projections.find(crs, at: place)))
          let fence = try fence(value, number: index + 1, with: &own)
          try deliver(fence, at: own.place, into: &result, places: &places)
          continue
        }
        let fence =
          try document.isGeometry ? fence(of: value, with: geometry) : fence(value, number: index + 1, with: &geometry)
        try deliver(fence, at: geometry.place, into: &result, places: &places)
      } catch {
        result.report.record(error)
      }
    }
    if document.features.isEmpty {
      result.report.record(
        FormatError(.empty, "has no features. Is the export complete?", at: .init(file: input.name)))
    }
  }

  /// The way from the system that a document names, or else the one that was asked for.
  private func projection(
    of document: GeoJSONDocument, file: String, among projections: inout FenceProjections
  ) throws(FormatError) -> FenceProjection? {
    let place = FormatError.Place(file: file)
    if let crs = document.system { return try projections.find(crs, at: place) }
    if let system { return try projections.find(system, at: place) }
    return nil
  }

  private func positions(at place: FormatError.Place, _ projection: FenceProjection?) -> FencePositions {
    FencePositions(place: place, projection: projection, swapAdvice: "GeoJSON puts longitude first.")
  }

  private func deliver(
    _ fence: Fence, at place: FormatError.Place, into result: inout Result, places: inout [String: FormatError.Place]
  ) throws(FormatError) {
    if let earlier = places[fence.id] { throw duplicate(of: earlier, at: place) }
    places[fence.id] = place
    result.fences.append(fence)
    result.places.append(.init(file: place.file, line: place.line, feature: place.line == nil ? place.feature : nil))
    result.report.delivered += 1
  }

  private func readWKT(
    _ bytes: [UInt8], _ input: InputFile, into result: inout Result, places: inout [String: FormatError.Place]
  ) throws(FormatError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(.notUTF8, "is neither GeoJSON nor UTF-8 text. Export it again.", at: .init(file: input.name))
    }
    let document = WKTDocument(text)
    guard !document.features.isEmpty else {
      throw FormatError(
        .malformedDocument, "is neither GeoJSON nor well-known text: no line has a geometry.",
        at: .init(file: input.name))
    }
    var projections = FenceProjections()
    var usual: FenceProjection?
    if let system { usual = try projections.find(system, at: .init(file: input.name)) }
    for line in document.otherLines {
      result.report.rows += 1
      result.report.record(
        FormatError(
          .malformedRow, "has no geometry. Write one like POLYGON ((14 50, 15 50, 15 51, 14 50)).",
          at: .init(file: input.name, line: line)))
    }
    for (index, feature) in document.features.enumerated() {
      result.report.rows += 1
      var place = FormatError.Place(file: input.name, line: feature.line, feature: index + 1)
      do throws(FormatError) {
        if let problem = feature.problem { throw FormatError(.malformedRow, problem, at: place) }
        let id = idProperty.map { feature.data[$0] } ?? feature.id
        if id == nil, idProperty != nil { throw noID(at: place) }
        place.featureID = id
        let positions = FencePositions(
          place: place, projection: try projection(of: feature, at: place, otherwise: usual, among: &projections),
          swapAdvice: Self.swapAdvice)
        var geometry = WKTGeometry(feature.geometry, isLatitudeFirst: isLatitudeFirst, place: place)
        let properties = FenceProperties(feature.data, place: place)
        let shape = try geometry.shape(positions, try properties.sizes(otherwise: sizes))
        try deliver(
          try properties.fence(id: id ?? "feature-\(index + 1)", name: feature.name, shape: shape), at: place,
          into: &result, places: &places)
      } catch {
        result.report.record(error)
      }
    }
  }

  private func readKML(
    _ bytes: [UInt8], _ input: InputFile, into result: inout Result, places: inout [String: FormatError.Place]
  ) throws(FormatError) {
    let document = try KMLDocument(bytes, file: input.name)
    for (index, placemark) in document.placemarks.enumerated() {
      result.report.rows += 1
      var place = FormatError.Place(file: input.name, line: placemark.line, feature: index + 1)
      do throws(FormatError) {
        let id = id(of: placemark)
        if id == nil, idProperty != nil { throw noID(at: place) }
        place.featureID = id
        let properties = FenceProperties(placemark.data, place: place)
        let shape = try KMLGeometry(place: place).shape(of: placemark, try properties.sizes(otherwise: sizes))
        try deliver(
          try properties.fence(id: id ?? "feature-\(index + 1)", name: placemark.name, shape: shape), at: place,
          into: &result, places: &places)
      } catch {
        result.report.record(error)
      }
    }
    if document.placemarks.isEmpty {
      result.report.record(
        FormatError(.empty, "has no placemarks. Is the export complete?", at: .init(file: input.name)))
    }
  }

  private func id(of placemark: KMLDocument.Placemark) -> String? {
    switch idProperty {
    case nil: placemark.id ?? placemark.data["id"] ?? placemark.data["ID"]
    case "name": placemark.name ?? placemark.data["name"]
    case "id": placemark.data["id"] ?? placemark.id
    case let key?: placemark.data[key]
    }
  }

  private var sizes: FenceSizes { FenceSizes(radius: defaultRadius, width: corridorWidth) }

  private func projection(
    of feature: WKTDocument.Feature, at place: FormatError.Place, otherwise usual: FenceProjection?,
    among projections: inout FenceProjections
  ) throws(FormatError) -> FenceProjection? {
    guard let text = feature.system else { return usual }
    guard let number = Int(text.split(separator: " ").joined()) else {
      throw FormatError(
        .unknownCRS, "its reference system \"\(text.prefix(40))\" is not a number. Write one like SRID=3857;.",
        at: place)
    }
    return try projections.find("EPSG:\(number)", at: place)
  }

  private static let swapAdvice =
    "well-known text is read with longitude first unless told otherwise, by --latitude-first or isLatitudeFirst."

  private func duplicate(of earlier: FormatError.Place, at place: FormatError.Place) -> FormatError {
    let (first, second) = (earlier.feature ?? 1, place.feature ?? 1)
    if earlier.file == place.file, first == second {
      return FormatError(
        .duplicateID, "feature \(second) was read from this file already; the second was left out. Give the file once.",
        at: place)
    }
    let both =
      earlier.file == place.file
      ? "features \(first) and \(second)" : "feature \(first) of \(earlier.file) and feature \(second) of this file"
    return FormatError(
      .duplicateID,
      "\(both) have the same id; the second was left out. Give each its own id, or choose another property for the ids.",
      at: place)
  }

  /// The fence of a bare geometry, which has no properties.
  private func fence(of value: JSONValue, with geometry: borrowing GeoJSONGeometry) throws(FormatError) -> Fence {
    guard let object = value.object, idProperty == nil else { throw noID(at: geometry.place) }
    return Fence(id: "feature-1", shape: try geometry.shape(object, sizes))
  }

  private func fence(
    _ value: JSONValue, number: Int, with geometry: inout GeoJSONGeometry
  ) throws(FormatError) -> Fence {
    guard let feature = value.object, feature["type"]?.string == "Feature" else {
      throw FormatError(.malformedDocument, "is not a GeoJSON Feature. Repair or remove it.", at: geometry.place)
    }
    let properties = feature["properties"]?.object
    let found = id(feature, properties)
    geometry.place.featureID = found
    if found == nil, idProperty != nil { throw noID(at: geometry.place) }
    guard let object = feature["geometry"]?.object else {
      throw FormatError(.badGeometry, "has no geometry. Draw it, or remove the feature.", at: geometry.place)
    }
    let values = FenceProperties(properties, place: geometry.place)
    let shape = try geometry.shape(object, try values.sizes(otherwise: sizes))
    let name = ["name", "NAME", "title"].lazy.compactMap { properties?[$0]?.string }.first
    return try values.fence(id: found ?? "feature-\(number)", name: name, shape: shape)
  }

  private func noID(at place: FormatError.Place) -> FormatError {
    FormatError(
      .badValue,
      "has no property \"\(idProperty ?? "id")\" to take the id from. Add it, or choose another one.", at: place)
  }

  private func id(_ feature: JSONObject, _ properties: JSONObject?) -> String? {
    let candidates =
      idProperty.map { [properties?[$0]] } ?? [feature["id"], properties?["id"], properties?["ID"]]
    return candidates.lazy.compactMap { $0?.identifier }.first
  }
}
