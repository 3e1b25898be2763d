import TriplineCore

/// A KML document (OGC 12-007r2) as a list of placemarks.
final class KMLDocument: XMLElementHandler {
  /// One placemark.
  struct Placemark {
    var line: Int
    var id: String?
    var name: String?
    /// Its extended data, by name.
    var data: [String: String] = [:]
    var geometries: [Geometry] = []
  }

  /// A geometry as it stands; nothing about it has been checked.
  struct Geometry {
    /// The name of its element.
    var kind: String
    /// What its `coordinates` say: of a polygon its outline first, then its holes.
    var coordinates: [[UInt8]] = []
  }

  /// The placemarks in the order of the document.
  private(set) var placemarks: [Placemark] = []

  private static let kinds: Set<String> = [
    "Polygon", "LineString", "Point", "LinearRing", "Track", "MultiTrack", "Model",
  ]

  private var xml: XMLPushParser?
  /// The names of the elements that are open.
  private var open: [String] = []
  private var placemark: Placemark?
  private var geometry: Geometry?
  private var dataName: String?
  private var characters: [UInt8] = []

  /// Parses a whole document.
  ///
  /// - Throws: `malformedDocument` with the line, and `unsupportedFormat` where it is XML of another kind.
  init(_ bytes: [UInt8], file: String) throws(FormatError) {
    let xml = try XMLPushParser(file: file, handler: self)
    self.xml = xml
    var start = 0
    while start < bytes.count {
      let end = min(start + 1 << 16, bytes.count)
      do {
        try bytes[start..<end].withUnsafeBytes { try xml.parse($0) }
      } catch let error as FormatError {
        throw error
      } catch {
        throw FormatError(.malformedDocument, "\(error)", at: .init(file: file))
      }
      start = end
    }
    try xml.parse(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  func start(_ name: UnsafeBufferPointer<UInt8>, _ attributes: XMLAttributes) {
    let element = ByteText.repaired(name.span, name.indices)
    func attribute(_ name: StaticString) -> String? {
      attributes[name].map { ByteText.repaired($0.span, $0.indices) }
    }
    if open.isEmpty, element != "kml" {
      xml?.refuse("KML", root: name, advice: "Convert it to GeoJSON.")
      return
    }
    open.append(element)
    characters.removeAll(keepingCapacity: true)
    switch element {
    case "Placemark": placemark = Placemark(line: xml?.line ?? 0, id: attribute("id"))
    case "Data", "SimpleData": dataName = attribute("name")
    case _ where geometry == nil && placemark != nil && Self.kinds.contains(element):
      geometry = Geometry(kind: element)
    default: break
    }
  }

  func text(_ bytes: Span<UInt8>) {
    for index in bytes.indices { characters.append(bytes[index]) }
  }

  func end() {
    guard let element = open.popLast() else { return }
    let text = ByteText.repaired(characters.span, characters.indices)
    switch element {
    case "Placemark":
      if let placemark { placemarks.append(placemark) }
      placemark = nil
    case "name" where open.last == "Placemark": placemark?.name = Self.trimmed(text)
    case "value" where open.last == "Data": take(text)
    case "SimpleData": take(text)
    case "coordinates":
      let isOutline = open.dropLast().last == "outerBoundaryIs"
      if isOutline { geometry?.coordinates.insert(characters, at: 0) } else { geometry?.coordinates.append(characters) }
    case geometry?.kind where !open.contains(element):
      if let geometry { placemark?.geometries.append(geometry) }
      geometry = nil
    default: break
    }
    characters.removeAll(keepingCapacity: true)
  }

  private func take(_ text: String) {
    if let dataName { placemark?.data[dataName] = Self.trimmed(text) }
  }

  private static func trimmed(_ text: String) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }
}
