/// An event of an iCalendar file, as far as it says when it is.
struct CalendarEvent: Sendable {
  /// The number of its first line.
  var line: Int
  /// What its exceptions know it by.
  var uid: String?
  /// When it begins.
  var start: CalendarTime
  /// How long it lasts.
  var length: CalendarLength
  /// When it comes again, if it does.
  var rule: RecurrenceRule?
  /// When it begins besides.
  var additions: [CalendarTime] = []
  /// When it does not begin after all.
  var exceptions: [CalendarTime] = []
  /// Which one of the times of the event with the same `uid` it takes the place of.
  var replaced: CalendarTime?
  /// Whether it does not take place.
  var isCancelled = false

  /// The times at which it begins, up to a last day, without its exceptions and other ones.
  func starts(through last: CalendarDay, without others: [CalendarTime]) -> [CalendarTime] {
    var starts = rule.map { $0.days(from: start.day, through: lastDay(of: $0, last)).map(start.on) } ?? [start]
    starts += additions
    let exceptions = exceptions + others
    guard !exceptions.isEmpty else { return starts }
    let days = Set(exceptions.filter { $0.second == nil }.map(\.day))
    let times = Set(exceptions.filter { $0.isAlike(start) }.map(\.milliseconds))
    return starts.filter { !days.contains($0.day) && !times.contains($0.milliseconds) }
  }

  /// The last day on which it may come again.
  private func lastDay(of rule: RecurrenceRule, _ last: CalendarDay) -> CalendarDay {
    guard let until = rule.until else { return last }
    // A time of one of them, or of neither, is taken as of the other.
    guard let second = until.second, start.second != nil else { return min(last, until.day) }
    guard let zone = start.zone else {
      return min(last, CalendarDay(number: until.day.number - (second < (start.second ?? 0) ? 1 : 0)))
    }
    let moment = CalendarTime(day: until.day, second: second, zone: until.zone ?? zone).milliseconds
    let day = WallTime(moment, in: zone).date
    return min(last, start.on(day).milliseconds <= moment ? day : CalendarDay(number: day.number - 1))
  }
}
