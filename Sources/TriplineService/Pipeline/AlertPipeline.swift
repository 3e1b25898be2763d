package import Logging
package import TriplineAlerts
import TriplineCore
package import TriplineStore

/// The way from fixes to what is to be told: engine, outbox and store as one, so that what is decided is on the disk
/// before anybody hears of it.
///
/// When the store cannot be written, the state in memory is ahead of it: the pipeline is of no use any more, and a new one goes on
/// where the store is.
package actor AlertPipeline {
  /// Fixes from one snapshot of a shard to the next.
  private static let snapshotFixes = 12_500
  /// The same in milliseconds.
  private static let snapshotInterval: Int64 = 10_000
  /// So many traces of a shard are kept together.
  private static let traceBlock = 1000
  /// How long the last message of a group is of interest, in milliseconds; none of its intervals is longer.
  private static let groupMemory: Int64 = 366 * 86_400_000

  private let store: AlertStore
  private let metrics: ServiceMetrics
  private let logger: Logger
  /// The configuration to begin with.
  private var next: LoadedConfiguration
  private var hasStarted = false
  /// What went wrong with the store: from there on the state in memory is ahead of it.
  private var failure: (any Error)?
  /// The configuration that the engine knows.
  private var configuration: LoadedConfiguration
  private var engine: AlertEngine
  private var outbox: Outbox
  private var vehicles: [String: UInt32] = [:]
  private var names: [String] = []
  /// The number of the last row of the journal.
  private var journal: Int64
  /// How time has gone on without anything coming of it.
  private var advances: [AlertBatch.Advance] = []
  private var nextShard = 0
  private var fixesSinceSnapshot = 0
  private var lastSnapshot: Int64

  /// The traces of each shard that stand in the journal alone.
  private var traces = [[AlertEngine.Trace]](repeating: [], count: AlertEngine.shardCount)

  /// Goes on where a store is, or begins.
  ///
  /// - Parameters:
  ///   - store: the store.
  ///   - configuration: the configuration; where the store was left with another one, that is changed now.
  ///   - sinks: where alerts can go.
  ///   - source: who tells of alerts, a URI reference such as `/tripline/prod`.
  ///   - metrics: what is counted.
  ///   - logger: where steps in the lives of alerts are told, for debugging.
  ///   - now: the time, in milliseconds UTC.
  /// - Throws: `StoreError`, `SnapshotError` and `ConfigurationError` where the store is of no use.
  package init(
    store: AlertStore, configuration: LoadedConfiguration, sinks: [Outbox.Sink], source: String,
    metrics: ServiceMetrics, logger: Logger = Logger(label: "tripline") { _ in SwiftLogNoOpLogHandler() },
    at now: Int64
  ) throws {
    self.store = store
    self.metrics = metrics
    self.logger = logger
    next = configuration
    let counters = try store.counters()
    journal = counters.journal
    outbox = Outbox(
      configuration.alerts, sinks: sinks, source: source, event: counters.event, delivery: counters.delivery)
    lastSnapshot = now
    let known = try store.vehicles()
    if let checkpoint = try store.checkpoint() {
      let before = try LoadedConfiguration(checkpoint.configuration, file: "the configuration of the last run")
      engine = try Self.restore(checkpoint, before, known, from: store)
      // The oldest state first, so that the journal behind it can go.
      nextShard =
        checkpoint.shards.indices.min { checkpoint.shards[$0].journal < checkpoint.shards[$1].journal } ?? 0
      self.configuration = before
    } else {
      self.configuration = configuration
      engine = AlertEngine(
        RuleBook(configuration.alerts.rules), fences: configuration.fences, patience: configuration.stored.patience)
    }
    for vehicle in known {
      vehicles[vehicle.id] = vehicle.number
      names.append(vehicle.name)
    }
    metrics.vehicles(names.count)
  }

  private static func restore(
    _ checkpoint: AlertStore.Checkpoint, _ configuration: LoadedConfiguration, _ vehicles: [AlertBatch.Vehicle],
    from store: AlertStore
  ) throws -> AlertEngine {
    let engine = try AlertEngine(
      restoring: checkpoint.shards.map(\.state), RuleBook(configuration.alerts.rules), fences: configuration.fences,
      patience: checkpoint.configuration.patience)
    for vehicle in vehicles { engine.setVehicle(vehicle.number, id: vehicle.id, name: vehicle.name) }
    let journals = checkpoint.shards.map(\.journal)
    // What comes of it was written with it.
    try store.readJournal(after: journals.min() ?? 0) { entry in
      let behind = Set(journals.indices.filter { journals[$0] < entry.number })
      for advance in entry.advances {
        let part = AlertEngine.shards(ofPart: advance.part)
        _ = engine.advance(to: advance.time, shards: behind.intersection(part))
      }
      _ = engine.process(entry.fixes, shards: behind)
    }
    return engine
  }

  // MARK: What comes in

  /// Begins: takes silences, rules and fences of now, and what was not settled before; returns what is to be delivered.
  package func start(at now: Int64) throws -> [Delivery] {
    try step {
      hasStarted = true
      traces = try store.youngTraces()
      return try begin(at: now)
    }
  }

  /// Does something once nothing has gone wrong before.
  private func step<Result>(_ body: () throws -> Result) throws -> Result {
    if let failure { throw failure }
    do {
      return try body()
    } catch {
      failure = error
      throw error
    }
  }

  private func begin(at now: Int64) throws -> [Delivery] {
    var batch = batch(at: now)
    try goOn(&batch)
    return try replace(with: next, &batch)
  }

  /// Takes up what was not settled before, with the silences of now.
  private func goOn(_ batch: inout AlertBatch) throws {
    let now = batch.recordedAt
    let standing = try store.standing()
    let events = try standing.map { try store.events(ofAlert: $0.alert.id).map(\.event) }
    outbox.goOn(
      Array(zip(standing, events)), silences: try store.silences(after: now),
      groups: try store.groups(since: now - Self.groupMemory), &batch)
  }

  /// Takes fixes in the order of their arrival; returns what is to be delivered, all of which is on the disk.
  package func take(_ received: [ReceivedFix], at now: Int64) throws -> [Delivery] {
    try step { try decide(on: received, at: now) }
  }

  private func decide(on received: [ReceivedFix], at now: Int64) throws -> [Delivery] {
    var batch = batch(at: now)
    var fixes: [Fix] = []
    fixes.reserveCapacity(received.count)
    for one in received {
      var fix = one.fix
      fix.vehicle = number(of: one, &batch)
      fixes.append(fix)
    }
    batch.fixes = fixes
    batch.outcome = engine.process(fixes)
    note(batch, at: now)
    fixesSinceSnapshot += fixes.count
    return try finish(&batch)
  }

  /// Time goes on for a part of the fleet; returns what is to be delivered.
  ///
  /// - Parameters:
  ///   - part: the part, one of `AlertEngine.parts`.
  ///   - now: the time, in milliseconds UTC.
  ///   - fixesUpTo: the time of which the fixes could come by now; that of now unless given, and earlier where the feed is away.
  ///     `nil` where none could yet.
  package func tick(_ part: Int, at now: Int64, fixesUpTo: Int64?) throws -> [Delivery] {
    try step { try advance(part, to: now, fixesUpTo: fixesUpTo) }
  }

  private func advance(_ part: Int, to now: Int64, fixesUpTo: Int64?) throws -> [Delivery] {
    var outcome = AlertEngine.Outcome()
    if let fixesUpTo {
      outcome = engine.advance(to: fixesUpTo, shards: AlertEngine.shards(ofPart: part))
      // Nothing came of the one before: this one stands for both.
      advances.removeAll { $0.part == part }
      advances.append(AlertBatch.Advance(part: part, time: fixesUpTo))
    }
    let isQuiet = outcome == AlertEngine.Outcome()
    guard !isQuiet || outbox.next.map({ $0 <= now }) ?? false || isSnapshotDue(at: now) else { return [] }
    var batch = batch(at: now)
    batch.outcome = outcome
    return try finish(&batch)
  }

  /// Takes the silences of now.
  package func readSilences(at now: Int64) throws -> [Delivery] {
    try step {
      var batch = batch(at: now)
      outbox.setSilences(try store.silences(after: now), &batch)
      return try finish(&batch)
    }
  }

  /// Goes over to another configuration; before it has started, it begins with that one.
  package func reload(_ configuration: LoadedConfiguration, sinks: [Outbox.Sink], at now: Int64) throws -> [Delivery] {
    try step {
      guard hasStarted else {
        next = configuration
        outbox.change(to: configuration.alerts, sinks: sinks)
        return []
      }
      return try change(to: configuration, sinks: sinks, at: now)
    }
  }

  private func change(to configuration: LoadedConfiguration, sinks: [Outbox.Sink], at now: Int64) throws -> [Delivery] {
    var batch = batch(at: now)
    outbox.change(to: configuration.alerts, sinks: sinks)
    try goOn(&batch)
    return try replace(with: configuration, &batch)
  }

  /// Of each vehicle the time of the newest fix that was of use, by its id.
  package var lastTimes: [String: Int64] {
    vehicles.compactMapValues { engine.lastTime(of: $0) }
  }

  /// All that fires.
  package var standing: [Alert] { engine.standing }

  /// What would fire if it went on as it is.
  package var pending: [AlertEngine.Pending] { engine.pending }

  // MARK: What goes out

  private func batch(at now: Int64) -> AlertBatch {
    var batch = AlertBatch(number: journal + 1, recordedAt: now)
    batch.advances = advances
    return batch
  }

  private func number(of one: ReceivedFix, _ batch: inout AlertBatch) -> UInt32 {
    if let number = vehicles[one.vehicleID] {
      guard let name = one.vehicleName, name != names[Int(number)] else { return number }
      return setVehicle(number, one.vehicleID, name, &batch)
    }
    return setVehicle(UInt32(names.count), one.vehicleID, one.vehicleName ?? one.vehicleID, &batch)
  }

  private func setVehicle(_ number: UInt32, _ id: String, _ name: String, _ batch: inout AlertBatch) -> UInt32 {
    if Int(number) == names.count { names.append(name) } else { names[Int(number)] = name }
    vehicles[id] = number
    engine.setVehicle(number, id: id, name: name)
    batch.vehicles.append(AlertBatch.Vehicle(number: number, id: id, name: name))
    return number
  }

  /// Goes over to a configuration where the engine knows another one, and writes all of its state where the store has another one,
  /// or none.
  private func replace(with configuration: LoadedConfiguration, _ batch: inout AlertBatch) throws -> [Delivery] {
    guard try store.configuration() != configuration.stored else { return try finish(&batch) }
    if self.configuration.stored != configuration.stored {
      // Fences that are the same are left alone: what late fixes make of others is dated at the change.
      let fences = self.configuration.fenceList == configuration.fenceList ? nil : configuration.fences
      batch.outcome = engine.replace(
        RuleBook(configuration.alerts.rules), fences: fences, patience: configuration.stored.patience,
        at: batch.recordedAt)
      self.configuration = configuration
    }
    for shard in 0..<AlertEngine.shardCount { batch.shards.append((shard, engine.state(ofShard: shard))) }
    try announce(&batch)
    gatherTraces(&batch)
    try store.commit(batch, with: configuration.stored)
    return conclude(batch)
  }

  private func finish(_ batch: inout AlertBatch) throws -> [Delivery] {
    try announce(&batch)
    if isSnapshotDue(at: batch.recordedAt) {
      batch.shards = [(nextShard, engine.state(ofShard: nextShard))]
      nextShard = (nextShard + 1) % AlertEngine.shardCount
      (fixesSinceSnapshot, lastSnapshot) = (0, batch.recordedAt)
    }
    gatherTraces(&batch)
    try store.commit(batch)
    return conclude(batch)
  }

  /// Traces of a shard are kept together once there are many, and when its state is written: the journal of before may go then.
  private func gatherTraces(_ batch: inout AlertBatch) {
    var full = Set(batch.shards.map(\.0))
    for trace in batch.outcome.traces {
      let shard = AlertEngine.shard(of: trace.vehicle)
      traces[shard].append(trace)
      if traces[shard].count >= Self.traceBlock { full.insert(shard) }
    }
    for shard in full.sorted() where !traces[shard].isEmpty {
      batch.traces.append(AlertBatch.Traces(shard: shard, traces: traces[shard]))
      traces[shard].removeAll(keepingCapacity: true)
    }
  }

  private func isSnapshotDue(at now: Int64) -> Bool {
    fixesSinceSnapshot >= Self.snapshotFixes
      || fixesSinceSnapshot > 0 && now - lastSnapshot >= Self.snapshotInterval
  }

  private func conclude(_ batch: AlertBatch) -> [Delivery] {
    for change in batch.outcome.changes {
      let alert = change.alert
      logger.debug(
        alert.resolvedAt == nil ? "an alert fires" : "an alert is over",
        metadata: ["alert": "\(alert.id)", "rule": "\(alert.rule)", "vehicle": "\(alert.vehicleID)"])
    }
    journal = batch.number
    advances = []
    outbox.forget(batch.settled)
    return batch.deliveries
  }

  private func announce(_ batch: inout AlertBatch) throws {
    if batch.outcome.changes.isEmpty {
      outbox.announce(&batch) { _ in false }
    } else {
      try store.lookingUpEvents { try outbox.announce(&batch, isKnown: $0) }
    }
    for case .fired(let alert) in batch.outcome.changes {
      metrics.alertFired(rule: alert.rule, severity: alert.labels["severity"] ?? "")
    }
    for hold in batch.holds { metrics.suppressed(ServiceMetrics.Suppression(hold.cause)) }
  }

  private func note(_ batch: AlertBatch, at now: Int64) {
    let dropped = batch.outcome.dropped
    let late = dropped.count { $0.reason == .late }
    metrics.fixes(
      accepted: batch.fixes.count - dropped.count, rejected: dropped.count - late, late: late)
    metrics.fixLags(batch.fixes.lazy.map { Double(now - $0.time) / 1000 })
    if !batch.vehicles.isEmpty { metrics.vehicles(names.count) }
  }
}
