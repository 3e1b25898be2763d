import Foundation
import Testing
import TriplineFormats

@testable import TriplineAlerts

@Suite struct ScheduleTests {
  private func schedule(_ interval: String, zone: String = "Europe/Prague") throws -> Schedule {
    let text = """
      version: 1
      defaults: {timezone: \(zone)}
      schedules: {it: [\(interval)]}
      rules: [{alert: A, when: {enter: {}}}]
      """
    return try #require(try AlertConfiguration(text, file: "x").schedules["it"])
  }

  private func moment(_ text: String) throws -> Int64 { try #require(Timestamp.milliseconds(text)) }

  @Test(
    arguments: [
      // Monday to Friday, in summer time.
      ("2026-07-17T04:00:00Z", true), ("2026-07-17T03:59:59Z", false), ("2026-07-17T16:29:59Z", true),
      ("2026-07-17T16:30:00Z", false), ("2026-07-18T10:00:00Z", false), ("2026-01-16T05:00:00Z", true),
    ])
  func `times are those of a clock on the wall, the end not included`(text: String, isIn: Bool) throws {
    let work = try schedule("{weekdays: ['monday:friday'], times: [{start_time: '06:00', end_time: '18:30'}]}")
    #expect(work.contains(try moment(text)) == isIn)
  }

  @Test func `what is left out when summer time begins never comes, and what comes twice is there twice`() throws {
    let gap = try schedule("{times: [{start_time: '02:00', end_time: '03:00'}]}")
    // 29 March 2026: 01:59:59 is followed by 03:00:00.
    for minute in 0..<120 {
      #expect(!gap.contains(try moment("2026-03-29T00:30:00Z") + Int64(minute) * 60_000))
    }
    // 25 October 2026: the hour from 02:00 comes twice, from midnight UTC to 2:00.
    let start = try moment("2026-10-25T00:00:00Z")
    let minutes = (-60..<180).filter { gap.contains(start + Int64($0) * 60_000) }
    #expect(minutes == Array(0..<120))
  }

  @Test(
    arguments: [
      ("{days_of_month: ['-3:-1']}", ["2026-02-26", "2026-02-27", "2026-02-28"]),
      ("{days_of_month: ['27:-1']}", ["2026-02-27", "2026-02-28"]),
      ("{days_of_month: ['1:2'], months: ['february']}", ["2026-02-01", "2026-02-02"]),
      ("{weekdays: ['saturday', 'sunday'], days_of_month: ['7:8']}", ["2026-02-07", "2026-02-08"]),
      ("{years: ['2027']}", []),
    ])
  func `days of a month are counted from either end`(interval: String, days: [String]) throws {
    let schedule = try schedule(interval, zone: "UTC")
    let found = try (1...28).map { String(format: "2026-02-%02d", $0) }
      .filter { schedule.contains(try moment($0 + "T12:00:00Z")) }
    #expect(found == days)
  }

  @Test func `the next change is told to the minute`() throws {
    let work = try schedule("{weekdays: ['monday:friday'], times: [{start_time: '06:00', end_time: '18:30'}]}")
    // A Friday evening, and the weekend on which summer time begins.
    #expect(work.nextChange(after: try moment("2026-03-27T17:30:00Z")) == (try moment("2026-03-30T04:00:00Z")))
    #expect(work.nextChange(after: try moment("2026-03-30T04:00:00Z")) == (try moment("2026-03-30T16:30:00Z")))
    #expect(try schedule("{years: ['1970:9999']}").nextChange(after: 0) == nil)
  }
}
