import Foundation
import Testing
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// What schedules are at a moment and when that changes, held against a calendar that is asked minute by minute.
@Suite struct ScheduleChangeTests {
  private static let zones = [
    "Europe/Prague", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
    "America/Santiago",
    "Pacific/Apia", "Africa/Monrovia", "UTC",
  ]
  private static let minute: Int64 = 60_000

  /// Whether a moment is in an interval, by the parts of a date that Foundation's calendar gives.
  private func contains(_ interval: Schedule.Interval, _ moment: Int64) throws -> Bool {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = interval.zone
    let date = Date(timeIntervalSince1970: Double(moment) / 1000)
    let parts = calendar.dateComponents([.year, .month, .day, .weekday, .hour, .minute], from: date)
    let minute = try #require(parts.hour) * 60 + #require(parts.minute)
    guard interval.times.isEmpty || interval.times.contains(where: { $0.contains(minute) }) else { return false }
    for (ranges, value) in [
      (interval.weekdays, try #require(parts.weekday) - 1), (interval.months, try #require(parts.month)),
      (interval.years, try #require(parts.year)),
    ] where !ranges.isEmpty && !ranges.contains(where: { $0.contains(value) }) { return false }
    guard !interval.daysOfMonth.isEmpty else { return true }
    let (day, count) = (try #require(parts.day), try #require(calendar.range(of: .day, in: .month, for: date)?.count))
    return interval.daysOfMonth.contains { days in
      (days.first < 0 ? count + 1 + days.first : days.first) <= day
        && day <= (days.last < 0 ? count + 1 + days.last : days.last)
    }
  }

  private func contains(_ schedule: Schedule, _ moment: Int64) throws -> Bool {
    for interval in schedule.intervals where try contains(interval, moment) { return true }
    return schedule.calendars.contains { $0.contains(moment) }
  }

  /// A synthetic schedule of up to three intervals and, now and then, a calendar.
  private func schedule(_ dice: inout SeededGenerator) throws -> Schedule {
    func zone() throws -> TimeZone {
      try #require(TimeZone(identifier: Self.zones.randomElement(using: &dice) ?? "UTC"))
    }
    var schedule = Schedule(name: "it", intervals: [])
    for _ in 0..<Int.random(in: 1...3, using: &dice) {
      var interval = Schedule.Interval(zone: try zone())
      for _ in 0..<Int.random(in: 0...2, using: &dice) {
        let start = Int.random(in: 0..<1440, using: &dice)
        interval.times.append(start..<Int.random(in: start + 1...1440, using: &dice))
      }
      func range(_ values: ClosedRange<Int>) -> ClosedRange<Int> {
        let first = Int.random(in: values, using: &dice)
        return first...Int.random(in: first...values.upperBound, using: &dice)
      }
      if Bool.random(using: &dice) { interval.weekdays = [range(0...6)] }
      if Int.random(in: 0..<4, using: &dice) == 0 { interval.months = [range(1...12)] }
      if Int.random(in: 0..<4, using: &dice) == 0 {
        interval.daysOfMonth = [Schedule.Interval.Days(first: Int.random(in: 1...20, using: &dice), last: -3)]
      }
      schedule.intervals.append(interval)
    }
    guard Int.random(in: 0..<3, using: &dice) == 0 else { return schedule }
    let day = Int.random(in: 10...28, using: &dice)
    let text = """
      BEGIN:VCALENDAR
      BEGIN:VEVENT
      DTSTART;VALUE=DATE:201103\(day)
      RRULE:FREQ=MONTHLY
      END:VEVENT
      BEGIN:VEVENT
      DTSTART;TZID=Europe/Prague:201103\(day)T223000
      DURATION:PT3H
      RRULE:FREQ=WEEKLY
      END:VEVENT
      END:VCALENDAR
      """
    schedule.calendars = [try Schedule.Events(Array(text.utf8), file: "x.ics", zone: try zone())]
    return schedule
  }

  /// Near a change of clocks as often as not; to the millisecond.
  private func moment(_ dice: inout SeededGenerator, near zone: TimeZone) -> Int64 {
    // From 2011, when Samoa left a day out, to 2037.
    let moment = Int64.random(in: 1_300_000_000_000...2_145_000_000_000, using: &dice)
    guard Bool.random(using: &dice),
      let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(moment) / 1000))
    else { return moment }
    return Int64(change.timeIntervalSince1970) * 1000 + Int64.random(in: -90_000_000...7_200_000, using: &dice)
  }

  @Test(arguments: Seeds.first(60))
  func `a moment is in an interval as a calendar has it`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let schedule = try schedule(&dice)
    for _ in 0..<200 {
      let moment = moment(&dice, near: schedule.intervals[0].zone)
      #expect(schedule.contains(moment) == (try contains(schedule, moment)), "seed \(seed), at \(moment): \(schedule)")
    }
  }

