import CJansson

/// A value of a JSON document, which it keeps in memory.
package struct JSONValue {
  private let node: UnsafeMutablePointer<json_t>
  private let document: JSONDocument

  /// A node of a document.
  init(_ node: UnsafeMutablePointer<json_t>, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  private var type: json_type { node.pointee.type }

  /// Whether it is `null`.
  package var isNull: Bool { type == JSON_NULL }

  /// The number, of a number.
  package var number: Double? {
    switch type {
    case JSON_REAL: json_real_value(node)
    case JSON_INTEGER: Double(json_integer_value(node))
    default: nil
    }
  }

  /// The text, of a string.
  package var string: String? {
    guard type == JSON_STRING, let text = json_string_value(node) else { return nil }
    return Self.text(text, json_string_length(node))
  }

  /// The elements, of an array.
  package var array: JSONArray? { type == JSON_ARRAY ? JSONArray(node, of: document) : nil }

  /// The members, of an object.
  package var object: JSONObject? { type == JSON_OBJECT ? JSONObject(node, of: document) : nil }

  /// An id: text that is not empty, or a number, whole ones without decimals.
  package var identifier: String? {
    switch type {
    case JSON_STRING: string.flatMap { $0.isEmpty ? nil : $0 }
    case JSON_INTEGER: json_integer_value(node).description
    case JSON_REAL: Int64(exactly: json_real_value(node)).map { "\($0)" } ?? "\(json_real_value(node))"
    default: nil
    }
  }

  /// A text, a number or a truth value as text.
  package var scalar: String? {
    switch type {
    case JSON_TRUE: "true"
    case JSON_FALSE: "false"
    case JSON_STRING: string
    default: identifier
    }
  }

  /// The value for a message, cut short.
  package var brief: String {
    switch type {
    case JSON_NULL: "null"
    case JSON_TRUE: "true"
    case JSON_FALSE: "false"
    case JSON_INTEGER: "\(json_integer_value(node))"
    case JSON_REAL: "\(json_real_value(node))"
    case JSON_STRING: "\"\((string ?? "").prefix(40))\""
    case JSON_ARRAY: "[…]"
    default: "{…}"
    }
  }

  /// Text of jansson, which has checked that it is UTF-8.
  static func text(_ start: UnsafePointer<CChar>, _ count: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
