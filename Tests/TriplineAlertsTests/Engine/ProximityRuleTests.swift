import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// Rules of vehicles that come near one another, live and in a backtest.
@Suite struct ProximityRuleTests {
  private static let start: Int64 = 1_700_000_000_000

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nvehicle_groups: {guards: [g1, g2]}\nrules:\n" + text, file: "rules.yaml").rules
  }

  private func engine(_ rules: [AlertRule], _ ids: [String]) throws -> AlertEngine {
    let engine = AlertEngine(RuleBook(rules), fences: try FenceSet([]))
    for (index, id) in ids.enumerated() { engine.setVehicle(UInt32(index), id: id, name: id) }
    return engine
  }

  /// Synthetic: a vehicle on a street, at metres from its middle every ten seconds.
  private func fixes(_ vehicle: Int, _ meters: [Double], from second: Int64 = 0) -> [Fix] {
    meters.enumerated().map { index, meters in
      Fix(
        vehicle: UInt32(vehicle), time: Self.start + (second + Int64(index) * 10) * 1000, latitude: 50,
        longitude: 14 + meters / 71_695)
    }
  }

  private func alerts(_ changes: [AlertChange]) -> [Alert] {
    Dictionary(changes.map { ($0.alert.id, $0.alert) }) { $1 }.values
      .sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
  }

  private func inOrder(_ fixes: [Fix]) -> [Fix] { fixes.sorted { ($0.time, $0.vehicle) < ($1.time, $1.vehicle) } }

  @Test func `two that meet are one alert, of the one that the rule is about, until they have parted`() throws {
    let rules = try rules(
      "  - {alert: Near, when: {proximity: {within: 100m, margin: 20m, to: {ids: [a]}}}, vehicles: {groups: [guards]}, annotations: {summary: '{{vehicle.name}} and {{other.name}}'}}\n"
    )
    let engine = try engine(rules, ["a", "b", "g1"])
    // a and the guard drive towards one another at 10 m/s each; b is beside them, and no matter.
    let there = stride(from: 0.0, through: 2000, by: 100)
    let all = inOrder(
      fixes(0, Array(there)) + fixes(2, there.map { 2000 - $0 }) + fixes(1, there.map { 2000 - $0 }))
    let changes = engine.process(all).changes
    let alert = try #require(alerts(changes).first)
    #expect(alerts(changes).count == 1 && changes.count == 2)
    #expect(alert.vehicleID == "g1" && alert.otherID == "a" && alert.labels["other"] == "a")
    #expect(alert.kind == "vehicle.proximity" && alert.reason == "100 m from a, within 100 m")
    #expect(alert.annotations["summary"] == "g1 and a")
    // 100 m apart after 1900 m together, and 120 m after 2120 m.
    #expect(
      abs(alert.startsAt - Self.start - 95_000) < 100 && abs((alert.resolvedAt ?? 0) - Self.start - 106_000) < 100)
    // Whoever is heard of first.
    let other = try self.engine(rules, ["b", "g1", "a"])
    let renamed = all.map { fix in
      var fix = fix
      fix.vehicle = [2, 0, 1][Int(fix.vehicle)]
      return fix
    }
    #expect(alerts(other.process(renamed).changes) == [alert])
  }

  @Test func `two of whom one falls silent are not near any more, and a rule that is added finds who is near`() throws {
    let text = "  - {alert: Near, when: {proximity: {within: 100m}}}\n"
    let engine = try engine(try rules(text), ["a", "b"])
    let stay = Array(repeating: 0.0, count: 10)
    var changes = engine.process(inOrder(fixes(0, stay) + fixes(1, stay))).changes
    #expect(changes.count == 1)
    let wider = text + "  - {alert: Wide, when: {proximity: {within: 500m}}}\n"
    #expect(engine.replace(RuleBook(try rules(wider)), at: Self.start + 95_000).changes.isEmpty)
    changes = engine.process(inOrder(fixes(0, stay, from: 100) + fixes(1, stay, from: 100))).changes
    #expect(changes.map(\.alert.rule) == ["Wide"])
    changes = engine.process(fixes(0, Array(repeating: 0, count: 60), from: 200)).changes
    #expect(changes.isEmpty && engine.standing.count == 2)
    // Five minutes may be inferred, and fixes may take a minute to come.
    let known = Self.start + 190_000 + 360_000
    #expect(engine.advance(to: known).changes.isEmpty)
    changes = engine.advance(to: known + 1).changes
    #expect(changes.map(\.alert.resolvedAt) == [Self.start + 190_000, Self.start + 190_000])
    // A rule that is gone takes its alerts with it.
    _ = engine.process(inOrder(fixes(0, stay, from: 800) + fixes(1, stay, from: 800)))
    #expect(engine.standing.count == 2)
    #expect(engine.replace(RuleBook(try rules(text)), at: known + 500_000).changes.map(\.alert.rule) == ["Wide"])
  }

  @Test func `a mistake in a rule of proximity is told`() {
    for (when, message) in [
      ("{within: 200}", "within"), ("{}", "proximity needs within"), ("{within: 30km}", "at most 20km"),
      ("{within: 1km, margin: 25km}", "margin has to be from 0m to 20km"),
      ("{within: 1km, to: {groups: [x]}}", "no group x"),
      ("{within: 1km, to: {}}", "to has to name some"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try rules("  - {alert: A, when: {proximity: \(when)}}\n")
      }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }

  private static let text = """
      - {alert: Near, when: {proximity: {within: 150m, margin: 50m}}}
      - {alert: In, when: {stop: {longer_than: 20m}}}
    """

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"), arguments: [1 as UInt64, 2])
  func `recorded trucks that meet do so live, restored shard by shard, and in a backtest, as the same alerts`(
    _ seed: UInt64
  ) async throws {
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    var (fixes, ids): ([Fix], [String]) = ([], [])
    for track in RecordedInputs([InputFile(path: path)]).tracks {
      // Live a vehicle has one track; in a backtest each is by itself.
      #expect(!ids.contains(track.track.vehicleID))
      fixes += track.fixes.map { fix in
        var fix = fix
        fix.vehicle = UInt32(ids.count)
        return fix
      }
      ids.append(track.track.vehicleID)
    }
    fixes = Array(inOrder(fixes).prefix(60_000))
    let last = fixes[fixes.count - 1].time
    let rules = try rules(Self.text)
    var random = SeededGenerator(seed: seed)
    let whole = try engine(rules, ids)
    var current = try engine(rules, ids)
    var journal: [[Fix]] = []
    var states: [(place: Int, state: AlertEngine.ShardState)] = (0..<AlertEngine.shardCount).map {
      (0, current.state(ofShard: $0))
    }
    var changes: [AlertChange] = []
    var start = 0
    while start < fixes.count {
      let batch = Array(fixes[start..<min(fixes.count, start + Int.random(in: 1...800, using: &random))])
      start += batch.count
      let told = current.process(batch)
      #expect(told == whole.process(batch))
      changes += told.changes
      journal.append(batch)
      for shard in states.indices where Int.random(in: 0..<20, using: &random) == 0 {
        states[shard] = (journal.count, current.state(ofShard: shard))
      }
      guard Int.random(in: 0..<12, using: &random) == 0 else { continue }
      current = try AlertEngine(restoring: states.map(\.state), RuleBook(rules), fences: try FenceSet([]))
      for (index, id) in ids.enumerated() { current.setVehicle(UInt32(index), id: id, name: id) }
      for (place, batch) in journal.enumerated() {
        _ = current.process(batch, shards: Set(states.indices.filter { states[$0].place <= place }))
      }
    }
    let live = alerts(changes).filter { $0.rule == "Near" }
    #expect(live.count > 20)
    let result = try await Backtest(rules, fences: try FenceSet([]), jobs: 2).run([InputFile(path: path)])
    let known = Set(result.alerts.filter { $0.rule == "Near" && $0.decidedAt < last - 600_000 }.map(\.id))
    #expect(known == Set(live.filter { $0.decidedAt < last - 600_000 }.map(\.id)))
  }
}
