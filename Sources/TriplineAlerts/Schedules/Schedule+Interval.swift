public import Foundation

extension Schedule {
  /// Times that come again, as Alertmanager's `time_intervals` write them: a moment is in an interval if it is in one of the
  /// values of each field that is given.
  public struct Interval: Sendable, Hashable {
    /// Minutes of the day, from the first up to the second, which does not belong to it any more.
    public var times: [Range<Int>] = []
    /// Days of the week, 0 for Sunday.
    public var weekdays: [ClosedRange<Int>] = []
    /// Days of the month.
    public var daysOfMonth: [Days] = []
    /// Months, from 1 on.
    public var months: [ClosedRange<Int>] = []
    /// Years.
    public var years: [ClosedRange<Int>] = []
    /// Where it is that time.
    public var zone: TimeZone

    /// Days of a month, the last one included; those below 0 are counted from its end, -1 for the last.
    public struct Days: Sendable, Hashable {
      /// The first of them.
      public var first: Int
      /// The last of them.
      public var last: Int

      /// Creates a range of days.
      public init(first: Int, last: Int) {
        self.first = first
        self.last = last
      }

      func contains(_ day: Int, ofDays count: Int) -> Bool {
        func number(_ day: Int) -> Int { day < 0 ? count + 1 + day : day }
        return number(first) <= day && day <= number(last)
      }
    }

    /// All of the time, of a zone.
    public init(zone: TimeZone) { self.zone = zone }

    /// Whether a moment, in milliseconds UTC, is in it.
    ///
    /// What is asked is what a clock on the wall shows: in the hour that comes twice when summer time ends, a time comes twice,
    /// and one that is left out when it begins never comes.
    public func contains(_ moment: Int64) -> Bool {
      var calendar = Calendar(identifier: .gregorian)
      calendar.timeZone = zone
      let date = Date(timeIntervalSince1970: Double(moment) / 1000)
      let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: date)
      guard let year = parts.year, let month = parts.month, let day = parts.day, let weekday = parts.weekday,
        let hour = parts.hour, let minute = parts.minute
      else { return false }
      func isIn(_ ranges: [ClosedRange<Int>], _ value: Int) -> Bool {
        ranges.isEmpty || ranges.contains { $0.contains(value) }
      }
      guard times.isEmpty || times.contains(where: { $0.contains(hour * 60 + minute) }), isIn(weekdays, weekday - 1),
        isIn(months, month), isIn(years, year)
      else { return false }
      guard !daysOfMonth.isEmpty else { return true }
      let count = calendar.range(of: .day, in: .month, for: date)?.count ?? 31
      return daysOfMonth.contains { $0.contains(day, ofDays: count) }
    }
  }
}
