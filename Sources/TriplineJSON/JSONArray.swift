import CJansson

/// An array of a JSON document.
package struct JSONArray: RandomAccessCollection {
  private let node: UnsafeMutablePointer<json_t>
  private let document: JSONDocument

  init(_ node: UnsafeMutablePointer<json_t>, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { json_array_size(node) }

  package subscript(index: Int) -> JSONValue {
    guard let element = json_array_get(node, index) else { preconditionFailure("index \(index) is out of range") }
    return JSONValue(element, of: document)
  }
}
