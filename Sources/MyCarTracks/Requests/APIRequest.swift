/// A request to an endpoint, without host and token.
struct APIRequest: Sendable {
  /// `GET` or `POST`.
  var method = "GET"
  /// The path below the base URL, like `/vehicles`.
  var path: String
  /// Names and values.
  var query: [(name: String, value: String)] = []
  /// The JSON body of a `POST`.
  var body: [UInt8] = []
  /// What it is for.
  var priority: RequestPriority

  /// Path and query as they stand in a URL.
  var target: String {
    guard !query.isEmpty else { return path }
    return path + "?" + query.map { "\(Self.escaped($0.name))=\(Self.escaped($0.value))" }.joined(separator: "&")
  }

  /// Text with all but letters, digits and `-._~,` escaped.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: ","):
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        escaped += byte < 16 ? "%0" + digits : "%" + digits
      }
    }
    return escaped
  }
}
