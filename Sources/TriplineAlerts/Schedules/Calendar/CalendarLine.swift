/// A line of an iCalendar file, with what was continued on the next ones.
struct CalendarLine: Sendable {
  /// The file, for errors.
  let file: String
  /// The 1-based number of its first line in the file.
  let number: Int
  /// The name of the property, in capitals.
  let name: String
  /// The parameters, by their names in capitals.
  let parameters: [String: String]
  /// What stands behind the colon.
  let value: String

  /// All lines of a file that are not empty.
  ///
  /// - Throws: where a line has no name and no value.
  static func lines(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> [CalendarLine] {
    var unfolded: [(number: Int, bytes: [UInt8])] = []
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if let first = line.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t"), !unfolded.isEmpty {
        unfolded[unfolded.count - 1].bytes += line.dropFirst()
      } else {
        unfolded.append((index + 1, Array(line)))
      }
    }
    // A mark of the order of bytes is no text.
    if let first = unfolded.first, first.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { unfolded[0].bytes.removeFirst(3) }
    var lines: [CalendarLine] = []
    for line in unfolded where !line.bytes.isEmpty {
      guard let parsed = CalendarLine(String(decoding: line.bytes, as: UTF8.self), number: line.number, file: file)
      else {
        throw ConfigurationError(
          file: file, line: line.number,
          message: "this is no line of an iCalendar file: those are like DTSTART:20261224T180000Z.")
      }
      lines.append(parsed)
    }
    return lines
  }

  private init?(_ text: String, number: Int, file: String) {
    var parts: [Substring] = []
    var (start, isQuoted) = (text.startIndex, false)
    var end: String.Index?
    for index in text.indices {
      switch text[index] {
      case "\"": isQuoted.toggle()
      case ";" where !isQuoted, ":" where !isQuoted:
        parts.append(text[start..<index])
        start = text.index(after: index)
        if text[index] == ":" { end = start }
      default: break
      }
      if end != nil { break }
    }
    guard let end, let name = parts.first, !name.isEmpty else { return nil }
    var parameters: [String: String] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      parameters[pair[0].uppercased()] = String(pair[1].replacing("\"", with: ""))
    }
    self.file = file
    self.number = number
    self.name = name.uppercased()
    self.parameters = parameters
    value = String(text[end...])
  }

  /// An error at the line.
  func error(_ message: String) -> ConfigurationError {
    ConfigurationError(file: file, line: number, message: message + ".")
  }
}
