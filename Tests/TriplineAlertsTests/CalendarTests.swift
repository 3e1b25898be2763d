import Foundation
import Testing
import TriplineFormats

@testable import TriplineAlerts

/// Calendars in the iCalendar format, all of them synthetic. `Tests/Foreign/check_calendars.py` holds drawn ones against
/// another reader.
@Suite struct CalendarTests {
  private func calendar(_ lines: String) -> [UInt8] {
    Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\n\(lines)\nEND:VEVENT\nEND:VCALENDAR\n".utf8)
  }

  private func events(_ lines: String, zone: String = "Europe/Prague") throws -> Schedule {
    let zone = try #require(TimeZone(identifier: zone))
    let events = try Schedule.Events(calendar(lines), file: "x.ics", zone: zone)
    return Schedule(name: "it", intervals: [], calendars: [events])
  }

  private func moment(_ text: String) throws -> Int64 { try #require(Timestamp.milliseconds(text)) }

  /// Its changes from a moment on, as texts to the minute.
  private func changes(_ schedule: Schedule, after text: String, _ count: Int) throws -> [String] {
    var (texts, last): ([String], Int64) = ([], try moment(text))
    while texts.count < count, let next = schedule.nextChange(after: last) {
      texts.append(String(try #require(Timestamp.text(next)).prefix(16)))
      last = next
    }
    return texts
  }

  @Test(arguments: [
    // Midnight to midnight in winter and in summer, on a day with 23 hours, and in a zone in which a day begins at 1:00.
    ("DTSTART;VALUE=DATE:20260106", "Europe/Prague", ["2026-01-05T23:00", "2026-01-06T23:00"]),
    ("DTSTART;VALUE=DATE:20260329", "Europe/Prague", ["2026-03-28T23:00", "2026-03-29T22:00"]),
    (
      "DTSTART;VALUE=DATE:20260705\nDTEND;VALUE=DATE:20260707", "Europe/Prague",
      ["2026-07-04T22:00", "2026-07-06T22:00"]
    ),
    ("DTSTART;VALUE=DATE:20260705\nDURATION:P1W", "Asia/Kolkata", ["2026-07-04T18:30", "2026-07-11T18:30"]),
    ("DTSTART;VALUE=DATE:20260705\nDTEND;VALUE=DATE:20260705", "UTC", ["2026-07-05T00:00", "2026-07-06T00:00"]),
    // Times of UTC, of a zone of their own, and without one.
    ("DTSTART:20260705T080000Z\nDTEND:20260705T093000Z", "Europe/Prague", ["2026-07-05T08:00", "2026-07-05T09:30"]),
    (
      "DTSTART;TZID=America/New_York:20260705T080000\nDURATION:PT1H", "Europe/Prague",
      ["2026-07-05T12:00", "2026-07-05T13:00"]
    ),
    (
      "DTSTART;TZID=\"America/New_York\":20260705T080000\nDTEND;TZID=Europe/Prague:20260705T150000", "UTC",
      ["2026-07-05T12:00", "2026-07-05T13:00"]
    ),
    ("DTSTART:20260705T080000\nDURATION:PT90M", "Europe/Prague", ["2026-07-05T06:00", "2026-07-05T07:30"]),
    // A time that is left out when clocks are put forward is an hour later; of one that comes twice it is the first.
    ("DTSTART;TZID=Europe/Prague:20260329T023000\nDURATION:PT15M", "UTC", ["2026-03-29T01:30", "2026-03-29T01:45"]),
    ("DTSTART;TZID=Europe/Prague:20261025T023000\nDURATION:PT15M", "UTC", ["2026-10-25T00:30", "2026-10-25T00:45"]),
    // A day of a time of a zone has as many hours as it has there.
    ("DTSTART;TZID=Europe/Prague:20260328T120000\nDURATION:P1D", "UTC", ["2026-03-28T11:00", "2026-03-29T10:00"]),
    // What lies within a minute counts for all of it.
    ("DTSTART:20260705T080030Z\nDTEND:20260705T080130Z", "UTC", ["2026-07-05T08:00", "2026-07-05T08:02"]),
  ])
  func `an event is from its beginning to its end, days in the zone of the schedule`(
    lines: String, zone: String, expected: [String]
  ) throws {
    #expect(try changes(events(lines, zone: zone), after: "2026-01-01T00:00:00Z", 3) == expected)
  }

  @Test func `a day that begins at one o'clock is a whole day nonetheless`() throws {
    // In 2018 clocks in Brazil were put forward at midnight.
    let schedule = try events("DTSTART;VALUE=DATE:20181104", zone: "America/Sao_Paulo")
    let expected = ["2018-11-04T03:00", "2018-11-05T02:00"]
    #expect(try changes(schedule, after: "2018-11-01T00:00:00Z", 3) == expected)
  }

  @Test(arguments: [
    ("FREQ=DAILY;INTERVAL=2;COUNT=3", "20260101", ["0101", "0103", "0105"]),
    ("FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20260112", "20260101", ["0101", "0105", "0108", "0112"]),
    // The example of RFC 5545: with weeks that begin on Sunday other days come than with those that begin on Monday.
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "20260106", ["0106", "0111", "0120", "0125"]),
    ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "20260106", ["0106", "0118", "0120", "0201"]),
    ("FREQ=MONTHLY;COUNT=4", "20260131", ["0131", "0331", "0531", "0731"]),
    ("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "20260131", ["0131", "0228", "0331"]),
    ("FREQ=MONTHLY;BYDAY=-1MO;COUNT=3", "20260126", ["0126", "0223", "0330"]),
    ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=3", "20260213", ["0213", "0313", "1113"]),
    ("FREQ=YEARLY;BYMONTH=5,9;BYDAY=1MO;COUNT=2", "20260504", ["0504", "0907"]),
    ("FREQ=YEARLY;BYDAY=20MO;COUNT=1", "20260518", ["0518"]),
    ("FREQ=DAILY;BYMONTH=2;COUNT=2", "20260101", ["0101", "0201"]),
  ])
  func `rules come on their days`(rule: String, start: String, days: [String]) throws {
    let schedule = try events("DTSTART;VALUE=DATE:\(start)\nRRULE:\(rule)", zone: "UTC")
    let first = try moment("2026-01-01T12:00:00Z")
    let found = (0..<365).filter { schedule.contains(first + Int64($0) * 86_400_000) }.map { number in
      let day = CalendarDay(number: CalendarDay(year: 2026, month: 1, day: 1).number + number)
      return String(format: "%02d%02d", day.month, day.day)
    }
    #expect(found == days)
  }

  @Test func `a leap day comes in leap years, and what is for always comes until 2100`() throws {
    let leap = try events("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", zone: "UTC")
    let years = (2024...2101).filter { year in
      leap.contains(Int64(CalendarDay(year: year, month: 2, day: 28).number) * 86_400_000 + 86_400_000)
        && leap.contains(Int64(CalendarDay(year: year, month: 3, day: 1).number) * 86_400_000 - 1)
    }
    #expect(years == Array(stride(from: 2024, to: 2100, by: 4)))
    let always = try events("DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=YEARLY", zone: "UTC")
    #expect(always.contains(0))
    #expect(always.contains(try moment("2100-01-01T12:00:00Z")))
    #expect(!always.contains(try moment("2101-01-01T12:00:00Z")))
  }

  @Test func `until a time of UTC is until that time in the zone of the event`() throws {
    func days(_ until: String) throws -> Int {
      let schedule = try events(
        "DTSTART;TZID=America/New_York:20260105T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=\(until)")
      return try changes(schedule, after: "2026-01-01T00:00:00Z", 20).count / 2
    }
    // 20:00 in New York is 1:00 UTC on the next day.
    #expect(try days("20260108T005959Z") == 2)
    #expect(try days("20260108T010000Z") == 3)
    #expect(try days("20260108") == 4)
  }

  @Test func `what is left out, added, moved or cancelled is so`() throws {
    let text = """
      BEGIN:VCALENDAR\r
      BEGIN:VTIMEZONE\r
      TZID:Europe/Prague\r
      BEGIN:STANDARD\r
      DTSTART:19701025T030000\r
      END:STANDARD\r
      END:VTIMEZONE\r
      BEGIN:VEVENT\r
      UID:a\r
      DTSTART;VALUE=DATE:20260101\r
      RRULE:FREQ=DAILY;COUNT=6\r
      EXDATE;VALUE=DATE:20260102,20260103\r
      RDATE;VALUE=DATE:20260120\r
      SUMMARY:so long that it is fo\r
       lded\\, and in it DTSTART:20200101T000000Z\r
      BEGIN:VALARM\r
      DURATION:nonsense\r
      END:VALARM\r
      END:VEVENT\r
      BEGIN:VEVENT\r
      UID:a\r
      RECURRENCE-ID;VALUE=DATE:20260104\r
      DTSTART;VALUE=DATE:20260110\r
      END:VEVENT\r
      BEGIN:VEVENT\r
      UID:a\r
      RECURRENCE-ID;VALUE=DATE:20260105\r
      DTSTART;VALUE=DATE:20260105\r
      STATUS:CANCELLED\r
      END:VEVENT\r
      BEGIN:VEVENT\r
      DTSTART;VALUE=DATE:20260125\r
      STATUS:CANCELLED\r
      END:VEVENT\r
      END:VCALENDAR\r\n
      """
    let events = try Schedule.Events(Array(text.utf8), file: "x.ics", zone: .gmt)
    let days = (1...31).filter {
      events.contains(Int64(CalendarDay(year: 2026, month: 1, day: $0).number) * 86_400_000)
    }
    #expect(days == [1, 6, 10, 20])
  }

  /// Lines of an event, whose first one is the third of the file, and what is said of them.
  static let mistakes: [(String, String)] = [
    ("SUMMARY:x", "x.ics:2: the event has no DTSTART"),
    ("DTSTART;VALUE=DATE:20260231", "x.ics:3: 20260231 of DTSTART is no day"),
    ("DTSTART:20260201", "x.ics:3: 20260201 of DTSTART is no time"),
    ("DTSTART;TZID=Central Europe Standard Time:20260201T000000", "x.ics:3: the TZID Central Europe Standard Time"),
    ("DTSTART;VALUE=DATE:20260201\nDTEND;VALUE=DATE:20260131", "x.ics:4: DTEND is before DTSTART"),
    ("DTSTART;VALUE=DATE:20260201\nDTEND:20260202T000000Z", "x.ics:4: DTEND has to be of the kind of DTSTART"),
    ("DTSTART;VALUE=DATE:20260201\nDURATION:PT1H", "x.ics:4: DURATION of an event of whole days"),
    ("DTSTART:20260201T000000Z\nDURATION:-PT1H", "x.ics:4: -PT1H of DURATION is no length of time"),
    ("DTSTART:20260201T000000Z\nDURATION:PT", "x.ics:4: PT of DURATION is no length of time"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=HOURLY", "x.ics:4: FREQ=HOURLY is not supported"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=YEARLY;BYSETPOS=1", "x.ics:4: BYSETPOS of RRULE is not supported"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=YEARLY;BYWEEKNO=1", "x.ics:4: BYWEEKNO of RRULE is not supported"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=WEEKLY;BYDAY=1MO", "x.ics:4: BYDAY has numbers only"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=WEEKLY;BYDAY=MX", "x.ics:4: MX of BYDAY is no day"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=DAILY;COUNT=0", "x.ics:4: COUNT has to be a whole number from 1"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:COUNT=2", "x.ics:4: RRULE needs a FREQ"),
    ("DTSTART;VALUE=DATE:20260201\nRRULE:FREQ=DAILY;COUNT=2;UNTIL=20260301", "x.ics:4: RRULE has a COUNT and an UNTIL"),
    ("DTSTART;VALUE=DATE:20260201\nEXRULE:FREQ=DAILY", "x.ics:4: EXRULE is not supported"),
    ("DTSTART;VALUE=DATE:20260201\nRDATE;VALUE=PERIOD:20260201T000000Z/PT1H", "x.ics:4: RDATE with VALUE=PERIOD"),
    ("DTSTART:20260201T000000Z\nEXDATE:20260201T000000", "x.ics:4: EXDATE has to be a day, or of the kind"),
    ("DTSTART;VALUE=DATE:20260201\nDTSTART;VALUE=DATE:20260202", "x.ics:4: a second DTSTART of an event"),
    ("DTSTART;VALUE=DATE:20260201\nEND:VEVENT\nBEGIN:VEVENT", "x.ics:5: the event has no DTSTART"),
    ("DTSTART;VALUE=DATE:20260201\nno line", "x.ics:4: this is no line of an iCalendar file"),
    ("DTSTART;VALUE=DATE:20260201\nEND:VTODO", "x.ics:4: END:VTODO has no BEGIN"),
  ]

  @Test(arguments: mistakes)
  func `a mistake and what is not supported is told with its line`(lines: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try events(lines) }
    let told = try #require(error).description
    #expect(told.hasPrefix(message), "\(told)")
  }

  @Test(arguments: [
    ("", "has to begin with BEGIN:VCALENDAR"), ("<html>", "no line of an iCalendar file"),
    ("BEGIN:VCALENDAR\nEND:VCALENDAR", "the calendar has no event"),
    ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260201", "x.ics:2: BEGIN:VEVENT has no END"),
  ])
  func `what is no calendar is refused`(text: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Schedule.Events(Array(text.utf8), file: "x.ics", zone: .gmt)
    }
    let told = try #require(error).description
    #expect(told.contains(message), "\(told)")
  }

  @Test func `a file of rules names calendars, alone and beside intervals, and files are asked for by their names`()
    throws
  {
    let text = """
      version: 1
      defaults: {timezone: Asia/Kolkata}
      schedules:
        holidays: {ics: calendars/holidays.ics}
        free: [{ics: [calendars/holidays.ics], location: UTC}, {weekdays: [sunday]}]
      rules: [{alert: A, when: {enter: {}}, mute: [holidays]}]
      """
    let bytes = calendar("DTSTART;VALUE=DATE:20260106")
    let read = { (name: String) in name == "calendars/holidays.ics" ? bytes : [] }
    let configuration = try AlertConfiguration(text, file: "rules.yaml", files: read)
    let holidays = try #require(configuration.schedules["holidays"])
    #expect(try changes(holidays, after: "2026-01-01T00:00:00Z", 3) == ["2026-01-05T18:30", "2026-01-06T18:30"])
    let free = try #require(configuration.schedules["free"])
    #expect(free.contains(try moment("2026-01-06T23:59:00Z")))
    #expect(free.contains(try moment("2026-01-04T12:00:00Z")))
    #expect(configuration.rules[0].muting(at: try moment("2026-01-06T00:00:00Z")) == "muted by holidays")
  }

  @Test func `a calendar that is not there, or has a mistake, is told where it is named or where that is`() throws {
    let text = "version: 1\nschedules: {it: {ics: none.ics}}\nrules: [{alert: A, when: {enter: {}}}]"
    let refused = #expect(throws: ConfigurationError.self) { try AlertConfiguration(text, file: "rules.yaml") }
    #expect(try #require(refused).description.hasPrefix("rules.yaml:2:23: none.ics: files are not read here."))
    let wrong = #expect(throws: ConfigurationError.self) {
      try AlertConfiguration(text, file: "rules.yaml") { _ in self.calendar("DTSTART:soon") }
    }
    #expect(try #require(wrong).description.hasPrefix("none.ics:3: soon of DTSTART is no time"))
    let unknown = text.replacing("none.ics", with: "none.ics, weekdays: [sunday]")
    let mixed = #expect(throws: ConfigurationError.self) {
      try AlertConfiguration(unknown, file: "rules.yaml") { _ in self.calendar("DTSTART:20260101T000000Z") }
    }
    #expect(try #require(mixed).description.contains("a calendar has no weekdays; there are ics, location"))
  }
}