  @Test(arguments: Seeds.first(80))
  func `the next change is that which is found minute by minute`(seed: UInt64) throws {
    var dice = SeededGenerator(seed: seed)
    let schedule = try schedule(&dice)
    for _ in 0..<2 {
      let moment = moment(&dice, near: schedule.intervals[0].zone)
      let found = schedule.nextChange(after: moment)
      // Minute by minute up to what is found, and for four days where that is later: a year of minutes takes too long.
      let isIn = try contains(schedule, moment)
      let end = min(found ?? .max, moment + 4 * 86_400_000)
      var next = (moment / Self.minute + 1) * Self.minute
      while next < end {
        #expect(
          try contains(schedule, next) == isIn, "seed \(seed): after \(moment), \(next) is otherwise: \(schedule)")
        next += Self.minute
      }
      guard let found else { continue }
      #expect(found > moment && found % Self.minute == 0 && found <= moment + 366 * 86_400_000, "seed \(seed)")
      #expect(
        try contains(schedule, found) != isIn, "seed \(seed): after \(moment), \(found) is not otherwise: \(schedule)")
    }
  }

  @Test(arguments: [
    // 29 March 2026: 01:59:59 is followed by 03:00:00. 25 October: what is left at 03:00 comes again.
    (150..<240, "2026-03-29T00:00:00Z", ["01:00", "02:00"]),
    (150..<180, "2026-10-25T00:00:00Z", ["00:30", "01:00", "01:30", "02:00"]),
  ])
  func `it changes where clocks are put over its beginning or its end`(
    minutes: Range<Int>, start: String, expected: [String]
  ) throws {
    var interval = Schedule.Interval(zone: try #require(TimeZone(identifier: "Europe/Prague")))
    interval.times = [minutes]
    let schedule = Schedule(name: "it", intervals: [interval])
    var (moment, found) = (try #require(Timestamp.milliseconds(start)), [String]())
    while found.count < expected.count, let next = schedule.nextChange(after: moment) {
      found.append(String(try #require(Timestamp.text(next)).dropFirst(11).prefix(5)))
      moment = next
    }
    #expect(found == expected)
  }

  @Test func `a change is found for a year, and not behind it`() throws {
    var interval = Schedule.Interval(zone: .gmt)
    interval.months = [2...2]
    interval.daysOfMonth = [Schedule.Interval.Days(first: 29, last: 29)]
    let leap = Schedule(name: "it", intervals: [interval])
    let day = try #require(Timestamp.milliseconds("2028-02-29T00:00:00Z"))
    let year: Int64 = 366 * 86_400_000
    #expect(leap.nextChange(after: day - year) == day && leap.nextChange(after: day - year - 1) == nil)
    #expect(leap.nextChange(after: day) == day + 86_400_000)
  }

  @Test func `ranges are put together where they touch, and found`() {
    let ranges = TimeRanges([30..<40, 0..<10, 10..<20, 15..<16, 50..<50, 35..<45])
    #expect((-5..<60).filter { ranges.contains($0) } == Array(0..<20) + Array(30..<45))
    #expect(ranges.bounds(in: 0..<45) == [0, 20, 30] && ranges.bounds(in: 20..<46) == [20, 30, 45])
    #expect(ranges.bounds(in: 21..<30).isEmpty && TimeRanges([7..<7]).isEmpty)
  }
}
