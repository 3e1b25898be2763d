import CRapidJSON

/// A JSON text (RFC 8259) in memory, read by RapidJSON.
///
/// Foundation's reader passes numbers of 17 digits through decimal arithmetic and is then off by a unit in the last
/// place, which moves a corner away from the fix that lies on it; these are read by `std::from_chars`, and those of `strtod`. Of a
/// key that an object has twice the last value counts.
package final class JSONDocument {
  /// Where and why a text is not JSON.
  package struct Failure: Error {
    /// 1-based line of the place that does not fit.
    package var line: Int
    /// What is wrong there.
    package var reason: String
  }

  private let document: OpaquePointer

  private init(_ document: OpaquePointer) { self.document = document }

  deinit { json_document_free(document) }

  /// Reads the value that fills a range, white space around it aside.
  ///
  /// Whole numbers of up to 64 bits are kept to the digit, as ids need it. Arrays and objects may be 1,024 within each other.
  package static func parse(_ bytes: Span<UInt8>, _ range: Range<Int>) throws(Failure) -> JSONValue {
    var failure = json_failure()
    let read = bytes.extracting(range).withUnsafeBytes { text in
      json_document_read(text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count, &failure)
    }
    guard let read, let root = json_document_root(read) else {
      throw Failure(
        line: line(of: range.lowerBound + failure.offset, in: bytes), reason: String(cString: failure.reason))
    }
    return JSONValue(root, of: JSONDocument(read))
  }

  private static func line(of place: Int, in bytes: Span<UInt8>) -> Int {
    var line = 1
    for index in 0..<min(place, bytes.count) where bytes[index] == UInt8(ascii: "\n") { line += 1 }
    return line
  }
}
