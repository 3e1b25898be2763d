import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

@Suite struct BacktestTests {
  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  /// Recorded garbage trucks among the counties they work in.
  private func trucks(_ candidate: String, _ baseline: String? = nil, jobs: Int = 2) async throws -> BacktestResult {
    let fences = try FenceReader().read(InputFile(path: try SharedData.path("fences/us_counties.geojson.gz"))).fences
    var problems: [FenceError] = []
    return try await Backtest(
      try rules(candidate), baseline: try baseline.map(rules), fences: FenceSet(fences, problems: &problems), jobs: jobs
    ).run([InputFile(path: try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz"))])
  }

  private static let entries = "  - {alert: In, when: {enter: {}}}\n"

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `recorded trucks give the alerts of their rule events, with the same ids on one engine and on three`()
    async throws
  {
    let one = try await trucks(Self.entries, jobs: 1)
    let three = try await trucks(Self.entries, jobs: 3)
    #expect(one.alerts == three.alerts && one.alerts.count > 10)
    #expect(Set(one.alerts.map(\.id)).count == one.alerts.count)
    #expect(one.baseline == nil && one.coverage.vehicles == 139 && one.coverage.fixes == 9744)
    #expect(one.coverage.covered > 0 && one.coverage.gaps > one.coverage.covered)
    // The same rule by the engine alone.
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = RuleBook(try rules(Self.entries)).fenceRules
    let fences = try FenceReader().read(InputFile(path: try SharedData.path("fences/us_counties.geojson.gz"))).fences
    var problems: [FenceError] = []
    var engine = Engine(fences: FenceSet(fences, problems: &problems), configuration: configuration)
    var events = EventBuffer()
    var entries = 0
    for (index, track) in RecordedInputs([
      InputFile(path: try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz"))
    ])
    .tracks.enumerated() {
      var fixes = track.fixes
      for place in fixes.indices { fixes[place].vehicle = UInt32(index) }
      engine.process(fixes.span, into: &events)
    }
    engine.finish(into: &events)
    for case .rule(let event) in events.events where event.kind == .enter { entries += 1 }
    #expect(entries == one.alerts.count)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `the same rules make no difference, others are gained, lost and moved`() async throws {
    #expect(try await trucks(Self.entries, Self.entries).differences.isEmpty)
    let slower = "  - {alert: In, when: {enter: {}}, for: 10m}\n  - {alert: Stop, when: {stop: {longer_than: 3h}}}\n"
    let result = try await trucks(slower, Self.entries)
    var (gained, lost, moved) = (0, 0, 0)
    for difference in result.differences {
      switch difference {
      case .gained(let alert):
        gained += 1
        #expect(alert.rule == "Stop" || result.baseline?.contains { $0.id == alert.id } == false)
      case .lost(let alert):
        lost += 1
        #expect(result.baseline?.contains(alert) == true && !result.alerts.contains { $0.id == alert.id })
      case .moved(let alert, let other):
        moved += 1
        #expect(alert.rule == "In" && alert.decidedAt > other.decidedAt && alert.fenceID == other.fenceID)
      }
    }
    let before = try #require(result.baseline)
    #expect(gained > 0 && moved > 0)
    #expect(result.alerts.count - gained == before.count - lost)
    // And the other way round.
    let back = try await trucks(Self.entries, slower)
    #expect(back.differences.count == result.differences.count)
  }

  @Test func `alerts before and behind a time are left out`() async throws {
    let track = """
      vehicle_id,time,lat,lon
      v,2026-05-01T10:00:00Z,48,17
      v,2026-05-01T13:00:00Z,48,17
      v,2026-05-01T13:01:00Z,48,17.02
      v,2026-05-01T13:02:00Z,48,17.04
      v,2026-05-01T13:03:00Z,48,17.06
      v,2026-05-01T20:03:00Z,48,17.06
      """
    let backtest = Backtest(
      try rules("  - {alert: Stop, when: {stop: {longer_than: 2h}}}"), fences: try FenceSet([]), jobs: 1)
    let input = InputFile(bytes: Array(track.utf8), name: "track.csv")
    let all = try await backtest.run([input]).alerts
    #expect(
      all.map(\.startsAt) == [
        Timestamp.milliseconds("2026-05-01T10:00:00Z"), Timestamp.milliseconds("2026-05-01T13:03:00Z"),
      ])
    let noon = try #require(Timestamp.milliseconds("2026-05-01T12:00:00Z"))
    #expect(try await backtest.run([input], from: noon).alerts == Array(all.suffix(1)))
    #expect(try await backtest.run([input], to: noon).alerts == Array(all.prefix(1)))
  }
}
