import Foundation
import GRDB
import Testing
import TriplineAlerts
import TriplineCore
import TriplineTesting

@testable import TriplineStore

/// What the service keeps over a restart, on synthetic batches.
@Suite struct AlertStoreTests {
  private static let start: Int64 = 1_795_430_400_000
  private static let day: Int64 = 86_400_000
  private static let yard = Fence(
    id: "yard", shape: .circle(center: Coordinate(latitude: 50, longitude: 14), radius: 200))
  private static let book = RuleBook([AlertRule(name: "In", trigger: .enter)])

  /// A store in a folder of its own, which goes with it.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "tripline-alerts-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.appending(path: "alerts.db").path }
  }

  private let folder: Folder
  private let store: AlertStore

  init() throws {
    folder = try Folder()
    store = try AlertStore(path: folder.path)
  }

  private func fix(_ seconds: Int64, inside: Bool, vehicle: UInt32 = 0) -> Fix {
    Fix(
      vehicle: vehicle, time: Self.start + seconds * 1000, latitude: inside ? 50 : 50.01, longitude: 14, accuracy: 5)
  }

  /// Changes of a vehicle that enters and leaves so many times, as the engine makes them.
  private func changes(visits: Int64, vehicle: UInt32 = 0) throws -> [AlertChange] {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    for index in 0...vehicle { engine.setVehicle(index, id: "van-\(index)", name: "Van \(index)") }
    var fixes: [Fix] = []
    for start in (0..<visits).map({ $0 * 240 }) {
      fixes += [0, 30, 60].map { fix(start + $0, inside: false, vehicle: vehicle) }
      fixes += [90, 120, 150].map { fix(start + $0, inside: true, vehicle: vehicle) }
    }
    fixes += [0, 30, 60].map { fix(visits * 240 + $0, inside: false, vehicle: vehicle) }
    return engine.process(fixes).changes
  }

  /// A batch that has an event and a delivery for each change, numbered from one on.
  private func batch(
    _ number: Int64, _ changes: [AlertChange], from first: UInt64 = 1, at now: Int64 = start,
    to sink: String = "log/webhook/1"
  ) -> AlertBatch {
    var batch = AlertBatch(number: number, recordedAt: now)
    batch.outcome.changes = changes
    for (place, change) in changes.enumerated() {
      let number = first + UInt64(place)
      let event = CloudEvent(change, source: "/tripline/test", recordedAt: now, sequence: number)
      let isFiring = if case .fired = change { true } else { false }
      batch.events.append(
        AlertBatch.Event(
          number: number, id: event.id, alert: change.alert.id, isFiring: isFiring,
          json: String(decoding: event.json, as: UTF8.self)))
      batch.deliveries.append(
        Delivery(number: number, id: event.id, sink: sink, about: change.alert.vehicleID, events: [number], at: now))
      if !isFiring { batch.settled.append(change.alert.id) }
    }
    return batch
  }

  /// How many rows each table has.
  private func rows() throws -> [String: Int] {
    try store.read { database in
      let tables = try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      var rows: [String: Int] = [:]
      for table in tables { rows[table] = try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") }
      return rows
    }
  }

  // MARK: All or nothing

  @Test(arguments: [
    "journal", "vehicle", "alert", "event", "delivery", "told", "alert_group", "hold", "young_trace", "trace",
    "dropped",
    "shard",
  ])
  func `a batch of which one row cannot be written leaves nothing behind, and is written once it can be`(
    table: String
  ) throws {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    engine.setVehicle(0, id: "van-0", name: "Van 0")
    let fixes = [fix(0, inside: false), fix(30, inside: true), fix(60, inside: true), fix(10, inside: true)]
    let outcome = engine.process(fixes)
    var batch = batch(1, outcome.changes)
    batch.fixes = fixes
    batch.outcome = outcome
    batch.vehicles = [AlertBatch.Vehicle(number: 0, id: "van-0", name: "Van 0")]
    let alert = try #require(outcome.changes.first?.alert.id)
    batch.told = [(alert, "log")]
    batch.holds = [AlertBatch.Hold(alert: alert, reason: "synthetic", cause: .silence)]
    batch.groups = ["group"]
    batch.shards = [(0, engine.state(ofShard: 0))]
    batch.traces = [AlertBatch.Traces(shard: 0, traces: outcome.traces)]
    let before = try rows()
    try store.write { database in
      try database.execute(
        sql: "CREATE TRIGGER broken BEFORE INSERT ON \(table) BEGIN SELECT raise(ABORT, 'synthetic'); END")
    }
    #expect(throws: StoreError.self) { try store.commit(batch) }
    #expect(try rows() == before)
    #expect(try store.counters() == AlertStore.Counters())
    try store.write { try $0.execute(sql: "DROP TRIGGER broken") }
    try store.commit(batch)
    let after = try rows()
    let rowsOnce = [
      "journal", "vehicle", "alert", "event", "delivery", "told", "alert_group", "hold", "young_trace", "trace",
      "dropped", "shard",
    ]
    for name in rowsOnce {
      #expect(after[name] == 1, "\(name)")
    }
  }

  @Test func `what is committed is on the disk`() throws {
    let setting = try store.database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    // FULL.
    #expect(setting == 2)
  }

  @Test func `other rules are taken with the whole state, or not at all`() throws {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    var batch = AlertBatch(number: 1, recordedAt: Self.start)
    for shard in 0..<AlertEngine.shardCount { batch.shards.append((shard, engine.state(ofShard: shard))) }
    let first = StoredConfiguration(digest: "1", patience: .init(), rules: "first", files: ["a": [1, 2, 3]])
    try store.commit(batch, with: first)
    try store.write { database in
      try database.execute(
        sql: "CREATE TRIGGER broken BEFORE UPDATE ON shard WHEN new.number = 7 BEGIN SELECT raise(ABORT, ''); END")
    }
    batch.number = 2
    let second = StoredConfiguration(digest: "2", patience: .init(), rules: "second", files: ["b": []])
    #expect(throws: StoreError.self) { try store.commit(batch, with: second) }
    let checkpoint = try #require(try store.checkpoint())
    #expect(checkpoint.configuration == first)
    #expect(checkpoint.shards.map(\.journal) == Array(repeating: 1, count: AlertEngine.shardCount))
  }

  // MARK: Restart

  @Test func `checkpoint and journal give back what was written, and the engine goes on with them`() throws {
    let fences = try FenceSet([Self.yard])
    var patience = AlertEngine.Patience()
    (patience.silence, patience.largestAge, patience.reorderWindow) = (120_000, 7_200_000, 30_000)
    let configuration = StoredConfiguration(
      digest: "digest", patience: patience, rules: "rules: …", files: ["a/b.geojson": [0, 255, 10], "empty": []])
    let (whole, kept) = (
      AlertEngine(Self.book, fences: fences, patience: patience),
      AlertEngine(Self.book, fences: fences, patience: patience)
    )
    for engine in [whole, kept] { engine.setVehicle(0, id: "van-0", name: "Van 0") }
    var first = AlertBatch(number: 1, recordedAt: Self.start)
    for shard in 0..<AlertEngine.shardCount { first.shards.append((shard, kept.state(ofShard: shard))) }
    try store.commit(first, with: configuration)
    var batches: [[Fix]] = []
    var advances: [[AlertBatch.Advance]] = []
    for number in 0..<Int64(6) {
      var batch = AlertBatch(number: number + 2, recordedAt: Self.start + number)
      batch.fixes = (0..<4).map { fix(number * 120 + $0 * 30, inside: number % 2 == 1) }
      // Not all parts go on each time.
      let parts = number == 0 ? 0 : number.isMultiple(of: 2) ? AlertEngine.parts : 3
      batch.advances = (0..<parts).map { AlertBatch.Advance(part: $0, time: Self.start + number * 120_000) }
      for engine in [whole, kept] {
        var changes: [AlertChange] = []
        for advance in batch.advances {
          changes += engine.advance(to: advance.time, shards: AlertEngine.shards(ofPart: advance.part)).changes
        }
        batch.outcome.changes = changes + engine.process(batch.fixes).changes
      }
      // The shard of the vehicle is behind some of it.
      if number == 2 { batch.shards = [(0, kept.state(ofShard: 0))] }
      try store.commit(batch)
      batches.append(batch.fixes)
      advances.append(batch.advances)
    }
    #expect(!kept.standing.isEmpty, "an alert has to be kept")
    let reopened = try AlertStore(path: folder.path, isNewAllowed: false)
    let checkpoint = try #require(try reopened.checkpoint())
    #expect(checkpoint.configuration == configuration)
    #expect(checkpoint.shards.map(\.journal) == [4] + Array(repeating: 1, count: AlertEngine.shardCount - 1))
    var entries: [AlertStore.JournalEntry] = []
    try reopened.readJournal(after: 1) { entries.append($0) }
    #expect(entries.map(\.number) == Array(2...7))
    #expect(entries.map(\.advances) == advances)
    #expect(entries.map { Fix.bytes(of: $0.fixes) } == batches.map { Fix.bytes(of: $0) })
    #expect(try reopened.counters().journal == 7)
    let restored = try AlertEngine(
      restoring: checkpoint.shards.map(\.state), Self.book, fences: fences, patience: patience)
    restored.setVehicle(0, id: "van-0", name: "Van 0")
    for entry in entries {
      let behind = Set(checkpoint.shards.indices.filter { checkpoint.shards[$0].journal < entry.number })
      for advance in entry.advances {
        let part = AlertEngine.shards(ofPart: advance.part)
        _ = restored.advance(to: advance.time, shards: behind.intersection(part))
      }
      _ = restored.process(entry.fixes, shards: behind)
    }
    let rest = (0..<20).map { fix(900 + $0 * 30, inside: $0 > 5) }
    #expect(restored.process(rest) == whole.process(rest))
    #expect(restored.advance(to: Self.start + Self.day) == whole.advance(to: Self.start + Self.day))
  }

  @Test func `rows of the journal go once the state of every shard is behind them`() throws {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    func numbers() throws -> [Int64] {
      try store.read { try Int64.fetchAll($0, sql: "SELECT number FROM journal ORDER BY number") }
    }
    for number in 1...Int64(AlertEngine.shardCount) {
      var batch = AlertBatch(number: number, recordedAt: Self.start)
      batch.shards = [(Int(number) - 1, engine.state(ofShard: Int(number) - 1))]
      #expect(try numbers().count == Int(number) - 1, "nothing may go as long as a shard has no state")
      try store.commit(batch)
    }
    #expect(try numbers() == Array(2...Int64(AlertEngine.shardCount)))
    #expect(try store.counters().journal == Int64(AlertEngine.shardCount))
  }

  @Test func `what is damaged in the journal is told, and not taken for fixes`() throws {
    var batch = AlertBatch(number: 1, recordedAt: Self.start)
    batch.fixes = [fix(0, inside: true), fix(30, inside: true)]
    try store.commit(batch)
    try store.write { try $0.execute(sql: "UPDATE journal SET fixes = substr(fixes, 1, length(fixes) - 3)") }
    let error = try #require(throws: StoreError.self) { try store.readJournal(after: 0) { _ in } }
    #expect(error.code == .damaged)
  }

  // MARK: Files

  @Test func `other SQLite files and those of newer versions are refused, and left as they are`() throws {
    let foreign = folder.url.appending(path: "foreign.db").path
    try DatabaseQueue(path: foreign).write { try $0.execute(sql: "CREATE TABLE mine (a)") }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: foreign))
    let error = try #require(throws: StoreError.self) { try AlertStore(path: foreign) }
    #expect(error.code == .notAnArchive)
    #expect(try Data(contentsOf: URL(fileURLWithPath: foreign)) == bytes)
    let archive = folder.url.appending(path: "archive.db").path
    _ = try Archive(path: archive)
    let other = try #require(throws: StoreError.self) { try AlertStore(path: archive) }
    #expect(other.code == .notAnArchive)
    let text = folder.url.appending(path: "text.db").path
    try Data("no SQLite file at all, but a text that is longer than a header".utf8).write(
      to: URL(fileURLWithPath: text))
    #expect(throws: StoreError.self) { try AlertStore(path: text) }
    try store.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('1000')") }
    let newer = try #require(throws: StoreError.self) { try AlertStore(path: folder.path) }
    #expect(newer.code == .newer)
    let missing = folder.url.appending(path: "none.db").path
    let absent = try #require(throws: StoreError.self) { try AlertStore(path: missing, isNewAllowed: false) }
    #expect(absent.code == .missing && !FileManager.default.fileExists(atPath: missing))
  }

  // MARK: Deliveries

  @Test func `an event is there once, whatever comes twice, and so is a delivery of a sink`() throws {
    let changes = try changes(visits: 1)
    try store.commit(batch(1, changes))
    try store.commit(batch(2, changes, from: 11))
    #expect(try store.deliveries().map(\.number) == [1, 2])
    #expect(try store.alerts(in: .min..<(.max)).count == 1)
    #expect(try changes.allSatisfy { try store.events(ofAlert: $0.alert.id).count == 2 })
  }

  @Test func `the backlog is what waits and what was given up, by sink, and since when`() throws {
    try store.commit(batch(1, try changes(visits: 2), at: Self.start, to: "a/webhook/1"))
    try store.commit(batch(2, try changes(visits: 1, vehicle: 1), from: 5, at: Self.start + 60_000, to: "b/webhook/1"))
    let ends: [(UInt64, Delivery.State)] = [(1, .delivered), (2, .dead), (5, .dead), (6, .delivered)]
    try store.conclude(
      ends.map { number, state in
        AlertStore.Conclusion(
          number: number,
          attempt: DeliveryAttempt(at: Self.start + 5000, outcome: state == .dead ? "500" : "delivered", note: nil),
          state: state, due: Self.start + 5000)
      })
    let backlog = try store.backlog()
    #expect(backlog.map(\.sink) == ["a/webhook/1", "b/webhook/1"])
    #expect(backlog.map(\.waiting) == [2, 0] && backlog.map(\.dead) == [1, 1])
    #expect(backlog.map(\.oldest) == [Self.start, nil])
    #expect(try store.delivery(2)?.failures == 1 && store.delivery(1)?.failures == 0)
    let signal = try store.signal()
    #expect(try store.retry([2, 5, 99], at: Self.start + 9000) == 2)
    #expect(try store.signal() != signal, "who runs has to look at it")
    #expect(try store.deliveries([.waiting], to: "b/webhook/1").map(\.due) == [Self.start + 9000])
    #expect(try store.delivery(2)?.failures == 0 && store.delivery(2)?.concludedAt == nil)
    #expect(try store.attempts(at: 2).map(\.outcome) == ["500"], "what was tried is not forgotten")
  }

  @Test func `what came of an attempt does not undo that somebody has it tried once more meanwhile`() throws {
    try store.commit(batch(1, try changes(visits: 1)))
    let before = try store.deliveries()
    let again = Self.start + 5000
    try store.retry([1], at: again)
    func end(_ number: Int, _ state: Delivery.State) -> AlertStore.Conclusion {
      AlertStore.Conclusion(
        number: before[number].number, attempt: DeliveryAttempt(at: again + 1, outcome: "500", note: nil), state: state,
        due: again + 9000, before: before[number])
    }
    #expect(try store.conclude([end(0, .dead), end(1, .dead)]) == [1])
    #expect(try store.deliveries().map(\.state) == [.waiting, .dead])
    let waiting = try #require(try store.delivery(1))
    #expect(waiting.due == again && waiting.failures == 0)
    #expect(try store.attempts(at: 1).count == 1, "the attempt was made all the same")
    #expect(try store.conclude([end(0, .delivered)]).isEmpty)
    #expect(try store.delivery(1)?.state == .delivered, "what has arrived has")
  }

  @Test func `of a delivery that is not there any more nothing is written`() throws {
    let attempt = DeliveryAttempt(at: Self.start, outcome: "500", note: nil)
    try store.conclude([AlertStore.Conclusion(number: 9, attempt: attempt, state: .waiting, due: Self.start)])
    #expect(try store.attempts(at: 9).isEmpty)
  }

  @Test func `deliveries are found by their events, however many are asked for`() throws {
    var batch = batch(1, try changes(visits: 3))
    // A group of three events.
    batch.deliveries.append(
      Delivery(number: 7, id: "group", sink: "log/email/d5798192", about: "group", events: [2, 3, 40], at: Self.start))
    try store.commit(batch)
    #expect(try store.deliveries(ofEvents: [1]).map(\.number) == [1])
    #expect(try store.deliveries(ofEvents: [3, 4]).map(\.number) == [3, 4, 7])
    #expect(try store.deliveries(ofEvents: []).isEmpty && store.deliveries(ofEvents: [8]).isEmpty)
    #expect(try store.deliveries(ofEvents: Array(3...200_000)).map(\.number) == [3, 4, 5, 6, 7])
  }

  // MARK: Sinks

  @Test func `what waits for a sink that is not there any more is given up, and tried again once it is back`() throws {
    let (kept, lost) = ("a/stdout", "b/webhook/5b08f712")
    try store.commit(batch(1, try changes(visits: 1), to: kept))
    try store.commit(batch(2, try changes(visits: 1, vehicle: 1), from: 3, to: lost))
    #expect(try store.setSinks([kept, lost], at: Self.start).isEmpty)
    try store.conclude([
      AlertStore.Conclusion(
        number: 3, attempt: DeliveryAttempt(at: Self.start, outcome: "delivered", note: nil), state: .delivered,
        due: Self.start)
    ])
    #expect(try store.setSinks([kept], at: Self.start + 1000) == [lost: 1])
    #expect(try store.setSinks([kept], at: Self.start + 2000).isEmpty, "it is told once")
    #expect(try store.deliveries().map(\.state) == [.waiting, .waiting, .delivered, .dead])
    #expect(try store.delivery(4)?.concludedAt == Self.start + 1000)
    #expect(try store.attempts(at: 4).map(\.note) == ["its sink is not in the configuration any more"])
    let errors = [
      #expect(throws: StoreError.self) { try store.retryDead(to: lost, at: Self.start + 3000) },
      #expect(throws: StoreError.self) { try store.retry([1, 4], at: Self.start + 3000) },
    ]
    for error in errors {
      #expect(error?.message.contains("\(lost)") == true && error?.message.contains("there are \(kept)") == true)
    }
    #expect(throws: StoreError.self) { try store.enable(sink: lost, at: Self.start) }
    let left = try store.retryDead(at: Self.start + 3000)
    #expect(left.retried == 0 && left.left == 1)
    #expect(try store.delivery(1)?.due == Self.start, "none is tried where one cannot be")
    try store.setSinks([lost, kept], at: Self.start + 3000)
    let back = try store.retryDead(to: lost, at: Self.start + 3000)
    #expect(back.retried == 1 && back.left == 0)
    #expect(try store.deliveries([.waiting], to: lost).map(\.due) == [Self.start + 3000])
  }

  @Test func `a sink that is back has what was given up in three days, and nothing older`() throws {
    let sink = "log/webhook/5b08f712"
    let now = Self.start + 10 * Self.day
    for (number, age) in [(1, AlertStore.reprieve + 1), (3, AlertStore.reprieve)] as [(UInt64, Int64)] {
      let changes = try changes(visits: 1, vehicle: UInt32(number))
      try store.commit(batch(Int64(number), changes, from: number, at: now - age, to: sink))
    }
    var state = AlertStore.SinkState()
    state.isDisabled = true
    try store.setSinks([sink], at: now)
    try store.keep(state, ofSink: sink)
    try store.conclude(
      (1...4).map { number in
        AlertStore.Conclusion(
          number: number, attempt: DeliveryAttempt(at: now, outcome: DeliveryAttempt.givenUp, note: nil), state: .dead,
          due: now)
      })
    #expect(try store.deliveries([.dead]).allSatisfy { $0.failures == 0 }, "nobody has tried")
    #expect(throws: StoreError.self) { try store.retry([1], at: now) }
    let signal = try store.signal()
    #expect(try store.enable(sink: sink, at: now) == 2)
    #expect(try store.signal() != signal && store.state(ofSink: sink) == AlertStore.SinkState())
    #expect(try store.deliveries([.waiting]).map(\.number) == [3, 4])
    #expect(try store.enable(sink: sink, at: now) == 0)
    #expect(try store.retry([1], at: now) == 1)
  }

  @Test func `a store of before takes the sinks of now`() throws {
    let path = folder.url.appending(path: "before.db").path
    // As the first version made it.
    let first = try DatabaseQueue(path: path)
    try AlertSchema.migrator.migrate(first, upTo: "1")
    try first.write {
      try $0.execute(sql: "INSERT INTO sink (id, is_disabled, paused_until) VALUES ('log/webhook/1', 1, NULL)")
    }
    try first.close()
    let store = try AlertStore(path: path)
    #expect(try store.state(ofSink: "log/webhook/1").isDisabled)
    #expect(try store.setSinks(["log/stdout"], at: Self.start).isEmpty)
  }

  @Test func `a store of an earlier version is gone on with: its alerts, and how time had gone on`() throws {
    let path = folder.url.appending(path: "second.db").path
    let second = try DatabaseQueue(path: path)
    try AlertSchema.migrator.migrate(second, upTo: "2")
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    engine.setVehicle(0, id: "van-0", name: "Van 0")
    let outcome = engine.process((0..<20).map { fix($0 * 30, inside: $0 > 5) })
    #expect(!outcome.traces.isEmpty, "traces have to be kept")
    let state = engine.state(ofShard: 0)
    #expect(!state.alerts.alerts.isEmpty, "an alert has to be kept")
    // As that version wrote it.
    try second.write { database in
      for trace in outcome.traces {
        try database.execute(
          sql: "INSERT INTO trace (vehicle, time, rule, fence, body) VALUES (0, ?, ?, ?, ?)",
          arguments: [trace.decision.time, trace.rule, trace.fence, Data(trace.decision.bytes)])
      }
      for alert in outcome.changes.map(\.alert) {
        try database.execute(
          sql: """
            INSERT INTO alert (id, rule, vehicle, starts_at, decided_at, recorded_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            alert.id, alert.rule, alert.vehicleID, alert.startsAt, alert.decidedAt, Self.start,
            try StoredJSON.text(alert),
          ])
      }
      for shard in 0..<AlertEngine.shardCount {
        let state = engine.state(ofShard: shard)
        try database.execute(
          sql: "INSERT INTO shard (number, journal, engine, alerts) VALUES (?, 1, ?, ?)",
          arguments: [shard, Data(state.engine), try StoredJSON.text(state.alerts)])
      }
      try database.execute(sql: "INSERT INTO journal (number, now) VALUES (2, 0), (3, ?)", arguments: [Self.start])
      try database.execute(
        sql: "INSERT INTO configuration (id, digest, patience, rules, taken_at) VALUES (1, '', ?, '', 0)",
        arguments: [try StoredJSON.text(AlertEngine.Patience())])
    }
    try second.close()
    let store = try AlertStore(path: path)
    let checkpoint = try #require(try store.checkpoint())
    #expect(checkpoint.shards.map(\.state.alerts)[0] == state.alerts)
    #expect(checkpoint.shards.map(\.state.engine)[0] == state.engine)
    var entries: [AlertStore.JournalEntry] = []
    try store.readJournal(after: 1) { entries.append($0) }
    let all = (0..<AlertEngine.parts).map { AlertBatch.Advance(part: $0, time: Self.start) }
    #expect(entries.map(\.advances) == [[], all])
    #expect(try store.traces(ofVehicle: 0, in: 0...Int64.max) == outcome.traces)
  }

  @Test func `an alert that is not there any more is none that fires`() throws {
    try store.commit(batch(1, try changes(visits: 1)))
    var state = AlertMachine.State()
    let alert = try #require(try store.alerts(in: .min..<(.max)).first).alert
    var other = alert
    other.id = "alrt_gone"
    state.alerts = [alert, other].map { StandingAlert(vehicle: 0, alert: $0, due: 7) }
    let read = try AlertMachine.State(from: state.bytes) { try store.alert($0)?.alert }
    #expect(read.alerts == [StandingAlert(vehicle: 0, alert: alert, due: 7)])
  }

  @Test func `a state of alerts that is damaged is told`() throws {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    let configuration = StoredConfiguration(
      digest: "", patience: AlertEngine.Patience(), rules: "", files: [:])
    var first = AlertBatch(number: 1, recordedAt: Self.start)
    for shard in 0..<AlertEngine.shardCount { first.shards.append((shard, engine.state(ofShard: shard))) }
    try store.commit(first, with: configuration)
    try store.write {
      try $0.execute(
        sql: "UPDATE shard SET alerts = CAST(substr(alerts, 1, length(alerts) - 1) AS BLOB) WHERE number = 5")
    }
    let error = try #require(throws: StoreError.self) { try store.checkpoint() }
    #expect(error.code == .damaged)
  }

  @Test func `an alert is found by its id, and by a beginning that no other has`() throws {
    try store.commit(batch(1, try changes(visits: 3)))
    let ids = try store.alerts(in: .min..<(.max)).map(\.alert.id)
    #expect(ids.count == 3)
    for id in ids {
      #expect(try store.alert(id)?.alert.id == id)
      #expect(try store.alert(String(id.prefix(id.count - 4)))?.alert.id == id)
    }
    #expect(try store.alert("alrt_") == nil, "all of them begin so")
    #expect(try store.alert("alrt_0000") == nil && store.alert(ids[0] + "x") == nil)
    let shared = "alrt_twin"
    try store.write { database in
      for id in [shared, shared + "2"] {
        try database.execute(
          sql: """
            INSERT INTO alert (id, rule, vehicle, starts_at, decided_at, recorded_at, body)
            SELECT ?, rule, vehicle, starts_at, decided_at, recorded_at, body FROM alert WHERE id = ?
            """, arguments: [id, ids[0]])
      }
    }
    #expect(try store.alert(shared) != nil, "a whole id is one, whatever begins with it")
    #expect(try store.alert("alrt_twi") == nil)
  }

  // MARK: Age

  @Test func `what is old goes, what still waits or fires stays, and no number is given out twice`() throws {
    // Of three vehicles: delivered, waiting, given up; and one that still fires.
    let groups = try (0..<3).map { try changes(visits: 1, vehicle: UInt32($0)) }
    var number: UInt64 = 1
    for (place, changes) in groups.enumerated() {
      try store.commit(batch(Int64(place + 1), changes, from: number))
      number += UInt64(changes.count)
    }
    try store.commit(batch(4, Array(try changes(visits: 1, vehicle: 3).prefix(1)), from: number))
    let states: [(UInt64, Delivery.State)] = [
      (1, .delivered), (2, .delivered), (3, .delivered), (5, .dead), (6, .dead), (7, .delivered),
    ]
    try store.conclude(
      states.map { number, state in
        AlertStore.Conclusion(
          number: number, attempt: DeliveryAttempt(at: Self.start + 1000, outcome: "x", note: nil), state: state,
          due: Self.start)
      })
    let before = try store.counters()
    #expect(before.event == 7 && before.delivery == 7)
    let later = Self.start + 500 * Self.day
    try store.prune(alertsBefore: later, tracesBefore: later)
    #expect(try store.deliveries([.waiting]).map(\.number) == [4])
    let waiting = try #require(try store.contents(ofDelivery: 4))
    #expect(waiting.events.map(\.event.number) == [4], "what is to be told is there")
    let left = Set(try store.alerts(in: .min..<(.max)).map(\.alert.vehicleID))
    #expect(!left.contains("van-0") && left.isSuperset(of: ["van-1", "van-3"]))
    #expect(try store.alerts(in: .min..<(.max), isFiring: true).map(\.alert.vehicleID) == ["van-3"])
    #expect(try store.counters() == before)
    #expect(try store.events(ofAlert: groups[0][0].alert.id).isEmpty)
    #expect(try store.attempts(at: 1).isEmpty)
    // Once more, and from a young time on, nothing changes.
    let rows = try rows()
    try store.prune(alertsBefore: later, tracesBefore: later)
    try store.prune(alertsBefore: Self.start - Self.day, tracesBefore: Self.start - Self.day)
    #expect(try self.rows() == rows)
  }

  @Test func `traces and what came to nothing go by an age of their own`() throws {
    let engine = AlertEngine(Self.book, fences: try FenceSet([Self.yard]))
    for number in 0..<2 { engine.setVehicle(UInt32(number), id: "van-\(number)", name: "Van \(number)") }
    var batch = AlertBatch(number: 1, recordedAt: Self.start)
    batch.fixes = [fix(0, inside: false), fix(30, inside: true), fix(60, inside: true), fix(10, inside: true)]
    batch.fixes += batch.fixes.map { fix in
      var other = fix
      other.vehicle = 1
      return other
    }
    batch.outcome = engine.process(batch.fixes)
    try store.commit(batch)
    let (times, all) = (Self.start...(Self.start + Self.day), batch.outcome.traces)
    func traces(_ vehicle: UInt32) -> [AlertEngine.Trace] { all.filter { $0.vehicle == vehicle } }
    #expect(!traces(0).isEmpty && traces(0).count == traces(1).count)
    // From the journal, and the more so once they are gathered.
    for isGathered in [false, true] {
      if isGathered {
        var second = AlertBatch(number: 2, recordedAt: Self.start)
        second.traces = [AlertBatch.Traces(shard: 0, traces: traces(0))]
        second.shards = [(0, engine.state(ofShard: 0))]
        try store.commit(second)
      }
      for vehicle: UInt32 in 0..<2 { #expect(try store.traces(ofVehicle: vehicle, in: times) == traces(vehicle)) }
      let time = try #require(traces(0).last).decision.time
      #expect(
        try store.traces(ofVehicle: 0, in: time...time, rule: traces(0)[0].rule)
          == traces(0).filter { $0.decision.time == time && $0.rule == traces(0)[0].rule })
      #expect(try store.traces(ofVehicle: 0, in: times, fence: "elsewhere").isEmpty)
      #expect(
        try store.youngTraces().map(\.count) == [isGathered ? 0 : traces(0).count, traces(1).count]
          + Array(repeating: 0, count: AlertEngine.shardCount - 2))
    }
    #expect(try store.dropped(ofVehicle: 0, in: times).map(\.reason) == ["LATE"])
    // Those of a block go together, when the last of them is old.
    let last = try #require(traces(0).map(\.decision.time).max())
    try store.prune(alertsBefore: Self.start - Self.day, tracesBefore: last)
    #expect(try store.dropped(ofVehicle: 0, in: times).isEmpty)
    #expect(try store.traces(ofVehicle: 0, in: times) == traces(0))
    try store.prune(alertsBefore: Self.start - Self.day, tracesBefore: last + 1)
    #expect(try store.traces(ofVehicle: 0, in: times).isEmpty)
    #expect(try store.traces(ofVehicle: 1, in: times) == traces(1), "the journal is needed")
    #expect(try store.alerts(in: .min..<(.max)).count == 2)
  }

  @Test func `the log begins anew when it is told to, and not as long as somebody reads what was there before`() throws
  {
    func length() throws -> Int {
      try store.database.writeWithoutTransaction { database in
        try #require(try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)"))[1]
      }
    }
    for number in 1...UInt32(20) {
      let changes = try changes(visits: 1, vehicle: number)
      try store.commit(batch(Int64(number), changes, from: UInt64(number) * 4))
    }
    let before = try length()
    #expect(try store.tidyLog() && length() == before, "a short one is left as it is")
    let reader = try DatabaseQueue(path: store.path)
    try reader.writeWithoutTransaction { database in
      try database.execute(sql: "BEGIN")
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM alert")
      try store.commit(batch(21, try changes(visits: 1, vehicle: 21), from: 84))
      #expect(try !store.tidyLog(isForced: true))
      try database.execute(sql: "COMMIT")
    }
    #expect(try store.tidyLog(isForced: true))
    try store.commit(AlertBatch(number: 22, recordedAt: Self.start))
    #expect(try length() < before)
  }
}
