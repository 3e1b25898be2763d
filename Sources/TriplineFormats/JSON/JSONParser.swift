/// Reads one JSON text from bytes, strictly by RFC 8259, to a depth of 64.
struct JSONParser {
  /// Where and why a text is not JSON.
  struct Failure: Error {
    /// Offset of the byte that does not fit.
    var offset: Int
    /// What is wrong there.
    var reason: String
  }

  private static let maximumDepth = 64

  private var index: Int
  private let end: Int

  private init(_ range: Range<Int>) {
    index = range.lowerBound
    end = range.upperBound
  }

  /// Reads the value that fills a range, white space around it aside.
  static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Failure) -> JSONValue {
    var parser = JSONParser(range)
    let value = try parser.value(bytes, depth: 0)
    parser.skipSpace(bytes)
    guard parser.index == parser.end else { throw parser.failure("there is more after the end of the value") }
    return value
  }

  private func failure(_ reason: String) -> Failure { Failure(offset: index, reason: reason) }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while index < end {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(Failure) -> JSONValue {
    skipSpace(bytes)
    guard index < end else { throw failure("the text ends too early") }
    guard depth < Self.maximumDepth else { throw failure("values are nested deeper than \(Self.maximumDepth)") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return try object(bytes, depth: depth)
    case UInt8(ascii: "["): return try array(bytes, depth: depth)
    case UInt8(ascii: "\""): return .string(try string(bytes))
    case UInt8(ascii: "t"): return try word("true", .bool(true), bytes)
    case UInt8(ascii: "f"): return try word("false", .bool(false), bytes)
    case UInt8(ascii: "n"): return try word("null", .null, bytes)
    default: return try number(bytes)
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue, _ bytes: Span<UInt8>) throws(Failure)
    -> JSONValue
  {
    let count = word.utf8CodeUnitCount
    guard index + count <= end else { throw failure("the text ends too early") }
    for offset in 0..<count where bytes[index + offset] != word.utf8Start[offset] {
      throw failure("a value is expected")
    }
    index += count
    return value
  }

  private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(Failure) -> JSONValue {
    var members: [String: JSONValue] = [:]
    index += 1
    skipSpace(bytes)
    if take(UInt8(ascii: "}"), bytes) { return .object(members) }
    repeat {
      skipSpace(bytes)
      guard index < end, bytes[index] == UInt8(ascii: "\"") else { throw failure("a key in quotes is expected") }
      let key = try string(bytes)
      skipSpace(bytes)
      guard take(UInt8(ascii: ":"), bytes) else { throw failure("a colon is expected") }
      members[key] = try value(bytes, depth: depth + 1)
      skipSpace(bytes)
    } while take(UInt8(ascii: ","), bytes)
    guard take(UInt8(ascii: "}"), bytes) else { throw failure("a comma or the end of the object is expected") }
    return .object(members)
  }

  private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(Failure) -> JSONValue {
    var elements: [JSONValue] = []
    index += 1
    skipSpace(bytes)
    if take(UInt8(ascii: "]"), bytes) { return .array(elements) }
    repeat {
      elements.append(try value(bytes, depth: depth + 1))
      skipSpace(bytes)
    } while take(UInt8(ascii: ","), bytes)
    guard take(UInt8(ascii: "]"), bytes) else { throw failure("a comma or the end of the list is expected") }
    return .array(elements)
  }

  private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard index < end, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func number(_ bytes: Span<UInt8>) throws(Failure) -> JSONValue {
    let start = index
    _ = take(UInt8(ascii: "-"), bytes)
    let first = index
    let whole = skipDigits(bytes)
    guard whole > 0 else { throw failure("a value is expected") }
    guard whole == 1 || bytes[first] != UInt8(ascii: "0") else { throw failure("a number starts with a zero") }
    var isInteger = true
    if take(UInt8(ascii: "."), bytes) {
      isInteger = false
      guard skipDigits(bytes) > 0 else { throw failure("digits are expected") }
    }
    if index < end, bytes[index] | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      index += 1
      if !take(UInt8(ascii: "+"), bytes) { _ = take(UInt8(ascii: "-"), bytes) }
      guard skipDigits(bytes) > 0 else { throw failure("digits are expected") }
    }
    if isInteger, whole <= 18 {
      var value: Int64 = 0
      for position in first..<index { value = value * 10 + Int64(bytes[position] - UInt8(ascii: "0")) }
      if value != 0 || first == start { return .integer(first == start ? value : -value) }
    }
    guard let value = DecimalNumber.parse(bytes, start..<index) else { throw failure("a number is expected") }
    return .number(value)
  }

  private mutating func skipDigits(_ bytes: Span<UInt8>) -> Int {
    let start = index
    while index < end, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
    return index - start
  }
}

extension JSONParser {
  private mutating func string(_ bytes: Span<UInt8>) throws(Failure) -> String {
    index += 1
    let start = index
    while index < end, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20 {
      index += 1
    }
    if index < end, bytes[index] == UInt8(ascii: "\"") {
      guard let text = ByteText.valid(bytes, start..<index) else { throw failure("a string is not UTF-8") }
      index += 1
      return text
    }
    return try escapedString(bytes, from: start)
  }

  private mutating func escapedString(_ bytes: Span<UInt8>, from start: Int) throws(Failure) -> String {
    var text: [UInt8] = []
    for position in start..<index { text.append(bytes[position]) }
    while index < end {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\""):
        guard let valid = ByteText.valid(text.span, text.indices) else { throw failure("a string is not UTF-8") }
        index += 1
        return valid
      case UInt8(ascii: "\\"):
        index += 1
        try escape(bytes, into: &text)
      case 0..<0x20:
        throw failure("a control character stands in a string")
      default:
        text.append(byte)
        index += 1
      }
    }
    throw failure("a string does not end")
  }

  private mutating func escape(_ bytes: Span<UInt8>, into text: inout [UInt8]) throws(Failure) {
    guard index < end else { throw failure("a string does not end") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try hexadecimal(bytes))
      if 0xD800..<0xDC00 ~= code, index + 1 < end, bytes[index] == UInt8(ascii: "\\"),
        bytes[index + 1] == UInt8(ascii: "u")
      {
        index += 2
        let low = UInt32(try hexadecimal(bytes))
        guard 0xDC00..<0xE000 ~= low else { throw failure("an escaped character is half of a pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("an escaped character is half of a pair") }
      text.append(contentsOf: String(scalar).utf8)
    default: throw failure("an escape is unknown")
    }
  }

  private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(Failure) -> UInt16 {
    guard index + 4 <= end else { throw failure("a string does not end") }
    var value: UInt16 = 0
    for _ in 0..<4 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(byte - UInt8(ascii: "a") + 10)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(byte - UInt8(ascii: "A") + 10)
      default: throw failure("four hexadecimal digits are expected")
      }
      index += 1
    }
    return value
  }
}
