import Foundation
import TriplineJSON

/// Times as the API writes them.
///
/// Version 2 answers in milliseconds since 1970; that version 3 does too is ASSUMED. Seconds are told by their size, and text
/// of ISO 8601 is read as well.
enum TimeText {
  /// A time in milliseconds UTC, of a number, a number as text, or a date as text; without a zone it is UTC.
  static func milliseconds(_ value: JSONValue) -> Int64? {
    if let number = value.number { return milliseconds(number) }
    guard let text = value.string else { return nil }
    if let number = Double(text) { return milliseconds(number) }
    return milliseconds(ofDate: text)
  }

  /// Of a number: milliseconds from 10¹¹ on, which is in 1973, seconds from 10⁸ on.
  static func milliseconds(_ number: Double) -> Int64? {
    switch number {
    case 1e11..<1e15: Int64(number.rounded())
    case 1e8..<1e11: Int64((number * 1000).rounded())
    default: nil
    }
  }

  private static func milliseconds(ofDate text: String) -> Int64? {
    let zoned = text.hasSuffix("Z") || text.dropFirst(10).contains { $0 == "+" || $0 == "-" }
    let full = (zoned ? text : text + "Z").replacing(" ", with: "T", maxReplacements: 1)
    let date =
      (try? Date(full, strategy: .iso8601))
      ?? (try? Date(full, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    return date.map { Int64(($0.timeIntervalSince1970 * 1000).rounded()) }
  }
}
