import Foundation

/// Times as a clock on a wall shows them.
struct LocalTime {
  private let format = DateFormatter()

  /// Writes times of a zone, in a form of Unicode's date patterns.
  init(_ zone: TimeZone, _ pattern: String) {
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = zone
    format.dateFormat = pattern
  }

  /// The text of a moment in milliseconds UTC.
  func text(_ moment: Int64) -> String { format.string(from: Date(timeIntervalSince1970: Double(moment) / 1000)) }
}
