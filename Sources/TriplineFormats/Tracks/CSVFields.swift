/// The fields of one CSV line as ranges of its bytes, in a list that is used again for every line.
///
/// Quotes follow RFC 4180, except that a field must end on its line. The range of a quoted field is what lies between
/// its quotes, so that the byte before the range tells a quoted field.
struct CSVFields {
  /// Why a line cannot be split.
  enum Flaw {
    /// A quoted field does not end on the line.
    case openQuote
    /// Something other than the delimiter follows a closing quote.
    case textAfterQuote
  }

  /// The separator, of one byte.
  let delimiter: UInt8
  /// The fields of the line split last.
  private(set) var ranges: [Range<Int>] = []

  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// Splits a line into at most `limit` fields; what follows them is not looked at.
  mutating func split(_ bytes: Span<UInt8>, _ line: Range<Int>, limit: Int = .max) -> Flaw? {
    splitPlain(bytes, line, limit: limit) ? nil : splitQuoted(bytes, line, limit: limit)
  }

  /// Whether the line that was split says anything behind so many fields: delimiters alone do not. Where quotes come before that, behind
  /// the fields that were asked for, it is not looked at.
  func hasSurplus(behind count: Int, _ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    guard var index = ranges.last?.upperBound else { return false }
    if index < line.upperBound, bytes[index] == UInt8(ascii: "\"") { index += 1 }
    var fields = ranges.count
    while index < line.upperBound {
      switch bytes[index] {
      case delimiter: fields += 1
      case UInt8(ascii: " "): break
      case UInt8(ascii: "\""): if fields <= count { return false }
      default: if fields > count { return true }
      }
      index += 1
    }
    return false
  }

  /// Splits at every delimiter, eight bytes at a time; returns `false` at the first field in quotes.
  private mutating func splitPlain(_ bytes: Span<UInt8>, _ line: Range<Int>, limit: Int) -> Bool {
    ranges.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    var index = start
    while index + 8 <= line.upperBound {
      var marks = ByteWord(bytes, at: index).marks(of: delimiter)
      while marks != 0 {
        let end = index + marks.trailingZeroBitCount / 8
        guard bytes[start] != UInt8(ascii: "\"") else { return false }
        ranges.append(start..<end)
        if ranges.count == limit { return true }
        start = end + 1
        marks &= marks &- 1
      }
      index += 8
    }
    while index <= line.upperBound {
      if index == line.upperBound || bytes[index] == delimiter {
        guard start == index || bytes[start] != UInt8(ascii: "\"") else { return false }
        ranges.append(start..<index)
        if ranges.count == limit { return true }
        start = index + 1
      }
      index += 1
    }
    return true
  }

  private mutating func splitQuoted(_ bytes: Span<UInt8>, _ line: Range<Int>, limit: Int) -> Flaw? {
    ranges.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    let end = line.upperBound
    while true {
      var index = start
      if index < end, bytes[index] == UInt8(ascii: "\"") {
        guard let close = closingQuote(bytes, index + 1..<end) else { return .openQuote }
        ranges.append(index + 1..<close)
        index = close + 1
        if index < end, bytes[index] != delimiter { return .textAfterQuote }
      } else {
        while index < end, bytes[index] != delimiter { index += 1 }
        ranges.append(start..<index)
      }
      if index >= end || ranges.count == limit { return nil }
      start = index + 1
    }
  }

  private func closingQuote(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index < range.upperBound {
      if bytes[index] == UInt8(ascii: "\"") {
        guard index + 1 < range.upperBound, bytes[index + 1] == UInt8(ascii: "\"") else { return index }
        index += 1
      }
      index += 1
    }
    return nil
  }

  /// The text of a field, doubled quotes undone, or `nil` where it is not UTF-8.
  static func text(_ bytes: Span<UInt8>, _ field: Range<Int>) -> String? {
    guard let text = ByteText.valid(bytes, field) else { return nil }
    guard field.lowerBound > 0, bytes[field.lowerBound - 1] == UInt8(ascii: "\"") else { return text }
    return text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }
}
