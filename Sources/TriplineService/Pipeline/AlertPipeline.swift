package import TriplineAlerts
import TriplineCore
package import TriplineStore

/// The way from fixes to what is to be told: engine, notification machine and store as one, so that what is decided is on the disk
/// before anybody hears of it.
///
/// When the store cannot be written, the state in memory is ahead of it: the pipeline is of no use any more, and a new one goes on
/// where the store is.
package actor AlertPipeline {
  /// A sink, as far as it matters for what goes there.
  package struct Sink: Sendable, Hashable {
    package var id: String
    /// The name of the receiver it is part of.
    package var receiver: String
    /// Whether it takes all of a message together, or one event at a time.
    package var takesGroups: Bool

    package init(id: String, receiver: String, takesGroups: Bool) {
      self.id = id
      self.receiver = receiver
      self.takesGroups = takesGroups
    }
  }

  /// An alert that somebody may have to be told of.
  private struct Open {
    var vehicle: String
    /// The ids of its events, by their numbers.
    var events: [UInt64: String]
  }

  /// Fixes from one snapshot of a shard to the next.
  private static let snapshotFixes = 12_500
  /// The same in milliseconds.
  private static let snapshotInterval: Int64 = 10_000

  private let store: AlertStore
  private let source: String
  private let metrics: ServiceMetrics
  /// The configuration to begin with.
  private var next: LoadedConfiguration
  private var hasStarted = false
  /// What went wrong with the store: from there on the state in memory is ahead of it.
  private var failure: (any Error)?
  /// The configuration that the engine knows.
  private var configuration: LoadedConfiguration
  private var sinks: [Sink]
  private var engine: AlertEngine
  private var notifications: NotificationMachine
  private var vehicles: [String: UInt32] = [:]
  private var names: [String] = []
  private var counters: AlertStore.Counters
  private var open: [String: Open] = [:]
  /// Up to when time has gone on without anything coming of it.
  private var advancedTo: Int64?
  private var nextShard = 0
  private var fixesSinceSnapshot = 0
  private var lastSnapshot: Int64

  /// Goes on where a store is, or begins.
  ///
  /// - Parameters:
  ///   - store: the store.
  ///   - configuration: the configuration; where the store was left with another one, that is changed now.
  ///   - sinks: where alerts can go.
  ///   - source: who tells of alerts, a URI reference such as `/tripline/prod`.
  ///   - metrics: what is counted.
  ///   - now: the time, in milliseconds UTC.
  /// - Throws: `StoreError`, `SnapshotError` and `ConfigurationError` where the store is of no use.
  package init(
    store: AlertStore, configuration: LoadedConfiguration, sinks: [Sink], source: String, metrics: ServiceMetrics,
    at now: Int64
  ) throws {
    self.store = store
    self.source = source
    self.metrics = metrics
    self.sinks = sinks
    next = configuration
    counters = try store.counters()
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
    notifications = Self.notifications(of: configuration.alerts)
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
      if let time = entry.advancedTo { _ = engine.advance(to: time, shards: behind) }
      _ = engine.process(entry.fixes, shards: behind)
    }
    return engine
  }

  private static func notifications(of alerts: AlertConfiguration) -> NotificationMachine {
    NotificationMachine(
      route: alerts.notification.route, inhibitions: alerts.notification.inhibitions, rules: alerts.rules)
  }

  // MARK: What comes in

  /// Begins: takes silences, rules and fences of now, and what was not settled before; returns what is to be delivered.
  package func start(at now: Int64) throws -> [Delivery] {
    try step {
      hasStarted = true
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
    _ = notifications.setSilences(try store.silences(after: now), at: now)
    let standing = try store.standing()
    for one in standing {
      open[one.alert.id] = Open(vehicle: one.alert.vehicleID, events: try eventIDs(ofAlert: one.alert.id))
    }
    let groups = try store.groups(since: now - 7 * 86_400_000)
    perform(notifications.restore(standing, groups: groups, at: now), &batch)
    return try replace(with: next, &batch)
  }

  private func eventIDs(ofAlert id: String) throws -> [UInt64: String] {
    Dictionary(uniqueKeysWithValues: try store.events(ofAlert: id).map { ($0.event.number, $0.event.id) })
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

  /// Time goes on.
  ///
  /// - Parameters:
  ///   - now: the time, in milliseconds UTC.
  ///   - fixesUpTo: the time of which the fixes could come by now; that of now unless given, and earlier where the feed is away.
  ///     `nil` where none could yet.
  package func tick(at now: Int64, fixesUpTo: Int64?) throws -> [Delivery] {
    try step { try advance(to: now, fixesUpTo: fixesUpTo) }
  }

  private func advance(to now: Int64, fixesUpTo: Int64?) throws -> [Delivery] {
    var outcome = AlertEngine.Outcome()
    if let fixesUpTo {
      outcome = engine.advance(to: fixesUpTo)
      advancedTo = fixesUpTo
    }
    let isQuiet = outcome == AlertEngine.Outcome()
    guard !isQuiet || notifications.next.map({ $0 <= now }) ?? false || isSnapshotDue(at: now) else { return [] }
    var batch = batch(at: now)
    batch.outcome = outcome
    return try finish(&batch)
  }

  /// Time goes on, and the feed is there.
  package func tick(at now: Int64) throws -> [Delivery] { try tick(at: now, fixesUpTo: now) }

  /// Takes the silences of now.
  package func readSilences(at now: Int64) throws -> [Delivery] {
    try step {
      var batch = batch(at: now)
      perform(notifications.setSilences(try store.silences(after: now), at: now), &batch)
      return try finish(&batch)
    }
  }

  /// Goes over to another configuration; before it has started, it begins with that one.
  package func reload(_ configuration: LoadedConfiguration, sinks: [Sink], at now: Int64) throws -> [Delivery] {
    try step {
      guard hasStarted else {
        (next, self.sinks) = (configuration, sinks)
        notifications = Self.notifications(of: configuration.alerts)
        return []
      }
      return try change(to: configuration, sinks: sinks, at: now)
    }
  }

  private func change(to configuration: LoadedConfiguration, sinks: [Sink], at now: Int64) throws -> [Delivery] {
    var batch = batch(at: now)
    notifications = Self.notifications(of: configuration.alerts)
    _ = notifications.setSilences(try store.silences(after: now), at: now)
    self.sinks = sinks
    perform(
      notifications.restore(try store.standing(), groups: try store.groups(since: now - 7 * 86_400_000), at: now),
      &batch)
    return try replace(with: configuration, &batch)
  }

  /// Of each vehicle the time of the newest fix that was of use, by its id.
  package var lastTimes: [String: Int64] {
    vehicles.compactMapValues { engine.lastTime(of: $0) }
  }

  /// All that fires.
  package var standing: [Alert] { engine.standing }

  // MARK: What goes out

  private func batch(at now: Int64) -> AlertBatch {
    var batch = AlertBatch(number: counters.journal + 1, recordedAt: now)
    batch.advancedTo = advancedTo
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
    try store.commit(batch)
    return conclude(batch)
  }

  private func isSnapshotDue(at now: Int64) -> Bool {
    fixesSinceSnapshot >= Self.snapshotFixes
      || fixesSinceSnapshot > 0 && now - lastSnapshot >= Self.snapshotInterval
  }

  private func conclude(_ batch: AlertBatch) -> [Delivery] {
    counters.journal = batch.number
    advancedTo = nil
    for alert in batch.settled { open[alert] = nil }
    return batch.deliveries
  }

  /// Makes events of changes, and decides who is told.
  private func announce(_ batch: inout AlertBatch) throws {
    var told: Set<String> = []
    var changes: [AlertChange] = []
    for change in batch.outcome.changes {
      let event = CloudEvent(
        change, source: source, recordedAt: batch.recordedAt, sequence: counters.event + 1)
      // One fact is told once, whatever brings it about a second time.
      guard told.insert(event.id).inserted, try !store.hasEvent(event.id) else { continue }
      changes.append(change)
      counters.event += 1
      let alert = change.alert
      let isFiring = if case .fired = change { true } else { false }
      batch.events.append(
        AlertBatch.Event(
          number: counters.event, id: event.id, alert: alert.id, isFiring: isFiring,
          json: String(decoding: event.json, as: UTF8.self)))
      open[alert.id, default: Open(vehicle: alert.vehicleID, events: [:])].events[counters.event] = event.id
      if isFiring { metrics.alertFired(rule: alert.rule, severity: alert.labels["severity"] ?? "") }
      perform(notifications.take(change, number: counters.event, at: batch.recordedAt), &batch)
    }
    batch.outcome.changes = changes
    perform(notifications.advance(to: batch.recordedAt), &batch)
  }

  private func perform(_ actions: [NotificationMachine.Action], _ batch: inout AlertBatch) {
    for action in actions {
      switch action {
      case .tell(let receiver, let group, let changes): tell(receiver, group, changes, &batch)
      case .hold(let alert, let reason, let cause):
        batch.holds.append((alert, reason))
        metrics.suppressed(ServiceMetrics.Suppression(cause))
      case .drop(let alert, let receiver, let reason):
        batch.holds.append((alert, reason))
        batch.concluded.append((alert, receiver))
      case .settle(let alert): batch.settled.append(alert)
      }
    }
  }

  private func tell(
    _ receiver: String, _ group: NotificationMachine.Group, _ changes: [NotificationMachine.Told],
    _ batch: inout AlertBatch
  ) {
    for change in changes {
      if change.isFiring {
        batch.told.append((change.alert, receiver))
      } else {
        batch.concluded.append((change.alert, receiver))
      }
    }
    if group.alert == nil { batch.groups.insert(group.key) }
    for sink in sinks where sink.receiver == receiver {
      if sink.takesGroups {
        deliver(changes, to: sink, about: group.key, labels: group.labels, &batch)
      } else {
        // An event that is told again would be known by its id.
        for change in changes where !change.isRepeat {
          deliver([change], to: sink, about: open[change.alert]?.vehicle ?? change.alert, &batch)
        }
      }
    }
  }

  private func deliver(
    _ changes: [NotificationMachine.Told], to sink: Sink, about subject: String, labels: [String: String] = [:],
    _ batch: inout AlertBatch
  ) {
    counters.delivery += 1
    let ids = changes.map { open[$0.alert]?.events[$0.number] ?? "\($0.number)" }
    var id = ids[0]
    if sink.takesGroups {
      let repeats = changes.contains(where: \.isRepeat) ? ["repeat", "\(batch.recordedAt)"] : []
      id = AlertID.text(ids + repeats, prefix: "ntfy_")
    }
    var delivery = Delivery(
      number: counters.delivery, id: id, sink: sink.id, about: subject, events: changes.map(\.number),
      at: batch.recordedAt)
    delivery.labels = labels
    batch.deliveries.append(delivery)
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
