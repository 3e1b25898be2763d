import Foundation
import GRDB
import Testing
import TriplineAlerts
import TriplineCore
import TriplineFormats
import TriplineStore
import TriplineTesting

@testable import TriplineService

@Suite struct AlertPipelineTests {
  private let folder: URL
  private let configuration: LoadedConfiguration

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let rules = folder.appending(path: "rules.yaml")
    try Data(Self.rules.utf8).write(to: rules)
    configuration = try LoadedConfiguration(path: rules.path)
  }

  private static let rules = """
    version: 1
    fence_files: [\(SharedData.isPresent ? (try? SharedData.path("fences/us_counties.geojson.gz")) ?? "" : "none")]
    rules:
      - {alert: In, when: {enter: {}}, labels: {severity: info}}
      - {alert: Out, when: {exit: {}}, keep_firing_for: 10m}
      - {alert: Long, when: {dwell: {longer_than: 1h}}}
    receivers:
      - {name: log, stdout: true}
      - {name: dispatch, stdout: true}
    route:
      receiver: log
      routes: [{matchers: ['alertname="Long"'], receiver: dispatch, group_by: [fence], group_wait: 5m}]
    late: {silence: 10m}
    """

  private static let sinks = [
    Outbox.Sink(id: "log/stdout/1", receiver: "log", takesGroups: false),
    Outbox.Sink(id: "dispatch/email/1", receiver: "dispatch", takesGroups: true),
  ]

  private func pipeline(_ store: AlertStore, at now: Int64) async throws -> AlertPipeline {
    let pipeline = try AlertPipeline(
      store: store, configuration: configuration, sinks: Self.sinks, source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    return pipeline
  }

  /// Recorded garbage trucks as they drove at the same time.
  private static func trucks() throws -> [ReceivedFix] {
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    return RecordedInputs([InputFile(path: path)]).tracks.flatMap { track in
      track.fixes.map { ReceivedFix(vehicleID: track.track.vehicleID, fix: $0) }
    }.enumerated().sorted { ($0.element.fix.time, $0.offset) < ($1.element.fix.time, $1.offset) }.map(\.element)
  }

  /// What is told, without what depends on the clock of whoever records it.
  private struct Told: Hashable {
    var id: String
    var sink: String
  }

  private func told(_ store: AlertStore) throws -> [Told] {
    try store.deliveries().map { Told(id: $0.id, sink: $0.sink) }
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"), arguments: [1 as UInt64, 2, 3, 4])
  func `C25, C26: stopped after any transaction, or before it is written, it tells the same once`(_ seed: UInt64)
    async throws
  {
    let fixes = try Self.trucks()
    var random = SeededGenerator(seed: seed)
    let whole = try AlertStore(path: folder.appending(path: "whole.db").path)
    let broken = try AlertStore(path: folder.appending(path: "broken.db").path)
    let start = fixes[0].fix.time
    let undisturbed = try await pipeline(whole, at: start)
    var current = try await pipeline(broken, at: start)
    var position = 0
    var restarts = 0
    while position < fixes.count {
      let batch = Array(fixes[position..<min(fixes.count, position + Int.random(in: 1...300, using: &random))])
      let now = batch[0].fix.time
      for pipeline in [undisturbed, current] {
        _ = try await pipeline.tick(at: now)
        _ = try await pipeline.take(batch, at: now)
      }
      position += batch.count
      guard Int.random(in: 0..<6, using: &random) == 0 else { continue }
      restarts += 1
      current = try await pipeline(try AlertStore(path: broken.path), at: now)
      // A feed sends what was not noted for certain once more.
      let repeated = batch.suffix(Int.random(in: 0...20, using: &random))
      _ = try await current.take(Array(repeated), at: now)
      let times = (await current.lastTimes, await undisturbed.lastTimes)
      #expect(times.0 == times.1)
    }
    let end = (fixes.last?.fix.time ?? 0) + 3_600_000
    for pipeline in [undisturbed, current] { _ = try await pipeline.tick(at: end) }
    #expect(restarts > 3)
    let (expected, actual) = (try told(whole), try told(broken))
    #expect(Set(expected) == Set(actual) && actual.count == Set(actual).count && expected.count > 50)
    #expect(try alerts(whole) == alerts(broken))
    let standing = (await undisturbed.standing, await current.standing)
    #expect(standing.0 == standing.1)
    var traces = 0
    for vehicle in try whole.vehicles() {
      let all = try whole.traces(ofVehicle: vehicle.number, in: 0...Int64.max)
      #expect(try broken.traces(ofVehicle: vehicle.number, in: 0...Int64.max) == all, "why is told as well, once")
      traces += all.count
    }
    #expect(traces > 100)
  }

  private func alerts(_ store: AlertStore) throws -> [Alert] {
    try store.alerts(in: .min..<(.max)).map(\.alert)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `live, in one batch, and in a backtest the same trucks bring about the same ids`() async throws {
    let fixes = try Self.trucks()
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    let backtest = try await Backtest(configuration.alerts.rules, fences: configuration.fences, jobs: 2)
      .run([InputFile(path: path)])
    var sets: [Set<String>] = []
    for size in [50, fixes.count] {
      let store = try AlertStore(path: folder.appending(path: "\(size).db").path)
      let pipeline = try await pipeline(store, at: fixes[0].fix.time)
      for start in stride(from: 0, to: fixes.count, by: size) {
        _ = try await pipeline.take(
          Array(fixes[start..<min(fixes.count, start + size)]), at: fixes[0].fix.time)
      }
      sets.append(Set(try alerts(store).map(\.id)))
    }
    #expect(sets[0] == sets[1] && sets[0].count > 50)
    #expect(sets[0].isSubset(of: Set(backtest.alerts.map(\.id))))
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `a silence keeps back, and what still fires is told when it ends`() async throws {
    let fixes = try Self.trucks()
    let store = try AlertStore(path: folder.appending(path: "silence.db").path)
    let now = fixes[0].fix.time
    let pipeline = try await pipeline(store, at: now)
    let silence = Silence(
      id: "quiet", matchers: [try Matcher("alertname=\"In\"")], startsAt: now, endsAt: now + 1000, author: "test",
      comment: "synthetic")
    try store.keep(silence)
    _ = try await pipeline.readSilences(at: now)
    _ = try await pipeline.take(fixes, at: now)
    let firing = try store.alerts(in: .min..<(.max), rule: "In", isFiring: true).map(\.alert.id)
    #expect(!firing.isEmpty)
    let before = Set(try told(store).map(\.id))
    #expect(before.isDisjoint(with: firing))
    #expect(try store.holds(ofAlert: firing[0]).map(\.reason).contains { $0.contains("quiet") })
    _ = try await pipeline.tick(at: now + 1000)
    #expect(Set(try told(store).map(\.id)).isSuperset(of: firing))
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `other rules are taken without a restart, or at one, and what is bad changes nothing`() async throws {
    let fixes = try Self.trucks()
    let store = try AlertStore(path: folder.appending(path: "reload.db").path)
    let now = fixes[0].fix.time
    let first = try await pipeline(store, at: now)
    _ = try await first.take(Array(fixes.prefix(5000)), at: now)
    let file = folder.appending(path: "other.yaml")
    let text = Self.rules.replacing("      - {alert: In, when: {enter: {}}, labels: {severity: info}}\n", with: "")
      .replacing("  - {alert: In, when: {enter: {}}, labels: {severity: info}}\n", with: "")
    try Data(text.utf8).write(to: file)
    let other = try LoadedConfiguration(path: file.path)
    let before = Set(await first.standing.map(\.rule))
    #expect(before.contains("In") && other.alerts.rules.map(\.name) == ["Out", "Long"])
    _ = try await first.reload(other, sinks: Self.sinks, at: now)
    let after = Set(await first.standing.map(\.rule))
    #expect(!after.contains("In"))
    #expect(try store.alerts(in: .min..<(.max), rule: "In", isFiring: true).isEmpty)
    // A restart with the first rules takes them again.
    let second = try await pipeline(try AlertStore(path: store.path), at: now)
    let told = try await second.take(Array(fixes.dropFirst(5000)), at: now)
    let last = Set(await second.standing.map(\.rule))
    #expect(!told.isEmpty && last.contains("In"))
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `another patience is in force at once, and over restarts`() async throws {
    let fixes = try Self.trucks()
    let path = folder.appending(path: "patience.db").path
    let now = fixes[0].fix.time
    let file = folder.appending(path: "patient.yaml")
    let text = Self.rules.replacing("late: {silence: 10m}", with: "late: {silence: 20m, reorder_window: 5m}")
    try Data(text.utf8).write(to: file)
    let patient = try LoadedConfiguration(path: file.path)
    #expect(patient.stored.patience.reorderWindow == 300_000 && patient.stored.patience.silence == 1_200_000)
    let first = try await pipeline(try AlertStore(path: path), at: now)
    _ = try await first.take(Array(fixes.prefix(2000)), at: now)
    for _ in 0..<3 {
      let next = try AlertPipeline(
        store: try AlertStore(path: path), configuration: patient, sinks: Self.sinks, source: "/tripline/test",
        metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
      _ = try await next.start(at: now)
      _ = try await next.take(Array(fixes[2000..<2200]), at: now)
      #expect(try AlertStore(path: path).configuration() == patient.stored)
    }
    // What waits to be sorted in is decided on with the time, and not before.
    let last = try AlertPipeline(
      store: try AlertStore(path: path), configuration: patient, sinks: Self.sinks, source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
    _ = try await last.start(at: now)
    _ = try await last.take(Array(fixes[2200...]), at: now)
    let before = try alerts(try AlertStore(path: path)).count
    _ = try await last.tick(at: (fixes.last?.fix.time ?? 0) + 600_000)
    #expect(try alerts(try AlertStore(path: path)).count > before)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `after a transaction that fails nothing more is written, and a restart tells it all`() async throws {
    let fixes = try Self.trucks()
    let now = fixes[0].fix.time
    let whole = try AlertStore(path: folder.appending(path: "whole.db").path)
    let undisturbed = try await pipeline(whole, at: now)
    let path = folder.appending(path: "failing.db").path
    let failing = try AlertStore(path: path)
    let first = try await pipeline(failing, at: now)
    for pipeline in [undisturbed, first] { _ = try await pipeline.take(Array(fixes.prefix(3000)), at: now) }
    // Another process has a mind of its own.
    let other = try DatabaseQueue(path: path)
    try await other.write {
      try $0.execute(sql: "CREATE TRIGGER fail BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'synthetic'); END")
    }
    await #expect(throws: (any Error).self) { _ = try await first.take(Array(fixes[3000..<8000]), at: now) }
    try await other.write { try $0.execute(sql: "DROP TRIGGER fail") }
    // What is queued behind it must not be written over what is missing.
    await #expect(throws: (any Error).self) { _ = try await first.take(Array(fixes[8000...]), at: now) }
    await #expect(throws: (any Error).self) { _ = try await first.tick(at: now + 3_600_000) }
    let second = try await pipeline(try AlertStore(path: path), at: now)
    for pipeline in [undisturbed, second] { _ = try await pipeline.take(Array(fixes[3000...]), at: now) }
    #expect(try Set(told(whole)) == Set(told(failing)) && alerts(whole) == alerts(failing))
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `a rule that is taken out and put back tells anew, under other ids`() async throws {
    let fixes = try Self.trucks()
    let now = fixes[0].fix.time
    let store = try AlertStore(path: folder.appending(path: "back.db").path)
    func configuration(_ rule: String) throws -> LoadedConfiguration {
      let file = folder.appending(path: "back.yaml")
      let text = Self.rules.replacing("rules:\n", with: "rules:\n  - {alert: There, when: {\(rule): {}}}\n")
      try Data(text.utf8).write(to: file)
      return try LoadedConfiguration(path: file.path)
    }
    let pipeline = try AlertPipeline(
      store: store, configuration: try configuration("inside"), sinks: Self.sinks, source: "/tripline/test",
      metrics: ServiceMetrics(version: "test", startedAt: now), at: now)
    _ = try await pipeline.start(at: now)
    _ = try await pipeline.take(Array(fixes.prefix(3000)), at: now)
    let last = fixes[2999].fix.time
    func firing() throws -> Set<String> {
      Set(try store.alerts(in: .min..<(.max), rule: "There", isFiring: true).map(\.alert.id))
    }
    let before = try firing()
    #expect(before.count > 10)
    _ = try await pipeline.reload(try configuration("cross"), sinks: Self.sinks, at: last + 1000)
    #expect(try firing().isEmpty)
    _ = try await pipeline.reload(try configuration("inside"), sinks: Self.sinks, at: last + 2000)
    let after = try firing()
    #expect(after.count == before.count && after.isDisjoint(with: before))
    #expect(Set(try told(store).map(\.id)).isSuperset(of: after))
  }
}
