import CJansson

/// An array of a JSON document.
struct JSONArray: RandomAccessCollection {
  private let node: UnsafeMutablePointer<json_t>
  private let document: JSONDocument

  init(_ node: UnsafeMutablePointer<json_t>, of document: JSONDocument) {
    self.node = node
    self.document = document
  }

  var startIndex: Int { 0 }
  var endIndex: Int { json_array_size(node) }

  subscript(index: Int) -> JSONValue {
    guard let element = json_array_get(node, index) else { preconditionFailure("index \(index) is out of range") }
    return JSONValue(element, of: document)
  }
}
