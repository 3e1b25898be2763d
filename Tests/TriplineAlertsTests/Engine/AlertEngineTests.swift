import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineAlerts

@Suite struct AlertEngineTests {
  private static let text = """
    version: 1
    rules:
      - {alert: In, when: {enter: {}}}
      - {alert: Out, when: {exit: {}}, keep_firing_for: 10m}
      - {alert: Long, when: {dwell: {longer_than: 1h}}}
      - {alert: Stop, when: {stop: {longer_than: 3h}}}
    """

  private struct Fleet {
    var fixes: [Fix]
    var ids: [String]
    var fences: FenceSet
    var path: String
  }

  /// Recorded garbage trucks, all of them as they drove at the same time, among the counties they work in.
  private static func fleet() throws -> Fleet {
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    let fences = try FenceReader().read(InputFile(path: try SharedData.path("fences/us_counties.geojson.gz"))).fences
    var problems: [FenceError] = []
    var (fixes, ids): ([Fix], [String]) = ([], [])
    for track in RecordedInputs([InputFile(path: path)]).tracks {
      fixes += track.fixes.map { fix in
        var fix = fix
        fix.vehicle = UInt32(ids.count)
        return fix
      }
      ids.append(track.track.vehicleID)
    }
    return Fleet(
      fixes: fixes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element),
      ids: ids, fences: FenceSet(fences, problems: &problems), path: path)
  }

  private func engine(_ fleet: Fleet, _ rules: [AlertRule], _ patience: AlertEngine.Patience = .init()) -> AlertEngine {
    let engine = AlertEngine(RuleBook(rules), fences: fleet.fences, patience: patience)
    for (index, id) in fleet.ids.enumerated() { engine.setVehicle(UInt32(index), id: id, name: id) }
    return engine
  }

  private func firings(_ changes: [AlertChange]) -> [String] {
    changes.compactMap { if case .fired(let alert) = $0 { alert.id } else { nil } }
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"), arguments: [1, 7, 500])
  func `recorded trucks bring about the same alerts live as in a backtest, in batches of any size`(_ size: Int)
    async throws
  {
    let fleet = try Self.fleet()
    let rules = try AlertConfiguration(Self.text, file: "rules.yaml").rules
    let backtest = try await Backtest(rules, fences: fleet.fences, jobs: 2).run([InputFile(path: fleet.path)])
    let live = engine(fleet, rules)
    var told: [String] = []
    for start in stride(from: 0, to: fleet.fixes.count, by: size) {
      let batch = Array(fleet.fixes[start..<min(fleet.fixes.count, start + size)])
      told += firings(live.process(batch).changes)
    }
    #expect(Set(told).count == told.count && told.count > 50)
    // What a backtest knows besides is what the ends of its tracks bring about, which a live vehicle has not.
    let ends = Dictionary(fleet.fixes.map { (fleet.ids[Int($0.vehicle)], $0.time) }) { max($0, $1) }
    let others = backtest.alerts.filter { !told.contains($0.id) }
    let unexpected = others.filter { $0.rule != "Stop" && $0.decidedAt < ends[$0.vehicleID] ?? 0 }
    #expect(unexpected.isEmpty && others.count < told.count / 5)
    #expect(Set(told).isSubset(of: Set(backtest.alerts.map(\.id))))
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"), arguments: [1 as UInt64, 2, 3])
  func `restored at any place, shard by shard, it goes on as if nothing had been`(_ seed: UInt64) throws {
    let fleet = try Self.fleet()
    let rules = try AlertConfiguration(Self.text, file: "rules.yaml").rules
    var random = SeededGenerator(seed: seed)
    let whole = engine(fleet, rules)
    var current = engine(fleet, rules)
    // The journal behind the oldest state of a shard, and the states with their places in it.
    var journal: [[Fix]] = []
    var states: [(place: Int, state: AlertEngine.ShardState)] = (0..<AlertEngine.shardCount).map {
      (0, current.state(ofShard: $0))
    }
    var start = 0
    while start < fleet.fixes.count {
      let batch = Array(fleet.fixes[start..<min(fleet.fixes.count, start + Int.random(in: 1...200, using: &random))])
      start += batch.count
      #expect(current.process(batch) == whole.process(batch))
      journal.append(batch)
      let shard = Int.random(in: 0..<AlertEngine.shardCount, using: &random)
      states[shard] = (journal.count, current.state(ofShard: shard))
      guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
      current = try AlertEngine(restoring: states.map(\.state), RuleBook(rules), fences: fleet.fences)
      for (index, id) in fleet.ids.enumerated() { current.setVehicle(UInt32(index), id: id, name: id) }
      for (place, batch) in journal.enumerated() {
        _ = current.process(batch, shards: Set(states.indices.filter { states[$0].place <= place }))
      }
    }
    let now = (fleet.fixes.last?.time ?? 0) + 86_400_000
    #expect(current.advance(to: now) == whole.advance(to: now))
    #expect(current.standing == whole.standing)
  }

  // MARK: Synthetic vehicles

  private let yard: FenceSet
  private let nothing: FenceSet

  init() throws {
    // A circle of 200 m.
    yard = try FenceSet([
      Fence(id: "yard", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200))
    ])
    nothing = try FenceSet([])
  }

  private func synthetic(_ text: String, _ patience: AlertEngine.Patience = .init()) throws -> AlertEngine {
    let rules = try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules
    let engine = AlertEngine(RuleBook(rules), fences: yard, patience: patience)
    engine.setVehicle(0, id: "van", name: "Van")
    return engine
  }

  private func fix(_ seconds: Int64, inside: Bool) -> Fix {
    Fix(
      vehicle: 0, time: 1_700_000_000_000 + seconds * 1000, latitude: inside ? 50 : 50.01, longitude: 14, accuracy: 5)
  }

  @Test func `C28: a vehicle that goes silent while its stay is pending has its dwell all the same`() throws {
    let engine = try synthetic("  - {alert: Long, when: {dwell: {longer_than: 30m}}}\n")
    let fixes = [fix(0, inside: false), fix(60, inside: true), fix(120, inside: true), fix(180, inside: true)]
    #expect(engine.process(fixes).changes.isEmpty)
    let start = fixes[1].time
    #expect(engine.advance(to: start + 30 * 60_000).changes.isEmpty)
    let told = engine.advance(to: start + 32 * 60_000).changes
    let alert = try #require(told.first?.alert)
    #expect(told.count == 1 && alert.reason.contains("no fix has come since"))
    #expect(alert.decidedAt <= start + 30 * 60_000 && alert.decidedAt > start + 29 * 60_000)
    // What was uploaded late is welcome, and ends it.
    let over = engine.process([fix(20 * 60, inside: false), fix(21 * 60, inside: false), fix(22 * 60, inside: false)])
    #expect(over.dropped.isEmpty && over.changes.map(\.alert.id) == [alert.id])
    #expect(over.changes.first?.alert.resolvedAt != nil)
  }

  @Test func `C16: a fix older than its vehicle's newest is counted with its reason, and brings about nothing`() throws
  {
    let engine = try synthetic("  - {alert: In, when: {enter: {}}}\n")
    #expect(engine.process([fix(0, inside: false), fix(600, inside: false)]).dropped.isEmpty)
    let late = engine.process([fix(300, inside: true), fix(301, inside: true), fix(302, inside: true)])
    #expect(late.changes.isEmpty && late.dropped.map(\.reason) == [.late, .late, .late])
  }

  @Test func `C15, C19: what comes again after an exit does not let it in again`() throws {
    let engine = try synthetic("  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}\n")
    // Inside at first is a state.
    let inside = (0...5).map { fix(Int64($0) * 30, inside: true) }
    #expect(engine.process(inside).changes.isEmpty)
    let left = engine.process((6...9).map { fix(Int64($0) * 30, inside: false) }).changes
    #expect(left.map(\.alert.rule) == ["Out"])
    // The last ones of before once more.
    #expect(engine.process(Array(inside.suffix(3))).changes.isEmpty)
    #expect(engine.process([fix(300, inside: false)]).changes.isEmpty && engine.standing.map(\.rule) == ["Out"])
  }

  @Test func `within the window of reordering late fixes are sorted in, and decisions wait for it`() throws {
    var patience = AlertEngine.Patience()
    patience.reorderWindow = 120_000
    let engine = try synthetic("  - {alert: In, when: {enter: {}}}\n", patience)
    let shuffled = [0, 60, 40, 20, 80, 100].map { fix(Int64($0), inside: $0 >= 40) }
    #expect(engine.process(shuffled).changes.isEmpty)
    let told = engine.advance(to: fix(100 + 121, inside: true).time).changes
    #expect(told.map(\.alert.rule) == ["In"])
    let straight = try synthetic("  - {alert: In, when: {enter: {}}}\n")
    let sorted = straight.process(shuffled.sorted { $0.time < $1.time }).changes
    #expect(told == sorted)
  }

  @Test(arguments: [", keep_firing_for: 1m", ", vehicles: {ids: [van, truck]}"])
  func
    `C20: a stay that is long enough is told again by a rule that is about other vehicles, or goes on for another time`(
      _ change: String
    ) throws
  {
    func text(_ change: String) -> String {
      "  - {alert: Long, when: {dwell: {longer_than: 5m}}\(change)}\n  - {alert: Other, when: {dwell: {longer_than: 5m}}}\n"
    }
    let engine = try synthetic(text(""))
    func inside(_ seconds: ClosedRange<Int64>) -> [Fix] {
      (seconds.lowerBound / 30...seconds.upperBound / 30).map { fix($0 * 30, inside: true) }
    }
    #expect(engine.process(inside(0...600)).changes.map(\.alert.rule) == ["Long", "Other"])
    let changed = RuleBook(try AlertConfiguration("version: 1\nrules:\n" + text(change), file: "rules.yaml").rules)
    let now = fix(620, inside: true).time
    #expect(engine.replace(changed, at: now).changes.map(\.alert.rule) == ["Long"])
    #expect(engine.standing.map(\.rule) == ["Other"])
    let again = engine.process(inside(630...900)).changes.map(\.alert)
    #expect(again.map(\.rule) == ["Long"] && again.map(\.decidedAt) == [fix(630, inside: true).time])
    #expect(again.map(\.startsAt) == [fix(300, inside: true).time], "the stay began when it began")
    // And once.
    #expect(engine.replace(changed, at: fix(910, inside: true).time).changes.isEmpty)
    #expect(
      engine.process(inside(930...1200)).changes.isEmpty && engine.standing.map(\.rule).sorted() == ["Long", "Other"])
  }

  @Test func `C20, C22, C25: other rules and fences end what is theirs, and begin with a state`() throws {
    let text = "  - {alert: In, when: {enter: {}}}\n"
    let engine = try synthetic(text)
    let entry = engine.process([fix(0, inside: false)] + (1...4).map { fix(Int64($0) * 30, inside: true) }).changes
    #expect(entry.count == 1)
    let now = fix(200, inside: true).time
    func book(_ text: String) throws -> RuleBook {
      RuleBook(try AlertConfiguration("version: 1\nrules:\n" + text, file: "rules.yaml").rules)
    }
    // A rule more: the vehicle is inside, which is no entry; what fires goes on.
    let more = engine.replace(
      try book(text + "  - {alert: Too, when: {enter: {}}}\n  - {alert: Long, when: {dwell: {longer_than: 10m}}}\n"),
      fences: yard, at: now)
    #expect(more.changes.isEmpty && engine.standing.map(\.rule) == ["In"])
    // The dwell begins with the rule.
    let stay = engine.process((1...25).map { fix(200 + Int64($0) * 30, inside: true) }).changes
    #expect(stay.map(\.alert.rule) == ["Long"])
    // Without the rules nothing fires any more.
    let fewer = engine.replace(
      try book("  - {alert: Too, when: {enter: {}}}\n"), fences: yard, at: fix(1000, inside: true).time)
    #expect(fewer.changes.map(\.alert.rule).sorted() == ["In", "Long"])
    #expect(fewer.changes.allSatisfy { $0.alert.resolvedAt != nil } && engine.standing.isEmpty)
    // Fixes that were on their way are not late.
    #expect(engine.process([fix(960, inside: true)]).dropped.isEmpty)
    // Without the fence the vehicle leaves it; with a new one around it it is inside, and has not entered.
    let gone = engine.replace(
      try book("  - {alert: Too, when: {enter: {}}}\n"), fences: nothing, at: fix(1100, inside: true).time)
    #expect(gone.changes.isEmpty && engine.fences(holding: 0).isEmpty)
    let back = engine.replace(
      try book("  - {alert: Too, when: {enter: {}}}\n"), fences: yard, at: fix(1200, inside: true).time)
    #expect(back.changes.isEmpty && engine.fences(holding: 0) == ["yard"])
  }
}
