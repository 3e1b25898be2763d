/// Text as it stands in a JSON document.
enum JSONText {
  /// A text in quotation marks.
  static func quoted(_ text: String) -> String { "\"\(escaped(text, quotes: true))\"" }

  /// Text without anything that ends a line or steers a terminal; quotation marks and backslashes are escaped if `quotes`.
  static func escaped(_ text: String, quotes: Bool = false) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"" where quotes, "\\" where quotes:
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      case "\n": escaped += "\\n"
      case "\r": escaped += "\\r"
      case "\t": escaped += "\\t"
      case _ where isControl(scalar):
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// Whether a scalar is a control character, or a separator that some programs take for the end of a line.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
  }
}
