import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// Rules of inside, outside, silence and crossings, live and in a backtest. Synthetic: a van on a street through a yard of
/// 200 m, positions in metres from its middle.
@Suite struct StateRuleEngineTests {
  private struct Row {
    var seconds: Int64
    var meters: Double
  }

  private static let start: Int64 = 1_700_000_000_000
  private static let text = """
      - {alert: Through, when: {cross: {}}}
      - {alert: In, when: {inside: {}}, keep_firing_for: 2m}
      - {alert: Out, when: {outside: {fence: {id: yard}}}}
      - {alert: Quiet, when: {silent: {longer_than: 30m}}, keep_firing_for: 5m}
      - {alert: Short, when: {silent: {longer_than: 10m}}}
    """
  private let yard: FenceSet

  init() throws {
    yard = try FenceSet([
      Fence(id: "yard", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200))
    ])
  }

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  private func input(_ rows: [Row]) -> InputFile {
    let lines = rows.map { row in
      "van,\(Timestamp.text(Self.start + row.seconds * 1000) ?? ""),50,\(14 + row.meters / 71_695)"
    }
    let text = "vehicle_id,time,lat,lon\n" + lines.joined(separator: "\n") + "\n"
    return InputFile(bytes: Array(text.utf8), name: "drive.csv")
  }

  private func fixes(_ rows: [Row]) -> [Fix] { RecordedInputs([input(rows)]).tracks.flatMap(\.fixes) }

  private func engine(_ rules: [AlertRule]) -> AlertEngine {
    let engine = AlertEngine(RuleBook(rules), fences: yard)
    engine.setVehicle(0, id: "van", name: "van")
    return engine
  }

  private func backtest(_ rows: [Row], _ rules: [AlertRule]) async throws -> [Alert] {
    try await Backtest(rules, fences: yard, jobs: 1).run([input(rows)]).alerts
  }

  /// What became of each alert, in the order of their beginning.
  private func alerts(_ changes: [AlertChange]) -> [Alert] {
    Dictionary(changes.map { ($0.alert.id, $0.alert) }) { $1 }.values
      .sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
  }

  /// Fixes every half minute from one second on, in equal steps of way.
  private func way(_ seconds: Int64, _ meters: [Double]) -> [Row] {
    meters.enumerated().map { Row(seconds: seconds + Int64($0.offset) * 30, meters: $0.element) }
  }

  @Test func `C7: a fence crossed between two fixes is told live as in a backtest`() async throws {
    let rules = try rules("  - {alert: Through, when: {cross: {}}}\n")
    let rows = way(0, [-1200, -900, -600, 600, 900, 1200])
    let live = alerts(engine(rules).process(fixes(rows)).changes)
    let alert = try #require(live.first)
    // 400 of 1200 m, and 800, in half a minute.
    #expect(live.count == 1 && abs(alert.startsAt - Self.start - 70_000) < 100)
    #expect(abs((alert.resolvedAt ?? 0) - Self.start - 80_000) < 100 && alert.decidedAt == Self.start + 90_000)
    #expect(try await backtest(rows, rules) == live)
    // With a fix inside nothing is crossed.
    #expect(engine(rules).process(fixes(way(0, [-900, -600, 0, 600, 900]))).changes.isEmpty)
  }

  @Test func `C19: who is inside at first is inside, until it has left`() async throws {
    let rules = try rules("  - {alert: In, when: {inside: {}}}\n  - {alert: Entry, when: {enter: {}}}\n")
    let rows = way(0, [0, 10, 0, 400, 700, 1000, 1300, 1600])
    let live = alerts(engine(rules).process(fixes(rows)).changes)
    let alert = try #require(live.first)
    #expect(live.count == 1 && alert.rule == "In" && alert.fenceID == "yard" && alert.reason == "is inside")
    #expect(alert.startsAt == Self.start && alert.decidedAt == Self.start && alert.resolvedAt != nil)
    #expect(try await backtest(rows, rules) == live)
  }

  @Test func `C22: a fence with an end is left when its time is over, live as in a backtest`() async throws {
    let rules = try rules(
      """
        - {alert: In, when: {inside: {}}}
        - {alert: Out, when: {exit: {}}}
        - {alert: Through, when: {cross: {}}}
      """)
    let end = Self.start + 1_000_000
    let fences = try FenceSet([
      Fence(id: "site", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200), expires: end)
    ])
    // In and out, in again and there until after the end; and then out, and through.
    let rows =
      way(0, [-900, -600, 0, 10, 0, 10, 600, 900, 1200, 900, 600, 0] + Array(repeating: 10, count: 15))
      + way(900, Array(repeating: 10, count: 10)) + way(1200, [600, 900, -900, -600, 600, 900])
    let engine = AlertEngine(RuleBook(rules), fences: fences)
    engine.setVehicle(0, id: "van", name: "van")
    var changes: [AlertChange] = []
    let all = fixes(rows)
    let before = all.filter { $0.time < end - 60_000 }
    changes += engine.process(before).changes
    #expect(engine.standing.map(\.rule) == ["In"])
    // The van says nothing for a while, and its alert is over nonetheless.
    changes += engine.advance(to: end + 60_000).changes
    #expect(engine.standing.isEmpty && alerts(changes).last?.resolvedAt == end)
    changes += engine.process(all.filter { $0.time >= end }).changes
    let live = alerts(changes)
    #expect(live.map(\.rule) == ["In", "Out", "In"], "\(live)")
    #expect(live.allSatisfy { $0.resolvedAt != nil })
    #expect(try await Backtest(rules, fences: fences, jobs: 1).run([input(rows)]).alerts == live)
  }

  @Test func `an exit is over with its fence, also in a backtest of who does not come back`() async throws {
    let rules = try rules("  - {alert: Out, when: {exit: {}}}\n")
    let end = Self.start + 600_000
    let fences = try FenceSet([
      Fence(id: "site", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200), expires: end)
    ])
    let rows = way(0, [0, 10, 0, 10, 600, 900, 1200]) + way(240, Array(repeating: 1300, count: 20))
    let engine = AlertEngine(RuleBook(rules), fences: fences)
    engine.setVehicle(0, id: "van", name: "van")
    let live = alerts(engine.process(fixes(rows)).changes + engine.advance(to: end + 120_000).changes)
    #expect(live.map(\.resolvedAt) == [end])
    #expect(try await Backtest(rules, fences: fences, jobs: 1).run([input(rows)]).alerts == live)
  }

  @Test(arguments: [1, 100])
  func `from a fence that ends into the one beside it nobody is outside`(batch: Int) async throws {
    let rules = try rules("  - {alert: Out, when: {outside: {}}, enter: {fixes: 1}}\n")
    let end = Self.start + 100_500
    let fences = try FenceSet([
      Fence(id: "site", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200), expires: end),
      Fence(
        id: "next", shape: .circle(center: Coordinate(latitude: 50, longitude: 14 + 450 / 71_695), radius: 260)),
    ])
    // In the second one from 190 m on, at 97.7 s, before the first one ends.
    let rows = way(0, [0, 10, 0, 100, 450, 460, 450])
    let engine = AlertEngine(RuleBook(rules), fences: fences)
    engine.setVehicle(0, id: "van", name: "van")
    let all = fixes(rows)
    var changes: [AlertChange] = []
    for first in stride(from: 0, to: all.count, by: batch) {
      changes += engine.process(Array(all[first..<min(first + batch, all.count)])).changes
    }
    #expect(changes.isEmpty, "\(changes)")
    #expect(try await Backtest(rules, fences: fences, jobs: 1).run([input(rows)]).alerts.isEmpty)
    // And where another takes the place of one that has ended, by a change.
    let other = AlertEngine(RuleBook(rules), fences: fences)
    other.setVehicle(0, id: "van", name: "van")
    #expect(other.process(Array(all[..<3])).changes.isEmpty)
    let new = try FenceSet([
      Fence(id: "new", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200))
    ])
    #expect(other.replace(RuleBook(rules), fences: new, at: end + 30_000).changes.isEmpty)
  }

  @Test func `who is in a fence until its end is outside from then on`() async throws {
    let rules = try rules("  - {alert: Out, when: {outside: {}}}\n")
    let end = Self.start + 200_500
    let fences = try FenceSet([
      Fence(id: "site", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200), expires: end)
    ])
    let rows = way(0, [-900, -600, 0, 10, 0, 10]) + way(600, [10, 0, 10, 600])
    func live(tellsTime: Bool) -> [Alert] {
      let engine = AlertEngine(RuleBook(rules), fences: fences)
      engine.setVehicle(0, id: "van", name: "van")
      let all = fixes(rows)
      var changes = engine.process(Array(all[..<6])).changes
      if tellsTime { changes += engine.advance(to: end + 60_000).changes }
      return alerts(changes + engine.process(Array(all[6...])).changes)
    }
    let told = live(tellsTime: false)
    #expect(told.map(\.startsAt) == [Self.start, end], "\(told)")
    #expect(told.map { $0.resolvedAt == nil } == [false, true])
    #expect(live(tellsTime: true) == told)
    #expect(try await Backtest(rules, fences: fences, jobs: 1).run([input(rows)]).alerts == told)
  }

  @Test(arguments: [1, 2, 100])
  func `outside is told from the first fix on, and again after each stay`(batch: Int) async throws {
    let rules = try rules("  - {alert: Out, when: {outside: {}}}\n")
    let rows = way(0, [-1200, -900, -600, 0, 10, 0, 10, 600, 900, 1200, 1500])
    let engine = engine(rules)
    let fixes = fixes(rows)
    var changes: [AlertChange] = []
    for first in stride(from: 0, to: fixes.count, by: batch) {
      changes += engine.process(Array(fixes[first..<min(first + batch, fixes.count)])).changes
    }
    let live = alerts(changes)
    try #require(live.count == 2)
    #expect(live[0].startsAt == Self.start && live[0].decidedAt == Self.start + 30_000)
    #expect(live[0].resolvedAt != nil && live[1].resolvedAt == nil && live[1].startsAt > live[0].resolvedAt ?? .max)
    #expect(engine.standing == [live[1]])
    #expect(try await backtest(rows, rules) == live)
  }

  @Test func `a silence is told live when it is known, and of a track by its gap, as the same alert`() async throws {
    let rules = try rules("  - {alert: Quiet, when: {silent: {longer_than: 30m}}}\n")
    let rows = way(0, [-900, -600, -300]) + way(7200, [-300, 0, 300])
    let (all, engine) = (fixes(rows), engine(rules))
    // Who has never been seen is not silent.
    #expect(engine.advance(to: Self.start + 86_400_000 * 30).changes.isEmpty)
    let other = self.engine(rules)
    #expect(other.process(Array(all[..<3])).changes.isEmpty)
    // Fixes may take a minute to come.
    let known = all[2].time + 1_800_000 + 60_000
    #expect(other.advance(to: known).changes.isEmpty)
    let fired = other.advance(to: known + 1).changes
    #expect(fired.count == 1 && fired.first?.alert.startsAt == all[2].time + 1_800_000)
    #expect(fired.first?.alert.kind == "vehicle.silent" && fired.first?.alert.coordinate == all[2].coordinate)
    #expect(other.advance(to: known + 600_000).changes.isEmpty && other.standing.count == 1)
    let over = other.process(Array(all[3...])).changes
    #expect(over.map(\.alert.resolvedAt) == [all[3].time])
    #expect(try await backtest(rows, rules) == alerts(fired + over))
  }

  @Test func `a vehicle that has sent one fix and no more is silent, where that was`() throws {
    let engine = engine(try rules("  - {alert: Quiet, when: {silent: {longer_than: 30m}}}\n"))
    let fix = fixes(way(0, [0]))
    #expect(engine.process(fix).changes.isEmpty)
    let alert = try #require(engine.advance(to: Self.start + 3_600_000).changes.first?.alert)
    #expect(alert.startsAt == Self.start + 1_800_000 && alert.coordinate == fix[0].coordinate)
  }

  @Test func `C20: other rules find who is inside, and take nobody for outside who is not`() throws {
    let engine = engine(try rules("  - {alert: A, when: {enter: {}}}\n  - {alert: B, when: {enter: {}}}\n"))
    _ = engine.process(fixes(way(0, [0, 10, 0, 10])))
    // One rule becomes another kind under its old name; one is added around the van.
    let text = """
        - {alert: A, when: {inside: {}}}
        - {alert: B, when: {outside: {}}}
        - {alert: C, when: {inside: {}}, vehicles: {ids: [other]}}
        - {alert: D, when: {inside: {}}}
      """
    let now = Self.start + 100_000
    let added = engine.replace(RuleBook(try rules(text)), fences: yard, at: now).changes
    #expect(added.map(\.alert.rule) == ["D"] && added.first?.alert.reason.contains("rule was added") == true)
    let next = engine.process(fixes(way(120, [0, 10]))).changes
    #expect(next.map(\.alert.rule) == ["A"])
    // Of other vehicles from now on.
    let wider = text.replacing("ids: [other]", with: "ids: [other, van]")
    #expect(engine.replace(RuleBook(try rules(wider)), fences: yard, at: now + 100_000).changes.isEmpty)
    #expect(engine.process(fixes(way(240, [0, 10]))).changes.map(\.alert.rule) == ["C"])
    // Without the fence all that is inside is over, and outside is what remains.
    let gone = engine.replace(RuleBook(try rules(wider)), fences: try FenceSet([]), at: now + 200_000).changes
    #expect(gone.map(\.alert.rule).sorted() == ["A", "C", "D"] && gone.allSatisfy { $0.alert.resolvedAt != nil })
    #expect(engine.process(fixes(way(360, [0]))).changes.map(\.alert.rule) == ["B"])
  }

  @Test func `what is not believed yet or not long enough is pending, with when it will be`() throws {
    let text = """
        - {alert: In, when: {enter: {}}, for: 5m}
        - {alert: Long, when: {dwell: {longer_than: 20m}}}
        - {alert: Stop, when: {stop: {longer_than: 15m}}}
      """
    let engine = engine(try rules(text))
    _ = engine.process(fixes(way(0, [-1200, -900, -600])))
    #expect(engine.pending.isEmpty)
    _ = engine.process(fixes(way(90, [-300, 0, 10, 0])))
    // The boundary is met a third of the way from 300 m before the middle on.
    let pending = engine.pending
    #expect(pending.map(\.rule) == ["In", "Long", "Stop"] && pending.allSatisfy { $0.vehicleID == "van" })
    #expect(pending.map(\.fenceID) == ["yard", "yard", nil])
    #expect(abs(pending[0].since - Self.start - 100_000) < 500 && pending[0].due == pending[0].since + 300_000)
    #expect(pending[1].due == pending[1].since + 1_200_000)
    _ = engine.process(fixes(way(210, [10, 0, 10, 0, 10, 0, 10, 0])))
    let last = engine.pending
    // It has been believed, and has stood for more than a minute.
    #expect(Set(last.map(\.rule)) == ["Long", "Stop"])
    #expect(last.first { $0.rule == "Stop" }.map { $0.due == $0.since + 900_000 && $0.fenceID == nil } == true)
  }

  /// A van that wanders in and out, jumps over the yard and is silent now and then.
  private func wandering(_ random: inout SeededGenerator) -> [Row] {
    var (seconds, meters) = (0 as Int64, Double.random(in: -600...600, using: &random))
    return (0..<300).map { _ in
      let step = Int64.random(in: 5...90, using: &random)
      seconds += Int.random(in: 0..<15, using: &random) == 0 ? Int64.random(in: 300...6000, using: &random) : step
      meters += Double.random(in: -12...12, using: &random) * Double(step)
      meters = max(-900, min(900, meters))
      return Row(seconds: seconds, meters: meters)
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `whether time goes on between fixes or not, the alerts are those of a backtest`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let (rows, rules) = (wandering(&random), try rules(Self.text))
    let fixes = fixes(rows)
    let known = Dictionary(uniqueKeysWithValues: try await backtest(rows, rules).map { ($0.id, $0) })
    #expect(known.count > 5, "seed \(seed)")
    for ticks in [false, true] {
      let engine = engine(rules)
      var changes: [AlertChange] = []
      for fix in fixes {
        // All that is older has come.
        if ticks { changes += engine.advance(to: fix.time + AlertEngine.Patience().silence).changes }
        changes += engine.process([fix]).changes
      }
      let live = alerts(changes)
      #expect(Set(live.map(\.id)) == Set(known.keys), "seed \(seed)")
      // The end of a track ends what has not ended before.
      #expect(live.allSatisfy { $0.resolvedAt == nil || known[$0.id] == $0 }, "seed \(seed)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `restored between any two batches it goes on as if nothing had been`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rules = try rules(Self.text)
    let whole = engine(rules)
    var current = engine(rules)
    var rest = fixes(wandering(&random))[...]
    while let first = rest.first {
      let now = first.time + 60_000
      #expect(current.advance(to: now) == whole.advance(to: now), "seed \(seed)")
      let batch = Array(rest.prefix(Int.random(in: 1...20, using: &random)))
      rest = rest.dropFirst(batch.count)
      #expect(current.process(batch) == whole.process(batch), "seed \(seed)")
      let states = try (0..<AlertEngine.shardCount).map { try current.state(ofShard: $0).reread() }
      current = try AlertEngine(restoring: states, RuleBook(rules), fences: yard)
      current.setVehicle(0, id: "van", name: "van")
      #expect(current.standing == whole.standing, "seed \(seed)")
    }
  }
}
