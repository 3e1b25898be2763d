import Foundation
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

/// Rules of stops and idling, live and in a backtest. Synthetic: a van on a straight street, positions in metres.
@Suite struct StandingRuleTests {
  private struct Row {
    var seconds: Int64
    var meters: Double
    var ignition: Bool?
  }

  private static let start: Int64 = 1_700_000_000_000
  private static let minute: Int64 = 60_000

  private func rules(_ text: String) throws -> [AlertRule] {
    try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
  }

  private func input(_ rows: [Row]) -> InputFile {
    let lines = rows.map { row in
      "van,\(Timestamp.text(Self.start + row.seconds * 1000) ?? ""),50,\(14 + row.meters / 71_695),"
        + (row.ignition.map { $0 ? "on" : "off" } ?? "")
    }
    let text = "vehicle_id,time,lat,lon,ignition\n" + lines.joined(separator: "\n") + "\n"
    return InputFile(bytes: Array(text.utf8), name: "drive.csv")
  }

  private func fixes(_ rows: [Row]) -> [Fix] { RecordedInputs([input(rows)]).tracks.flatMap(\.fixes) }

  private func engine(_ rules: [AlertRule]) throws -> AlertEngine {
    let engine = AlertEngine(RuleBook(rules), fences: try FenceSet([]))
    engine.setVehicle(0, id: "van", name: "van")
    return engine
  }

  private func backtest(_ rows: [Row], _ rules: [AlertRule]) async throws -> [Alert] {
    try await Backtest(rules, fences: try FenceSet([]), jobs: 1).run([input(rows)]).alerts
  }

  private func alerts(_ changes: [AlertChange]) -> [Alert] {
    Dictionary(changes.map { ($0.alert.id, $0.alert) }) { $1 }.values
      .sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
  }

  /// A drive of so many metres at 10 m/s, or a stay, with a fix every ten seconds.
  private func way(_ rows: inout [Row], seconds: Int64, moving: Bool, ignition: Bool? = nil, every step: Int64 = 10) {
    for _ in 0..<(seconds / step) {
      let last = rows.last ?? Row(seconds: 0, meters: 0)
      rows.append(
        Row(
          seconds: last.seconds + step, meters: last.meters + (moving ? 10 * Double(step) : 0), ignition: ignition))
    }
  }

  @Test func `a long stop is told while it lasts, and is over when the vehicle has gone`() async throws {
    let rules = try rules("  - {alert: Stop, when: {stop: {longer_than: 20m}}}\n")
    var rows: [Row] = []
    way(&rows, seconds: 300, moving: true)
    way(&rows, seconds: 1800, moving: false)
    // Being moved within the yard does not end it.
    rows[rows.count - 60].meters += 80
    way(&rows, seconds: 300, moving: true)
    let engine = try engine(rules)
    var fired: [Int64] = []
    var changes: [AlertChange] = []
    for fix in fixes(rows) {
      let new = engine.process([fix]).changes
      if case .fired? = new.first { fired.append(fix.time) }
      changes += new
    }
    let alert = try #require(alerts(changes).first)
    #expect(alerts(changes).count == 1 && alert.kind == "vehicle.stop" && alert.reason == "has stopped for 20 min 0 s")
    // It has stood since the last fix of the drive, which is within reach of the place, or the one after.
    #expect(abs(alert.startsAt - Self.start - 300_000 - 20 * Self.minute) <= 20_000)
    #expect(fired == [alert.decidedAt] && alert.decidedAt - alert.startsAt < 10_000)
    #expect(abs((alert.resolvedAt ?? 0) - Self.start - 2_100_000) <= 20_000)
    #expect(try await backtest(rows, rules) == alerts(changes))
  }

