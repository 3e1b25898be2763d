import Foundation
import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// C30: schedules that begin and end while a synthetic vehicle is inside, at midnight and where clocks change.
@Suite struct ScheduleTrapTests {
  private static func milliseconds(_ text: String) throws -> Int64 {
    Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970 * 1000)
  }

  /// A rule of entries that is told in one schedule of a zone alone.
  private static func rules(_ schedule: String, zone: String) -> String {
    """
    defaults: {timezone: \(zone)}
    schedules: {work: [\(schedule)]}
    rules: [{alert: In, when: {enter: {}}, active: [work]}]
    """
  }

  /// A service whose van is inside from a time on, half a minute after a fix outside; the second fix inside has it
  /// believed.
  private func service(
    _ schedule: String, zone: String = "Europe/Prague", entering time: String
  ) async throws -> (service: YardService, entry: Int64) {
    let entry = try Self.milliseconds(time)
    let service = try await YardService(Self.rules(schedule, zone: zone), at: entry - 60_000)
    let way =
      YardService.fixes(-60...(-30), inside: false, since: entry)
      + YardService.fixes(0...60, inside: true, since: entry)
    _ = try await service.pipeline.take(way, at: entry)
    return (service, entry)
  }

  /// Lets time go on to a moment, and says how many deliveries there are.
  private func told(_ service: YardService, at time: String) async throws -> Int {
    _ = try await service.pipeline.tick(at: try Self.milliseconds(time))
    return try service.told().count
  }

  @Test func `C30: a schedule that begins while the vehicle is inside has it told then, at that moment`() async throws {
    let (service, _) = try await service(
      "{times: [{start_time: '06:00', end_time: '18:00'}]}", entering: "2026-11-23T04:00:00Z")
    let alert = try #require(try service.alerts("In").first)
    #expect(alert.muting == "not in work")
    #expect(try service.store.holds(ofAlert: alert.id).map(\.reason) == ["not in work"])
    #expect(try await told(service, at: "2026-11-23T04:59:59Z") == 0)
    #expect(try await told(service, at: "2026-11-23T05:00:00Z") == 1)
    #expect(try await told(service, at: "2026-11-23T16:59:59Z") == 1, "and once")
  }

  @Test func `C30: who left before the schedule began is told of neither`() async throws {
    let (service, entry) = try await service(
      "{times: [{start_time: '06:00', end_time: '18:00'}]}", entering: "2026-11-23T04:00:00Z")
    _ = try await service.pipeline.take(YardService.fixes(90...300, inside: false, since: entry), at: entry + 300_000)
    #expect(try service.alerts("In").map { $0.resolvedAt != nil } == [true])
    #expect(try await told(service, at: "2026-11-23T05:00:00Z") == 0)
    #expect(try service.store.standing().isEmpty)
  }

  @Test func `C30: a schedule that ends while the vehicle is inside leaves nobody without the end`() async throws {
    let (service, entry) = try await service(
      "{times: [{start_time: '06:00', end_time: '18:00'}]}", entering: "2026-11-23T16:50:00Z")
    #expect(try service.told() == ["In van yard firing"])
    #expect(try await told(service, at: "2026-11-23T17:30:00Z") == 1)
    _ = try await service.pipeline.take(
      YardService.fixes(7200...7320, inside: false, since: entry), at: entry + 7_320_000)
    #expect(try service.told() == ["In van yard firing", "In van yard resolved"])
  }

  @Test(arguments: ["2026-11-23T22:59:15Z", "2026-11-23T22:59:45Z", "2026-11-23T23:00:15Z"])
  func `C30: midnight is no gap between two intervals that meet there`(time: String) async throws {
    let (service, _) = try await service(
      "{times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}]}", entering: time)
    #expect(try service.told() == ["In van yard firing"])
    #expect(try service.alerts("In").map(\.muting) == [nil])
  }

  @Test func `C30: the weekday is that of the zone, on both sides of midnight`() async throws {
    // Sunday night in London is Monday in Prague.
    let night = "2026-11-22T23:10:00Z"
    for (zone, count) in [("Europe/Prague", 1), ("Europe/London", 0)] {
      let (service, _) = try await service("{weekdays: [monday]}", zone: zone, entering: night)
      #expect(try service.told().count == count, "\(zone)")
    }
  }

  @Test func `C30: a schedule that begins in the hour that is left out begins when that hour would have been over`()
    async throws
  {
    // 02:30 is not there on this day: at 01:00Z clocks go from 02:00 to 03:00.
    let (service, _) = try await service(
      "{times: [{start_time: '02:30', end_time: '05:00'}]}", entering: "2026-03-29T00:40:00Z")
    #expect(try await told(service, at: "2026-03-29T00:59:59Z") == 0)
    #expect(try await told(service, at: "2026-03-29T01:00:00Z") == 1)
  }

  @Test func `C30: a schedule in the hour that comes twice is there twice`() async throws {
    let schedule = "{times: [{start_time: '02:30', end_time: '03:00'}]}"
    // 02:30 is at 00:30Z and again at 01:30Z.
    let (first, _) = try await service(schedule, entering: "2026-10-25T00:40:00Z")
    #expect(try first.told() == ["In van yard firing"])
    let (second, _) = try await service(schedule, entering: "2026-10-25T01:10:00Z")
    #expect(try await told(second, at: "2026-10-25T01:29:59Z") == 0)
    #expect(try await told(second, at: "2026-10-25T01:30:00Z") == 1)
  }
}
