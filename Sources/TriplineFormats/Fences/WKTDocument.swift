import TriplineCore

/// A text of fences in well-known text (OGC 06-103r4), one a line, in the dialects that are met: an id, a name and other
/// fields before or behind the geometry, named by a header or not, `SRID=3857;` as PostGIS writes it, quotes as
/// spreadsheets do, and `CIRCLE (latitude longitude, metres)` as Traccar stores it.
struct WKTDocument {
  /// One line with a geometry.
  struct Feature {
    var line: Int
    var id: String?
    var name: String?
    /// What the header names, by its names.
    var data: [String: String] = [:]
    /// The reference system as it stands, where one is given.
    var system: String?
    var geometry: Substring
    /// What is wrong with the line as a whole.
    var problem: String?
  }

  /// The lines with a geometry.
  private(set) var features: [Feature] = []
  /// Numbers of other lines, the header, comments and empty ones left out.
  private(set) var otherLines: [Int] = []
  /// The names of the columns.
  private var header: [String] = []
  /// What separates columns: as the header has it, or any of those in use.
  private var delimiters: Set<Character> = separators

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
    var isFirst = true
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let isComment = line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
      if isComment { continue }
      if let feature = feature(line, number: index + 1) {
        features.append(feature)
      } else if isFirst, ["wkt", "geom"].contains(where: line.lowercased().contains) {
        if let found = line.first(where: Self.separators.contains) { delimiters = [found] }
        header = fields(line)
      } else {
        otherLines.append(index + 1)
      }
      isFirst = false
    }
  }

  private func feature(_ line: Substring, number: Int) -> Feature? {
    guard let start = Self.geometryStart(line) else { return nil }
    let end = Self.geometryEnd(line, from: start)
    var feature = Feature(line: number, geometry: line[start..<end])
    var before = line[..<start]
    if let system = before.indices.first(where: { before[$0...].prefix(5).lowercased() == "srid=" }) {
      feature.system = String(before[system...].dropFirst(5).prefix { !Self.separators.contains($0) })
      before = before[..<system]
    }
    // The quote that opens the geometry's own field is none of the fields before it.
    while let last = before.last, Self.marks.contains(last) { before.removeLast() }
    let isFirst = before.isEmpty
    let ahead = isFirst ? [] : fields(before.last.map(delimiters.contains) == true ? before.dropLast() : before)
    let behind = fields(line[end...].drop(while: Self.marks.contains)).dropFirst()
    if header.isEmpty {
      let fields = ahead + behind
      if let id = fields.first, !id.isEmpty { feature.id = id }
      if fields.count > 1, !fields[1].isEmpty { feature.name = fields[1] }
    } else {
      if ahead.count + 1 + behind.count != header.count {
        let count = ahead.count + 1 + behind.count
        feature.problem = "has \(count) columns, the header \(header.count). Quote fields that hold a separator."
        return feature
      }
      for (name, field) in zip(header, ahead + [""] + behind) where !field.isEmpty { feature.data[name] = field }
      feature.id = ["id", "ID", "fid", "code"].lazy.compactMap { feature.data[$0] }.first
      feature.name = ["name", "NAME", "title"].lazy.compactMap { feature.data[$0] }.first
    }
    return feature
  }

  /// The fields of a line, with quotes around and doubled ones inside taken off.
  private func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var isQuoted = false
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if delimiters.contains(character), !isQuoted {
        fields.append("")
        continue
      }
      fields[fields.count - 1].append(character)
    }
    return fields.map { field in
      let text = field[...].trimmed
      guard text.count > 1, let mark = text.first, mark == "\"" || mark == "'", text.last == mark else {
        return String(text)
      }
      return String(text.dropFirst().dropLast().replacing("\(mark)\(mark)", with: "\(mark)"))
    }
  }

  /// Where the geometry ends: behind the parenthesis that closes it, or where that lacks at the end of the line.
  private static func geometryEnd(_ line: Substring, from start: Substring.Index) -> Substring.Index {
    var depth = 0
    for index in line[start...].indices {
      if line[index] == "(" { depth += 1 }
      if line[index] == ")" {
        depth -= 1
        if depth == 0 {
          // What follows in the same field is part of it, and wrong.
          let rest = line[line.index(after: index)...].prefix { !separators.contains($0) }
          return rest.allSatisfy(marks.contains) ? line.index(after: index) : line.endIndex
        }
      }
      if depth == 0, separators.contains(line[index]) { return index }
    }
    return line.endIndex
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

extension Substring {
  /// Without spaces around it.
  fileprivate var trimmed: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