  @Test func `a tracker that falls asleep at a stop stops, once it has been silent for as long as a gap`() async throws
  {
    let rules = try rules("  - {alert: Stop, when: {stop: {longer_than: 20m}}}\n")
    var rows: [Row] = []
    way(&rows, seconds: 300, moving: true)
    way(&rows, seconds: 120, moving: false)
    var (asleep, gone) = (rows, rows)
    // It wakes up at the same place after a night, or a kilometre away.
    asleep.append(Row(seconds: 420 + 36_000, meters: rows[rows.count - 1].meters))
    gone.append(Row(seconds: 420 + 3000, meters: rows[rows.count - 1].meters + 1000))
    for rows in [asleep, gone] {
      var all = rows
      way(&all, seconds: 600, moving: true)
      let (engine, fixes) = (try engine(rules), fixes(all))
      let count = rows.count - 1
      var changes = engine.process(Array(fixes[..<count])).changes
      #expect(changes.isEmpty)
      let last = fixes[count - 1].time
      var told: Int64?
      for now in stride(from: last, to: fixes[count].time, by: 10_000) {
        let new = engine.advance(to: now).changes
        if !new.isEmpty { told = told ?? now }
        changes += new
      }
      changes += engine.process(Array(fixes[count...])).changes
      let alert = try #require(alerts(changes).first)
      #expect(
        alerts(changes).count == 1 && alert.reason == "has stopped for 20 min 0 s, no fix has come for 18 min 0 s")
      #expect(told.map { ($0 - alert.decidedAt - Self.minute) } ?? 0 <= 10_000)
      #expect(
        rows.last?.meters == rows[count - 1].meters
          ? abs((alert.resolvedAt ?? 0) - fixes[count].time) <= 20_000 : alert.resolvedAt == alert.startsAt)
      #expect(try await backtest(all, rules) == alerts(changes))
    }
  }

  @Test func `sparse fixes are waited for, and a vehicle of which one fix is known is not taken to stand`() throws {
    let rules = try rules("  - {alert: Stop, when: {stop: {longer_than: 5m}}}\n")
    var rows: [Row] = []
    way(&rows, seconds: 300, moving: true)
    way(&rows, seconds: 240, moving: false, every: 120)
    way(&rows, seconds: 600, moving: true, every: 240)
    let engine = try engine(rules)
    for fix in fixes(rows) {
      #expect(engine.advance(to: fix.time + 59_000).changes.isEmpty)
      #expect(engine.process([fix]).changes.isEmpty)
    }
    let other = try self.engine(rules)
    #expect(other.process(fixes([Row(seconds: 0, meters: 0)])).changes.isEmpty)
    #expect(other.advance(to: Self.start + 86_400_000).changes.isEmpty)
  }

  @Test func `who stands with the ignition on idles, and nobody of whom that is not known`() async throws {
    let rules = try rules("  - {alert: Idle, when: {idle: {longer_than: 5m}}, keep_firing_for: 1m}\n")
    var rows: [Row] = []
    way(&rows, seconds: 300, moving: true, ignition: true)
    way(&rows, seconds: 600, moving: false, ignition: true)
    way(&rows, seconds: 600, moving: false, ignition: false)
    way(&rows, seconds: 400, moving: false, ignition: true)
    way(&rows, seconds: 300, moving: true, ignition: true)
    let found = alerts(try engine(rules).process(fixes(rows)).changes)
    try #require(found.count == 2)
    #expect(
      found.allSatisfy { $0.kind == "vehicle.idle" && $0.reason == "has stood for 5 min 0 s with the ignition on" })
    #expect(abs(found[0].startsAt - Self.start - 600_000) <= 20_000)
    #expect(found[0].resolvedAt == Self.start + 910_000 + Self.minute)
    // From the first fix with the ignition on.
    #expect(found[1].startsAt == Self.start + 1_510_000 + 5 * Self.minute)
    #expect(try await backtest(rows, rules) == found)
    let unknown = rows.map { Row(seconds: $0.seconds, meters: $0.meters) }
    #expect(try engine(rules).process(fixes(unknown)).changes.isEmpty)
  }

  @Test func `time without fixes is no idling`() throws {
    let rules = try rules("  - {alert: Idle, when: {idle: {longer_than: 5m}}}\n")
    var rows: [Row] = []
    way(&rows, seconds: 300, moving: true, ignition: true)
    way(&rows, seconds: 200, moving: false, ignition: true)
    rows.append(Row(seconds: 900, meters: rows[rows.count - 1].meters, ignition: true))
    way(&rows, seconds: 200, moving: false, ignition: true)
    #expect(try engine(rules).process(fixes(rows)).changes.isEmpty)
  }

  private static let text = """
      - {alert: Short, when: {stop: {longer_than: 3m}}}
      - {alert: Long, when: {stop: {longer_than: 45m}}, keep_firing_for: 5m}
      - {alert: Idle, when: {idle: {longer_than: 4m}}}
    """

  /// A van that drives, stands, is shuffled about, switches its engine off and is silent now and then, for hours too.
  private func wandering(_ random: inout SeededGenerator) -> [Row] {
    var rows = [Row(seconds: 0, meters: 0, ignition: true)]
    for _ in 0..<60 {
      let speed: Double = [0, 0, 0.3, 12].randomElement(using: &random) ?? 0
      let ignition: Bool? = [true, true, false, nil].randomElement(using: &random) ?? nil
      let silence = [0, 0, 0, 400, 2000, 8000].randomElement(using: &random) ?? 0
      for index in 0..<Int.random(in: 1...25, using: &random) {
        let step = Int64.random(in: 5...90, using: &random) + (index == 0 ? Int64(silence) : 0)
        let noise = Double.random(in: -8...8, using: &random)
        let last = rows[rows.count - 1]
        rows.append(
          Row(
            seconds: last.seconds + step, meters: last.meters + speed * Double(min(step, 600)) + noise,
            ignition: ignition))
      }
    }
    return rows
  }

  @Test func `idling that lasts until a track ends is over with it in a backtest`() async throws {
    var rows: [Row] = []
    way(&rows, seconds: 600, moving: true, ignition: true)
    way(&rows, seconds: 1200, moving: false, ignition: true)
    let alerts = try await backtest(rows, rules("  - {alert: Idle, when: {idle: {longer_than: 10m}}}\n"))
    #expect(alerts.map(\.resolvedAt) == [Self.start + 1_800_000])
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `whether time goes on between fixes or not, the alerts are those of a backtest`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let (rows, rules) = (wandering(&random), try rules(Self.text))
    let fixes = fixes(rows)
    let known = Dictionary(uniqueKeysWithValues: try await backtest(rows, rules).map { ($0.id, $0) })
    #expect(Set(known.values.map(\.rule)).count == 3, "seed \(seed)")
    for ticks in [false, true] {
      var engine = try engine(rules)
      var changes: [AlertChange] = []
      for fix in fixes {
        if ticks { changes += engine.advance(to: fix.time + AlertEngine.Patience().silence).changes }
        changes += engine.process([fix]).changes
        guard ticks, Int.random(in: 0..<20, using: &random) == 0 else { continue }
        let states = (0..<AlertEngine.shardCount).map { engine.state(ofShard: $0) }
        engine = try AlertEngine(restoring: states, RuleBook(rules), fences: try FenceSet([]))
        engine.setVehicle(0, id: "van", name: "van")
      }
      let live = alerts(changes)
      #expect(Set(live.map(\.id)) == Set(known.keys), "seed \(seed), ticks \(ticks)")
      #expect(live.allSatisfy { $0.resolvedAt == nil || known[$0.id] == $0 }, "seed \(seed), ticks \(ticks)")
      // One at a time.
      for rule in ["Short", "Idle"] {
        let ones = live.filter { $0.rule == rule }
        #expect(zip(ones, ones.dropFirst()).allSatisfy { $0.resolvedAt ?? .max <= $1.decidedAt }, "seed \(seed)")
      }
    }
  }
}
