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
    /// Whose zone is asked for in its place, if it has one.
    public var place: Place?

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
    public func contains(_ moment: Int64, zones: Zones = Zones()) -> Bool {
      let time = WallTime(moment, in: zone(among: zones))
      func isIn(_ ranges: [ClosedRange<Int>], _ value: Int) -> Bool {
        ranges.isEmpty || ranges.contains { $0.contains(value) }
      }
      guard times.isEmpty || times.contains(where: { $0.contains(time.minute) }) else { return false }
      let day = time.date
      guard isIn(weekdays, day.weekday), isIn(months, day.month), isIn(years, day.year) else { return false }
      return daysOfMonth.isEmpty || daysOfMonth.contains { $0.contains(day.day, ofDays: day.daysInMonth) }
    }

    /// The zone in which it is asked.
    func zone(among zones: Zones) -> TimeZone { zones.zone(of: place, otherwise: zone) }

    /// The times of a clock on the wall, in milliseconds since 1970, at which it may become otherwise: midnights, and
    /// where its times of a day begin and end.
    func bounds(in wallTimes: Range<Int64>) -> [Int64] {
      var bounds: [Int64] = []
      let minutes = [0] + times.flatMap { [$0.lowerBound, $0.upperBound] }
      for day in WallTime.dayNumber(of: wallTimes.lowerBound)...WallTime.dayNumber(of: wallTimes.upperBound) {
        bounds += minutes.map { day * WallTime.day + Int64($0) * 60_000 }.filter(wallTimes.contains)
      }
      return bounds
    }
  }
}
