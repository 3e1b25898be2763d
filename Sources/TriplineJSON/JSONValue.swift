import CRapidJSON

/// A value of a JSON document, which it keeps in memory.
package struct JSONValue {
  private let node: OpaquePointer
  private let document: JSONDocument

  /// A node of a document.
  init(_ node: OpaquePointer, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  private var kind: json_kind { json_node_kind(node) }

  /// Whether it is `null`.
  package var isNull: Bool { kind == .null }

  /// The number, of a number.
  package var number: Double? {
    switch kind {
    case .integer, .real: json_node_number(node)
    default: nil
    }
  }

  /// The text, of a string.
  package var string: String? {
    kind == .string ? json_node_text(node).string : nil
  }

  /// The elements, of an array.
  package var array: JSONArray? { kind == .array ? JSONArray(node, of: document) : nil }

  /// The members, of an object.
  package var object: JSONObject? { kind == .object ? JSONObject(node, of: document) : nil }

  /// An id: text that is not empty, or a number, whole ones without decimals.
  package var identifier: String? {
    switch kind {
    case .string: string.flatMap { $0.isEmpty ? nil : $0 }
    case .integer: json_node_integer(node).description
    case .real: Int64(exactly: json_node_number(node)).map { "\($0)" } ?? "\(json_node_number(node))"
    default: nil
    }
  }

  /// A text, a number or a truth value as text.
  package var scalar: String? {
    switch kind {
    case .true: "true"
    case .false: "false"
    case .string: string
    default: identifier
    }
  }

  /// The value for a message, cut short.
  package var brief: String {
    switch kind {
    case .null: "null"
    case .true: "true"
    case .false: "false"
    case .integer: "\(json_node_integer(node))"
    case .real: "\(json_node_number(node))"
    case .string: "\"\((string ?? "").prefix(40))\""
    case .array: "[…]"
    default: "{…}"
    }
  }
}

extension json_text {
  /// The text, which is known to be UTF-8.
  var string: String { String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self) }
}
