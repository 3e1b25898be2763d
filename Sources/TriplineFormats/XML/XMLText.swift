/// Character references in XML text.
enum XMLText {
  /// Appends text to bytes, references undone unless it is literal; an unknown reference stays as it is.
  static func append(_ text: ArraySlice<UInt8>, isLiteral: Bool, to bytes: inout [UInt8]) {
    guard !isLiteral, text.contains(UInt8(ascii: "&")) else { return bytes.append(contentsOf: text) }
    var rest = text
    while let ampersand = rest.firstIndex(of: UInt8(ascii: "&")) {
      bytes.append(contentsOf: rest[..<ampersand])
      rest = rest[ampersand...]
      guard let semicolon = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
        let scalar = scalar(rest[ampersand + 1..<semicolon])
      else {
        bytes.append(UInt8(ascii: "&"))
        rest = rest.dropFirst()
        continue
      }
      bytes.append(contentsOf: String(scalar).utf8)
      rest = rest[(semicolon + 1)...]
    }
    bytes.append(contentsOf: rest)
  }

  private static func scalar(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
    switch String(decoding: name, as: UTF8.self) {
    case "amp": "&"
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    case let number where number.hasPrefix("#x"): UInt32(number.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    case let number where number.hasPrefix("#"): UInt32(number.dropFirst()).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }
}
