import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

@Suite struct BacktestTests {
  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  private static func counties() throws -> FenceSet {
    let fences = try FenceReader().read(InputFile(path: try SharedData.path("fences/us_counties.geojson.gz"))).fences
    var problems: [FenceError] = []
    return FenceSet(fences, problems: &problems)
  }

  /// Recorded garbage trucks among the counties they work in.
  private func trucks(_ text: String, _ fences: FenceSet? = nil, jobs: Int = 2) async throws -> BacktestResult {
    try await Backtest(try rules(text), fences: try fences ?? Self.counties(), jobs: jobs)
      .run([InputFile(path: try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz"))])
  }

  private static let entries = "  - {alert: In, when: {enter: {}}}\n"

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `recorded trucks give the alerts of their rule events, with the same ids on one engine and on three`()
    async throws
  {
    let one = try await trucks(Self.entries, jobs: 1)
    let three = try await trucks(Self.entries, jobs: 3)
    #expect(one.alerts == three.alerts && one.alerts.count > 10 && one.fixes == 9744)
    #expect(Set(one.alerts.map(\.id)).count == one.alerts.count)
    // The same rule by the engine alone.
    var configuration = Engine.Configuration(.fleet)
    configuration.rules = RuleBook(try rules(Self.entries)).fenceRules
    var engine = Engine(fences: try Self.counties(), configuration: configuration)
    var events = EventBuffer()
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    for (index, track) in RecordedInputs([InputFile(path: path)]).tracks.enumerated() {
      var fixes = track.fixes
      for place in fixes.indices { fixes[place].vehicle = UInt32(index) }
      engine.process(fixes.span, into: &events)
    }
    engine.finish(into: &events)
    let entries = events.events.count { event in
      if case .rule(let event) = event { event.kind == .enter } else { false }
    }
    #expect(entries == one.alerts.count)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `how much there is to go by depends on the time that is asked for`() async throws {
    let result = try await trucks(Self.entries)
    let all = result.coverage(of: .min..<(.max))
    #expect(all.vehicles == 68 && all.covered > 0 && all.gaps > all.covered)
    let day = try #require(Timestamp.milliseconds("2015-12-10T00:00:00Z"))
    let part = result.coverage(of: day..<day + 86_400_000)
    #expect(part.vehicles <= 68 && part.vehicles > 40 && part.covered > 0 && part.gaps < all.gaps)
    #expect(part.covered + part.gaps <= 68 * 86_400_000)
    #expect(result.coverage(of: 0..<1) == BacktestResult.Coverage())
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `the same rules make no difference, others are gained, lost and changed`() async throws {
    let plain = try await trucks(Self.entries)
    #expect(plain.differences(from: try await trucks(Self.entries)).isEmpty)
    let slower = try await trucks(
      "  - {alert: In, when: {enter: {}}, for: 10m}\n  - {alert: Stop, when: {stop: {longer_than: 3h}}}\n")
    let differences = slower.differences(from: plain)
    var (gained, lost, changed) = (0, 0, 0)
    for difference in differences {
      switch difference {
      case .gained(let alert):
        gained += 1
        #expect(alert.rule == "Stop" || !plain.alerts.contains { $0.id == alert.id })
      case .lost(let alert):
        lost += 1
        #expect(plain.alerts.contains(alert) && !slower.alerts.contains { $0.id == alert.id })
      case .changed(let alert, let other):
        changed += 1
        #expect(alert.rule == "In" && alert.decidedAt > other.decidedAt && alert.fenceID == other.fenceID)
      }
    }
    #expect(gained > 0 && changed > 0 && slower.alerts.count - gained == plain.alerts.count - lost)
    #expect(plain.differences(from: slower).count == differences.count)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `a schedule, a longer firing and a fence that is gone are differences`() async throws {
    let plain = try await trucks(Self.entries)
    let muted = try AlertConfiguration(
      "version: 1\nschedules: {ever: [{years: ['1970:2100']}]}\nrules: [{alert: In, when: {enter: {}}, mute: ever}]",
      file: "x"
    ).rules
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    let silent = try await Backtest(muted, fences: try Self.counties(), jobs: 2).run([InputFile(path: path)])
    #expect(silent.differences(from: plain).count == plain.alerts.count)
    let longer = try await trucks("  - {alert: In, when: {enter: {}}, keep_firing_for: 1m}\n")
    #expect(!longer.differences(from: plain).isEmpty)
    let nowhere = try await trucks(Self.entries, try FenceSet([]))
    #expect(nowhere.differences(from: plain).count == plain.alerts.count && nowhere.alerts.isEmpty)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `trips of recorded cars are told by their score, and brakes by their strength, on whatever engines`()
    async throws
  {
    let rules = try rules(
      "  - {alert: Score, when: {trip: {score_below: 100}}}\n  - {alert: Brake, when: {harsh: {kind: brake}}}")
    let input = InputFile(path: try SharedData.path("tracks/car_curitiba_ndsbr_1hz.csv.gz"))
    let one = try await Backtest(rules, fences: try FenceSet([]), jobs: 1).run([input]).alerts
    let two = try await Backtest(rules, fences: try FenceSet([]), jobs: 2).run([input]).alerts
    #expect(one == two)
    let (trips, brakes) = (one.filter { $0.rule == "Score" }, one.filter { $0.rule == "Brake" })
    #expect(trips.count >= 5 && trips.allSatisfy { $0.coordinate == nil && $0.reason.contains("below 100") })
    #expect(!brakes.isEmpty && brakes.allSatisfy { $0.coordinate != nil && $0.kind == "vehicle.harsh" })
  }

  @Test func `stops are told with their times`() async throws {
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
    let alerts = try await backtest.run([InputFile(bytes: Array(track.utf8), name: "track.csv")]).alerts
    #expect(
      alerts.map(\.startsAt) == ["2026-05-01T12:00:00Z", "2026-05-01T15:03:00Z"].map { Timestamp.milliseconds($0) })
    #expect(alerts.allSatisfy { $0.resolvedAt == $0.decidedAt && $0.muting == nil })
  }
}
