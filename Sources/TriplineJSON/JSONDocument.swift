import CJansson

/// A JSON text (RFC 8259) in memory, read by jansson.
///
/// Foundation's reader passes numbers of 17 digits through decimal arithmetic and is then off by a unit in the last
/// place, which moves a corner away from the fix that lies on it; jansson's numbers are those of `strtod`. Of a key
/// that an object has twice the last value counts.
package final class JSONDocument {
  /// Where and why a text is not JSON.
  package struct Failure: Error {
    /// 1-based line of the place that does not fit.
    package var line: Int
    /// What is wrong there.
    package var reason: String
  }

  private let node: UnsafeMutablePointer<json_t>

  private init(_ node: UnsafeMutablePointer<json_t>) { self.node = node }

  deinit { json_decref(node) }

  /// Reads the value that fills a range, white space around it aside.
  ///
  /// Whole numbers are kept to the digit, as ids need it. Where one does not fit into 64 bits, all of the text's whole
  /// numbers become doubles.
  package static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Failure) -> JSONValue {
    let flags = Int(JSON_DECODE_ANY | JSON_ALLOW_NUL)
    var error = json_error_t()
    let node = bytes.extracting(range).withUnsafeBytes { text -> UnsafeMutablePointer<json_t>? in
      let start = text.baseAddress?.assumingMemoryBound(to: CChar.self)
      if let node = json_loadb(start, text.count, flags, &error) { return node }
      guard json_error_code(&error) == json_error_numeric_overflow else { return nil }
      return json_loadb(start, text.count, flags | Int(JSON_DECODE_INT_AS_REAL), &error)
    }
    guard let node else { throw Failure(line: Int(error.line), reason: reason(&error)) }
    return JSONValue(node, of: JSONDocument(node))
  }

  private static func reason(_ error: inout json_error_t) -> String {
    withUnsafeBytes(of: &error.text) { text in String(decoding: text.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
