/// A day of the Gregorian calendar, wherever it is, from the year 1 on.
struct CalendarDay: Sendable, Hashable, Comparable {
  /// Days since 1 January 1970.
  let number: Int
  /// Its year.
  let year: Int
  /// Its month, from 1 on.
  let month: Int
  /// Its day of the month, from 1 on.
  let day: Int

  /// Days before each month of a year without a leap day.
  private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]
  /// Days from 1 January of the year 1 to 1 January 1970.
  private static let epoch = 719_162

  /// The day that lies so many days after 1 January 1970; before the year 1 it is the first day of that.
  init(number: Int) {
    let days = max(0, number + Self.epoch)
    // 400 years have 146,097 days: the guess is a year off at most.
    var year = days * 400 / 146_097 + 1
    if Self.daysBefore(year) > days { year -= 1 }
    if Self.daysBefore(year + 1) <= days { year += 1 }
    let dayOfYear = days - Self.daysBefore(year)
    var month = min(12, dayOfYear / 29 + 1)
    while Self.daysBefore(year, month) > dayOfYear { month -= 1 }
    self.number = days - Self.epoch
    self.year = year
    self.month = month
    day = dayOfYear - Self.daysBefore(year, month) + 1
  }

  /// The day of a date.
  ///
  /// - Precondition: there is such a day.
  init(year: Int, month: Int, day: Int) {
    precondition((1...12).contains(month) && day >= 1 && day <= Self.days(ofMonth: month, year), "there is no such day")
    self.year = year
    self.month = month
    self.day = day
    number = Self.daysBefore(year) + Self.daysBefore(year, month) + day - 1 - Self.epoch
  }

  /// A day that is written as `20261224`; `nil` where there is no such day.
  init?(_ text: Substring) {
    guard text.utf8.count == 8, text.utf8.allSatisfy({ (48...57).contains($0) }), let digits = Int(text) else {
      return nil
    }
    let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100)
    guard year >= 1, (1...12).contains(month), day >= 1, day <= Self.days(ofMonth: month, year) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Its day of the week, 0 for Sunday.
  var weekday: Int { ((number + 4) % 7 + 7) % 7 }
  /// How many days its month has.
  var daysInMonth: Int { Self.days(ofMonth: month, year) }
  /// The first day of its month.
  var monthStart: Int { number - day + 1 }
  /// The first day of its year, and that of the next one.
  var yearStarts: (own: Int, next: Int) { (Self.daysBefore(year) - Self.epoch, Self.daysBefore(year + 1) - Self.epoch) }

  static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }

  private static func daysBefore(_ year: Int) -> Int {
    let years = year - 1
    return years * 365 + years / 4 - years / 100 + years / 400
  }

  private static func daysBefore(_ year: Int, _ month: Int) -> Int {
    daysBefore[month - 1] + (month > 2 && isLeap(year) ? 1 : 0)
  }

  private static func days(ofMonth month: Int, _ year: Int) -> Int {
    daysBefore[month] - daysBefore[month - 1] + (month == 2 && isLeap(year) ? 1 : 0)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
}
