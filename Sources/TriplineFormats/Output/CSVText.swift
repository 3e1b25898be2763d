/// Text as it stands in a CSV file (RFC 4180).
public enum CSVText {
  /// A field, in quotes where it needs them.
  public static func field(_ text: String) -> String {
    var bytes: [UInt8] = []
    EventText.appendCSV(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
