import Foundation

extension Schedule {
  /// The first whole minute, in milliseconds UTC, at which it is otherwise than at a moment; `nil` where that does not
  /// come within a year.
  ///
  /// It is looked at only where it can become otherwise, and is as if each minute were looked at.
  public func nextChange(after moment: Int64, zones: Zones = Zones()) -> Int64? {
    let isIn = contains(moment, zones: zones)
    let last = moment + 366 * WallTime.day
    for day in WallTime.dayNumber(of: moment)...WallTime.dayNumber(of: last) {
      let times = day * WallTime.day..<(day + 1) * WallTime.day
      // What changes within a minute shows at the next whole one.
      let minutes = Set(bounds(in: times, zones).map { -WallTime.minutes(of: -$0) * 60_000 })
      for minute in minutes.sorted() where minute > moment && minute <= last {
        if contains(minute, zones: zones) != isIn { return minute }
      }
    }
    return nil
  }

  /// The moments of a day of UTC at which it may become otherwise.
  private func bounds(in times: Range<Int64>, _ zones: Zones) -> [Int64] {
    var bounds = calendars.flatMap { $0.moments.bounds(in: times) }
    for interval in intervals {
      bounds += Self.moments(in: times, interval.zone(among: zones)) { interval.bounds(in: $0) }
    }
    for calendar in calendars where !calendar.wallTimes.isEmpty {
      bounds += Self.moments(in: times, calendar.zone(among: zones)) { calendar.wallTimes.bounds(in: $0) }
    }
    return bounds
  }

  /// The moments of a day of UTC at which a clock on the wall comes to one of some times, or is changed.
  private static func moments(
    in times: Range<Int64>, _ zone: TimeZone, _ wallTimes: (Range<Int64>) -> [Int64]
  ) -> [Int64] {
    let first = WallTime.offset(at: times.lowerBound, in: zone)
    let last = WallTime.offset(at: times.upperBound, in: zone)
    func moments(_ offset: Int64) -> [Int64] {
      wallTimes(times.lowerBound + offset..<times.upperBound + offset).map { $0 - offset }
    }
    guard first != last else { return moments(first) }
    // Where it is looked for between a moment with the offset of before and a later one with another.
    var (before, after) = (times.lowerBound, times.upperBound)
    while after - before > 1 {
      let middle = before + (after - before) / 2
      if WallTime.offset(at: middle, in: zone) == first { before = middle } else { after = middle }
    }
    return moments(first) + moments(last) + [after]
  }
}
