/// Whether something is so, as text.
enum TruthValue {
  /// What can be written, for messages.
  static let words = "on or off, true or false, 1 or 0"

  /// The value of a text in any case; `nil` of any other one.
  static func parse(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "true", "on", "yes": true
    case "0", "false", "off", "no": false
    default: nil
    }
  }
}
