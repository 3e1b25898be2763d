import Foundation

/// What a clock on the wall shows at a moment.
struct WallTime: Sendable, Hashable {
  /// Milliseconds of a day.
  static let day: Int64 = 86_400_000

  /// Milliseconds since 1970 began on that clock, every day with 24 hours.
  var milliseconds: Int64

  /// The time that is shown in a zone at a moment in milliseconds UTC.
  init(_ moment: Int64, in zone: TimeZone) {
    milliseconds = moment + Self.offset(at: moment, in: zone)
  }

  /// How far clocks of a zone are ahead of UTC at a moment in milliseconds UTC, in milliseconds.
  static func offset(at moment: Int64, in zone: TimeZone) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment) / 1000))) * 1000
  }

  /// The number of the day that a time lies in, from 1970 on.
  static func dayNumber(of milliseconds: Int64) -> Int64 {
    milliseconds >= 0 ? milliseconds / day : (milliseconds + 1) / day - 1
  }

  /// Whole minutes before a time, from 1970 on.
  static func minutes(of milliseconds: Int64) -> Int64 {
    milliseconds >= 0 ? milliseconds / 60_000 : (milliseconds + 1) / 60_000 - 1
  }

  /// The day.
  var date: CalendarDay { CalendarDay(number: Int(Self.dayNumber(of: milliseconds))) }

  /// Whole minutes since midnight.
  var minute: Int { Int((milliseconds - Self.dayNumber(of: milliseconds) * Self.day) / 60_000) }
}
