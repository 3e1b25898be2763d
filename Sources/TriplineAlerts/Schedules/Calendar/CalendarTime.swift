import Foundation

/// A day, or a time of a day, as an iCalendar file names it.
struct CalendarTime: Sendable, Hashable {
  /// The day.
  var day: CalendarDay
  /// Seconds since midnight; `nil` for the whole day.
  var second: Int?
  /// Its zone, or `nil` where it is what a clock on the wall shows, wherever that hangs.
  var zone: TimeZone?

  /// When it is: milliseconds UTC where it has a zone, otherwise milliseconds since 1970 of a clock on the wall.
  ///
  /// Of a time that clocks show twice it is the first, and one that is left out when they are changed is as much later
  /// as they are put forward: that is how Foundation reads them, and RFC 5545.
  var milliseconds: Int64 {
    guard let zone else { return wallMilliseconds }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let second = second ?? 0
    let parts = DateComponents(
      year: day.year, month: day.month, day: day.day, hour: second / 3600, minute: second / 60 % 60,
      second: second % 60)
    guard let date = calendar.date(from: parts) else { return wallMilliseconds }
    return Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  private var wallMilliseconds: Int64 { Int64(day.number) * WallTime.day + Int64(second ?? 0) * 1000 }

  /// The same time on another day.
  func on(_ day: CalendarDay) -> CalendarTime { CalendarTime(day: day, second: second, zone: zone) }

  /// When something is over that begins then.
  func end(after length: CalendarLength) -> Int64 {
    on(CalendarDay(number: day.number + length.days)).milliseconds + length.milliseconds
  }

  /// Whether it is of the same kind: a day, a time without a zone, or one with a zone.
  func isAlike(_ other: CalendarTime) -> Bool {
    (second == nil) == (other.second == nil) && (zone == nil) == (other.zone == nil)
  }
}
