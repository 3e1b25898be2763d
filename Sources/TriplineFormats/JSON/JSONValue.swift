/// A JSON value (RFC 8259).
///
/// Foundation's reader passes numbers of 17 digits through decimal arithmetic and is then off by a unit in the last
/// place, which moves a corner away from the fix that lies on it. Here a number is what `strtod` makes of it.
enum JSONValue {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits.
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The number, of a number.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The text, of a string.
  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, of an array.
  var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members, of an object.
  var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// A number, also one written as text.
  var numberOrText: Double? {
    guard let string else { return number }
    let bytes = Array(string.utf8)
    return DecimalNumber.parse(bytes.span, bytes.indices)
  }

  /// An id: text that is not empty, or a number, whole ones without decimals.
  var identifier: String? {
    switch self {
    case .string(let text): text.isEmpty ? nil : text
    case .integer(let value): "\(value)"
    case .number(let value): Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    default: nil
    }
  }

  /// The value for a message, cut short.
  var brief: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let text): "\"\(text.prefix(40))\""
    case .array: "[…]"
    case .object: "{…}"
    }
  }
}
