import CRapidJSON

/// An object of a JSON document.
package struct JSONObject: Sequence {
  private let node: OpaquePointer
  private let document: JSONDocument

  init(_ node: OpaquePointer, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  /// The value of a key, or `nil` where the object does not have it.
  package subscript(key: String) -> JSONValue? {
    var key = key
    return key.withUTF8 { key in
      key.withMemoryRebound(to: CChar.self) { json_node_find(node, $0.baseAddress, $0.count) }
    }.map { JSONValue($0, of: document) }
  }

  /// A value that is known to be within an object, and is not kept in memory by itself.
  package struct Handle {
    fileprivate let node: OpaquePointer

    /// Whether it is `null`.
    package var isNull: Bool { json_node_kind(node) == .null }
  }

  /// The value of a handle, which came from this object or one of the same document.
  package subscript(handle: Handle) -> JSONValue { JSONValue(handle.node, of: document) }

  /// Hands out the members in the order of the document, with their keys as bytes: no text is made of them, and nothing is
  /// counted. A key that is there twice is handed out twice.
  package func forEachMember(_ body: (_ key: UnsafeRawBufferPointer, _ value: Handle) -> Void) {
    var key = json_text()
    for index in 0..<json_node_count(node) {
      guard let value = json_node_member(node, index, &key) else { continue }
      body(UnsafeRawBufferPointer(start: key.start, count: key.count), Handle(node: value))
    }
  }

  /// The members in the order of the document; a key that is there twice comes twice.
  package func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    (0..<json_node_count(node)).lazy.compactMap { index in
      var key = json_text()
      return json_node_member(node, index, &key).map { (key.string, JSONValue($0, of: document)) }
    }.makeIterator()
  }
}
