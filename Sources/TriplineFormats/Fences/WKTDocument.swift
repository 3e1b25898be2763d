import TriplineCore

/// A text of fences in well-known text (OGC 06-103r4), one a line, in the dialects that are met: an id and a name before
/// the geometry, `SRID=3857;` as PostGIS writes it, quotes as spreadsheets do, and `CIRCLE (latitude longitude, metres)`
/// as Traccar stores it.
struct WKTDocument {
  /// One line with a geometry.
  struct Feature {
    var line: Int
    var id: String?
    var name: String?
    /// The number of the reference system, where one is given.
    var systemID: Int?
    /// The geometry and what follows it.
    var geometry: Substring
  }

  /// The lines with a geometry.
  private(set) var features: [Feature] = []
  /// Numbers of other lines, the header, comments and empty ones left out.
  private(set) var otherLines: [Int] = []

  private static let keywords = [
    "POLYGON", "MULTIPOLYGON", "CIRCLE", "LINESTRING", "MULTILINESTRING", "POINT", "MULTIPOINT", "GEOMETRYCOLLECTION",
  ]
  private static let separators: Set<Character> = [",", ";", "\t", "|"]
  private static let marks: Set<Character> = ["\"", "'", " "]

  /// Whether bytes look like this rather than like JSON or XML.
  static func isLikely(_ bytes: [UInt8]) -> Bool {
    guard let start = bytes.first(where: { $0 > 0x20 }) else { return false }
    return start != UInt8(ascii: "{") && start != UInt8(ascii: "[") && start != UInt8(ascii: "<")
  }

  /// Takes a text apart into lines.
  init(_ text: String) {
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let isComment = line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
      if isComment { continue }
      if let feature = Self.feature(line, number: index + 1) {
        features.append(feature)
      } else if index > 0 || !line.lowercased().contains("wkt") {
        otherLines.append(index + 1)
      }
    }
  }

  private static func feature(_ line: Substring, number: Int) -> Feature? {
    guard let start = geometryStart(line) else { return nil }
    var feature = Feature(line: number, geometry: line[start...])
    var before = line[..<start]
    if let system = before.uppercased().range(of: "SRID=", in: before) {
      let digits = before[system.upperBound...].prefix(while: \.isNumber)
      feature.systemID = Int(digits)
      before = before[..<system.lowerBound]
    }
    let fields = before.split(omittingEmptySubsequences: false, whereSeparator: separators.contains)
      .map { field in String(field.trimmed(of: marks)) }
    if let id = fields.first, !id.isEmpty { feature.id = id }
    if fields.count > 1, !fields[1].isEmpty { feature.name = fields[1] }
    return feature
  }

  /// Whether what follows a keyword makes it one, and not part of a name: a parenthesis, behind dimensions or not.
  private static func opensGeometry(_ rest: Substring) -> Bool {
    let body = rest.drop { $0 == " " || $0 == "\t" }
    guard let next = body.first, next.isLetter else { return body.first == "(" || body.first?.isNumber == true }
    let word = body.prefix(while: \.isLetter).uppercased()
    return word == "EMPTY" || (["Z", "M", "ZM"].contains(word) && opensGeometry(body.dropFirst(word.count)))
  }

  /// Where a word that begins a geometry stands, behind the start of the line, a separator or a mark.
  private static func geometryStart(_ line: Substring) -> Substring.Index? {
    var index = line.startIndex
    var isWordStart = true
    while index < line.endIndex {
      let character = line[index]
      if isWordStart, character.isLetter {
        let word = line[index...].prefix(while: \.isLetter)
        if keywords.contains(word.uppercased()), opensGeometry(line[word.endIndex...]) { return index }
        index = word.endIndex
        isWordStart = false
        continue
      }
      isWordStart = separators.contains(character) || marks.contains(character)
      index = line.index(after: index)
    }
    return nil
  }
}

extension String {
  /// Where a text stands in a longer one of which this is a version of the same length in another case.
  fileprivate func range(of text: String, in original: Substring) -> Range<Substring.Index>? {
    guard let found = firstRange(of: text) else { return nil }
    let start = distance(from: startIndex, to: found.lowerBound)
    guard start + text.count <= original.count else { return nil }
    let lower = original.index(original.startIndex, offsetBy: start)
    return lower..<original.index(lower, offsetBy: text.count)
  }
}

extension Substring {
  fileprivate func trimmed(of marks: Set<Character>) -> Substring {
    var text = self
    while let first = text.first, marks.contains(first) { text.removeFirst() }
    while let last = text.last, marks.contains(last) { text.removeLast() }
    return text
  }
}
