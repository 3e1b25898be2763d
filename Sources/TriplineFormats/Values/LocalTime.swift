public import Foundation

/// Times as a clock on a wall shows them.
public struct LocalTime {
  private let format = DateFormatter()

  /// Writes times of a zone to the second, with its offset from UTC, unless another form of Unicode's date patterns is given.
  public init(_ zone: TimeZone, _ pattern: String = "yyyy-MM-dd HH:mm:ss xxx") {
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = zone
    format.dateFormat = pattern
  }

  /// The text of a moment in milliseconds UTC.
  public func text(_ moment: Int64) -> String {
    format.string(from: Date(timeIntervalSince1970: Double(moment) / 1000))
  }
}
