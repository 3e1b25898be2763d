import CRapidJSON

/// An array of a JSON document.
package struct JSONArray: RandomAccessCollection {
  private let node: OpaquePointer
  private let document: JSONDocument

  init(_ node: OpaquePointer, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { json_node_count(node) }

  package subscript(index: Int) -> JSONValue {
    precondition(index >= 0 && index < endIndex, "index \(index) is out of range")
    return JSONValue(json_node_element(node, index), of: document)
  }
}
