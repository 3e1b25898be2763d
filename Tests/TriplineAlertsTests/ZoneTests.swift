import Foundation
import Testing
import TriplineCore
import TriplineFormats

@testable import TriplineAlerts

/// Schedules that go by the zone of the vehicle or of the fence.
@Suite struct ZoneTests {
  private static let text = """
    version: 1
    defaults: {timezone: Europe/Prague}
    vehicle_zones: {van-7: Europe/Lisbon, '8': Asia/Kolkata}
    fences:
      - {id: depot, timezone: America/New_York, circle: {center: {lat: 40.7, lon: -74}, radius: 120m}}
      - {id: yard, circle: {center: {lat: 50, lon: 14}, radius: 120m}}
    schedules:
      home: [{times: [{start_time: '06:00', end_time: '07:00'}], location: vehicle}]
      there: [{times: [{start_time: '06:00', end_time: '07:00'}], location: fence}]
      holiday: {ics: holiday.ics, location: vehicle}
    rules:
      - {alert: Home, when: {enter: {}}, mute: [home]}
      - {alert: There, when: {enter: {}}, active: [there]}
      - {alert: Holiday, when: {enter: {}}, mute: [holiday]}
    """

  private func configuration(_ text: String = text) throws -> AlertConfiguration {
    try AlertConfiguration(text, file: "rules.yaml") { _ in
      Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260106\nEND:VEVENT\nEND:VCALENDAR".utf8)
    }
  }

  private func moment(_ text: String) throws -> Int64 { try #require(Timestamp.milliseconds(text)) }

  @Test(arguments: [
    // 6:30 in Lisbon, in Kolkata, and in Prague for who has no zone.
    ("van-7", "2026-01-05T06:30:00Z", true), ("van-7", "2026-01-05T05:30:00Z", false),
    ("8", "2026-01-05T01:00:00Z", true), ("8", "2026-01-05T05:30:00Z", false),
    ("9", "2026-01-05T05:30:00Z", true), ("9", "2026-01-05T06:30:00Z", false),
  ])
  func `it is asked what a clock at the vehicle's home shows`(vehicle: String, time: String, isMuted: Bool) throws {
    let rule = try configuration().rules[0]
    #expect((rule.muting(at: try moment(time), vehicle: vehicle, fence: "depot") != nil) == isMuted)
  }

  @Test(arguments: [
    ("depot", "2026-01-05T11:30:00Z", true), ("depot", "2026-01-05T05:30:00Z", false),
    ("yard", "2026-01-05T05:30:00Z", true), ("yard", "2026-01-05T11:30:00Z", false),
  ])
  func `it is asked what a clock at the fence shows`(fence: String, time: String, isTold: Bool) throws {
    let rule = try configuration().rules[1]
    #expect((rule.muting(at: try moment(time), vehicle: "van-7", fence: fence) == nil) == isTold)
  }

  @Test func `a day of a calendar is that of the vehicle`() throws {
    let rule = try configuration().rules[2]
    // The 6th has begun in Kolkata, and not in Prague.
    let time = try moment("2026-01-05T18:30:00Z")
    #expect(rule.muting(at: time, vehicle: "8") != nil && rule.muting(at: time, vehicle: "9") == nil)
    #expect(rule.muting(at: time) == nil)
    #expect(rule.muting(at: try moment("2026-01-05T23:00:00Z")) != nil)
  }

  @Test func `the next change is that in the zones that are asked for`() throws {
    let home = try #require(try configuration().schedules["home"])
    let zones = Schedule.Zones(vehicle: TimeZone(identifier: "Europe/Lisbon"))
    let start = try moment("2026-01-05T00:00:00Z")
    #expect(home.nextChange(after: start, zones: zones) == (try moment("2026-01-05T06:00:00Z")))
    #expect(home.nextChange(after: start) == (try moment("2026-01-05T05:00:00Z")))
  }

  @Test func `fences of other files name their zones by a property`() throws {
    var configuration = try configuration()
    func fence(_ id: String, _ zone: String) -> Fence {
      Fence(
        id: id, shape: .circle(center: Coordinate(latitude: 1, longitude: 1), radius: 10),
        attributes: ["timezone": zone])
    }
    // The first fence of an id is the one that counts.
    let problems = configuration.addZones(of: [
      fence("tokyo", "Asia/Tokyo"), fence("nowhere", "Europe/Prag"), fence("depot", "Asia/Tokyo"),
    ])
    #expect(problems.count == 1 && problems[0].hasPrefix("the fence nowhere: there is no time zone Europe/Prag;"))
    let (rule, time) = (configuration.rules[1], try moment("2026-01-05T21:30:00Z"))
    #expect(rule.muting(at: time, fence: "tokyo") == nil && rule.muting(at: time, fence: "depot") != nil)
  }

  @Test(arguments: [
    ("Europe/Lisbon", "Europe/Lisboa", "3:24: there is no time zone Europe/Lisboa"),
    ("timezone: America/New_York", "timezone: New York", "5:27: there is no time zone New York"),
    ("location: fence", "location: fences", "9:73: there is no time zone fences"),
  ])
  func `a zone that does not exist is told with its place`(text: String, mistake: String, message: String) throws {
    let changed = Self.text.replacing(text, with: mistake)
    #expect(changed != Self.text)
    let error = #expect(throws: ConfigurationError.self) { try configuration(changed) }
    let told = try #require(error).description
    #expect(told.contains(message), "\(told)")
  }
}
