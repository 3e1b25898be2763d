import CJansson

/// An object of a JSON document.
package struct JSONObject: Sequence {
  private let node: UnsafeMutablePointer<json_t>
  private let document: JSONDocument

  init(_ node: UnsafeMutablePointer<json_t>, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  /// The value of a key, or `nil` where the object does not have it.
  package subscript(key: String) -> JSONValue? {
    var key = key
    return key.withUTF8 { key in
      key.withMemoryRebound(to: CChar.self) { json_object_getn(node, $0.baseAddress, $0.count) }
    }.map { JSONValue($0, of: document) }
  }

  /// A value that is known to be within an object, and is not kept in memory by itself.
  package struct Handle {
    fileprivate let node: UnsafeMutablePointer<json_t>

    /// Whether it is `null`.
    package var isNull: Bool { node.pointee.type == JSON_NULL }
  }

  /// The value of a handle, which came from this object or one of the same document.
  package subscript(handle: Handle) -> JSONValue { JSONValue(handle.node, of: document) }

  /// Hands out the members in the order of the document, with their keys as bytes: no text is made of them, and nothing is
  /// counted.
  package func forEachMember(_ body: (_ key: UnsafeRawBufferPointer, _ value: Handle) -> Void) {
    var position = json_object_iter(node)
    while let current = position, let key = json_object_iter_key(current), let value = json_object_iter_value(current) {
      body(
        UnsafeRawBufferPointer(start: key, count: json_object_iter_key_len(current)), Handle(node: value))
      position = json_object_iter_next(node, current)
    }
  }

  /// The members in the order of the document.
  package func makeIterator() -> some IteratorProtocol<(key: String, value: JSONValue)> {
    sequence(state: json_object_iter(node)) { position in
      guard let current = position, let key = json_object_iter_key(current), let value = json_object_iter_value(current)
      else { return nil }
      position = json_object_iter_next(node, current)
      return (JSONValue.text(key, json_object_iter_key_len(current)), JSONValue(value, of: document))
    }
  }
}
