/// Text from ranges of bytes.
enum ByteText {
  /// The text of a range, or `nil` where it is not UTF-8.
  static func valid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
    guard let text = try? UTF8Span(validating: bytes.extracting(range)) else { return nil }
    return String(copying: text)
  }

  /// The text of a range for people: what is not UTF-8 becomes U+FFFD.
  static func repaired(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}
