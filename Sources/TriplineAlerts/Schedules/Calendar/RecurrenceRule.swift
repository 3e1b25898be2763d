/// On which days something comes again (`RRULE` of RFC 5545), by arithmetic over days alone.
///
/// Foundation has such rules, too: on Linux some of them are never done with, and a 31st comes on the first day of the
/// next month where there is none.
struct RecurrenceRule: Sendable, Hashable {
  /// Of what it is each, or each so many.
  enum Frequency: String, Sendable, CaseIterable {
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
    case yearly = "YEARLY"
  }

  /// A day of the week.
  struct Weekday: Sendable, Hashable {
    /// Which one of its month or year, those below 0 counted from its end; `nil` for each.
    var ordinal: Int?
    /// 0 for Sunday.
    var weekday: Int
  }

  /// Of what it is each.
  var frequency: Frequency
  /// How many of those lie between, and one.
  var interval = 1
  /// How often it comes, the first time included; `nil` for always.
  var count: Int?
  /// The last time it may come; `nil` for always.
  var until: CalendarTime?
  /// The days of the week; none for all, or that of the first day.
  var weekdays: [Weekday] = []
  /// The months; none for all, or that of the first day.
  var months: [Int] = []
  /// The days of the month, those below 0 counted from its end; none for all, or that of the first day.
  var monthDays: [Int] = []
  /// The day that weeks begin with, 0 for Sunday.
  var weekStart = 1

  /// Comes again each day, week, month or year.
  init(_ frequency: Frequency) { self.frequency = frequency }

  /// The days on which it comes, up to a last one: the first, which is one of them whether or not the rule says so, and
  /// then those of the rule in their order.
  func days(from first: CalendarDay, through last: CalendarDay) -> [CalendarDay] {
    guard first <= last else { return [] }
    let rule = completed(by: first)
    var days = [first]
    var step = 0
    while true {
      let period = rule.period(step, from: first)
      guard period.lowerBound <= last.number else { return days }
      for number in period where number > first.number && number <= last.number {
        guard count.map({ days.count < $0 }) ?? true else { return days }
        let day = CalendarDay(number: number)
        if rule.has(day) { days.append(day) }
      }
      step += interval
    }
  }

  /// The rule with what the first day says that it does not say itself.
  private func completed(by first: CalendarDay) -> RecurrenceRule {
    guard weekdays.isEmpty && monthDays.isEmpty else { return self }
    var rule = self
    switch frequency {
    case .daily: break
    case .weekly: rule.weekdays = [Weekday(weekday: first.weekday)]
    case .monthly: rule.monthDays = [first.day]
    case .yearly:
      rule.monthDays = [first.day]
      if months.isEmpty { rule.months = [first.month] }
    }
    return rule
  }

  /// The days of the day, week, month or year that lies so many of them after that of the first day.
  private func period(_ step: Int, from first: CalendarDay) -> Range<Int> {
    switch frequency {
    case .daily: return first.number + step..<first.number + step + 1
    case .weekly:
      let start = first.number - (first.weekday - weekStart + 7) % 7 + step * 7
      return start..<start + 7
    case .monthly:
      let month = first.year * 12 + first.month - 1 + step
      let start = CalendarDay(year: month / 12, month: month % 12 + 1, day: 1)
      return start.number..<start.number + start.daysInMonth
    case .yearly:
      let starts = CalendarDay(year: first.year + step, month: 1, day: 1).yearStarts
      return starts.own..<starts.next
    }
  }

  private func has(_ day: CalendarDay) -> Bool {
    guard months.isEmpty || months.contains(day.month) else { return false }
    guard weekdays.isEmpty || weekdays.contains(where: { $0.weekday == day.weekday && isOrdinal($0.ordinal, day) })
    else { return false }
    guard !monthDays.isEmpty else { return true }
    let (number, count) = (day.day, day.daysInMonth)
    return monthDays.contains { $0 > 0 ? $0 == number : count + 1 + $0 == number }
  }

  /// Whether a day is the so-manieth of its day of the week, of the month or, where no month is named, of the year.
  private func isOrdinal(_ ordinal: Int?, _ day: CalendarDay) -> Bool {
    guard let ordinal else { return true }
    let isOfYear = frequency == .yearly && months.isEmpty
    let days =
      isOfYear ? day.yearStarts.own..<day.yearStarts.next : day.monthStart..<day.monthStart + day.daysInMonth
    return ordinal > 0
      ? (day.number - days.lowerBound) / 7 + 1 == ordinal : (days.upperBound - 1 - day.number) / 7 + 1 == -ordinal
  }
}
