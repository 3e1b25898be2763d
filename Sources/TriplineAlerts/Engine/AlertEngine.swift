public import TriplineCore

/// The engine and the life of alerts for a fleet whose vehicles send at their own pace: fixes in, steps in the lives of alerts out.
///
/// Knows no clock and no task; not to be used by two at once. The vehicles are shared out to shards, each with an engine of its own
/// and a snapshot of its own, so that a snapshot takes little time whatever the size of the fleet. What comes out does not depend
/// on the shards.
public final class AlertEngine {
  /// How long what has not come is waited for.
  public struct Patience: Sendable, Hashable, Codable {
    /// How much older than the newest fix of its vehicle a fix may be and still be sorted in, in milliseconds. Decisions wait for so
    /// long; with 0 each fix is decided on at once.
    public var reorderWindow: Int64 = 0
    /// How long after a moment its fixes may take to come, in milliseconds, before a vehicle counts as silent then.
    public var silence: Int64 = 60_000
    /// How old a fix may be to bring about alerts, in milliseconds.
    public var largestAge: Int64 = 6 * 3_600_000

    /// No reordering, a minute, six hours.
    public init() {}

    /// How long ago a moment has to be for all of its fixes to have come and been decided on, in milliseconds.
    var span: Int64 { max(silence, reorderWindow) }
  }

  /// A fix that came to nothing, and why.
  public struct Dropped: Sendable, Hashable {
    /// The vehicle's index.
    public var vehicle: UInt32
    /// The time of the fix, in milliseconds UTC.
    public var time: Int64
    /// Why.
    public var reason: RejectionReason
  }

  /// What a rule made of a fix, or why it told of something.
  public struct Trace: Sendable, Equatable {
    /// The vehicle's index.
    public var vehicle: UInt32
    /// The rule's name.
    public var rule: String
    /// The fence's id.
    public var fence: String
    /// What it decided; its indices are of no use outside.
    public var decision: RuleDecision

    /// Creates one.
    public init(vehicle: UInt32, rule: String, fence: String, decision: RuleDecision) {
      self.vehicle = vehicle
      self.rule = rule
      self.fence = fence
      self.decision = decision
    }
  }

  /// What came out.
  public struct Outcome: Sendable, Equatable {
    /// Steps in the lives of alerts, in their order.
    public var changes: [AlertChange] = []
    /// What rules made of fixes near their fences.
    public var traces: [Trace] = []
    /// Fixes that came to nothing.
    public var dropped: [Dropped] = []

    /// Nothing.
    public init() {}
  }

  /// What is kept of a shard over a restart.
  public struct ShardState: Sendable {
    /// The engine's snapshot.
    public var engine: [UInt8]
    /// What fires, and what rules know besides.
    public var alerts: AlertMachine.State

    /// Creates one.
    public init(engine: [UInt8], alerts: AlertMachine.State) {
      self.engine = engine
      self.alerts = alerts
    }
  }

  private final class Shard {
    var engine: Engine
    var machine: AlertMachine

    init(_ engine: consuming Engine, _ machine: AlertMachine) {
      self.engine = engine
      self.machine = machine
    }

    func listen(for book: RuleBook) { engine.tellsTravel = book.needsTravel }
  }

  /// The number of shards that vehicles are shared out to. Snapshots depend on it.
  static let vehicleShards = 128
  /// The number of shards: those of vehicles, and one that looks at several vehicles at once.
  public static let shardCount = vehicleShards + 1

  /// Rules and fences as one reference: what each fix asks for is not copied.
  private final class Terms {
    let book: RuleBook
    let fences: FenceSet

    init(_ book: RuleBook, _ fences: FenceSet) {
      self.book = book
      self.fences = fences
    }
  }

  private var terms: Terms
  /// The rules.
  public var book: RuleBook { terms.book }
  /// The fences.
  public var fences: FenceSet { terms.fences }
  private var patience: Patience
  /// Those of vehicles.
  private var shards: [Shard] = []
  private let fleet: FleetShard
  private var buffer = EventBuffer()
  /// Ids and names of the vehicles, by index.
  private var vehicles: [(id: String, name: String)] = []

  /// Creates an engine that has seen nothing yet.
  public init(_ book: RuleBook, fences: FenceSet, patience: Patience = Patience()) {
    terms = Terms(book, fences)
    self.patience = patience
    fleet = FleetShard(book, patience)
    let machine = AlertMachine(book, fences: fences)
    for _ in 0..<Self.vehicleShards {
      shards.append(
        Shard(Engine(fences: fences, configuration: Self.configuration(book, patience)), machine))
      shards[shards.count - 1].listen(for: book)
    }
  }

  /// No fences, for what needs none.
  static let noFences: FenceSet = {
    do { return try FenceSet([]) } catch { preconditionFailure("a set without fences has no mistakes") }
  }()

  /// Goes on where states were taken, one of each shard, with the rules, fences and patience of then. That of several vehicles at
  /// once may be missing: it begins anew.
  ///
  /// - Throws: `SnapshotError`, as `Engine` does.
  public convenience init(
    restoring states: [ShardState], _ book: RuleBook, fences: FenceSet, patience: Patience = Patience()
  ) throws(SnapshotError) {
    self.init(book, fences: fences, patience: patience)
    guard (Self.vehicleShards...Self.shardCount).contains(states.count) else { throw .otherConfiguration }
    if states.count == Self.shardCount { try fleet.restore(states[Self.vehicleShards], patience) }
    for (shard, state) in zip(shards, states) {
      shard.engine = try Engine(
        restoring: state.engine, fences: fences, configuration: Self.configuration(book, patience))
      shard.machine.restore(state.alerts)
      shard.listen(for: book)
    }
  }

  private static func configuration(_ book: RuleBook, _ patience: Patience) -> Engine.Configuration {
    var configuration = Engine.Configuration(.fleet)
    configuration.gate.reorderWindow = patience.reorderWindow
    configuration.rules = book.fenceRules
    configuration.recordsDecisions = true
    // Also where no rule asks for it yet: one that does may be added while vehicles are on their way.
    configuration.scoring = ScoringParameters()
    // The same: a snapshot is of one configuration. Shards tell of it only where a rule asks for it.
    configuration.reportsTravel = true
    return configuration
  }

  /// Makes a vehicle known, or gives it another name. Indices are given out from 0 on, without gaps.
  public func setVehicle(_ index: UInt32, id: String, name: String) {
    if Int(index) == vehicles.count {
      vehicles.append((id, name))
    } else {
      vehicles[Int(index)] = (id, name)
    }
    fleet.setVehicle(AlertMachine.Vehicle(index: index, id: id, name: name))
  }

  /// The state of a shard, to be restored from.
  public func state(ofShard shard: Int) -> ShardState {
    shard == Self.vehicleShards
      ? fleet.state : ShardState(engine: shards[shard].engine.snapshot(), alerts: shards[shard].machine.state)
  }

  /// The shard of a vehicle.
  public static func shard(of vehicle: UInt32) -> Int { Int(vehicle) % vehicleShards }

  /// The index of a vehicle within its shard.
  private static func local(_ vehicle: UInt32) -> UInt32 { vehicle / UInt32(vehicleShards) }

  /// All that fires.
  public var standing: [Alert] { shards.flatMap { $0.machine.current } + fleet.standing }

  /// The time of the newest fix of a vehicle that was of use, in milliseconds UTC.
  public func lastTime(of vehicle: UInt32) -> Int64? {
    shards[Self.shard(of: vehicle)].engine.lastTime(of: Self.local(vehicle))
  }

  /// The ids of the fences that a vehicle is inside of.
  public func fences(holding vehicle: UInt32) -> [String] {
    shards[Self.shard(of: vehicle)].engine.fences(holding: Self.local(vehicle)).map { fences.id(of: $0) }
  }

  var vehicleCount: Int { vehicles.count }

  func vehicleID(_ vehicle: UInt32) -> String { vehicles[Int(vehicle)].id }

  func enginePending(of vehicle: UInt32) -> [RulePending] {
    shards[Self.shard(of: vehicle)].engine.pending(of: Self.local(vehicle))
  }

  func standing(of vehicle: UInt32) -> Standing? {
    shards[Self.shard(of: vehicle)].engine.standing(of: Self.local(vehicle))
  }

  // MARK: Fixes and time

  /// Takes fixes in the order of arrival, whose vehicles are known.
  ///
  /// - Parameters:
  ///   - fixes: the fixes.
  ///   - shards: those that take theirs; the others have taken them before.
  public func process(_ fixes: [Fix], shards wanted: Set<Int>? = nil) -> Outcome {
    var outcome = Outcome()
    let isLarge = vehicles.count >= Engine.largeFleet
    for index in fixes.indices {
      var fix = fixes[index]
      let number = Self.shard(of: fix.vehicle)
      // More of the same time may follow in this batch.
      let isLast =
        index + 1 == fixes.count || fixes[index + 1].vehicle != fix.vehicle || fixes[index + 1].time != fix.time
      if !terms.book.proximities.isEmpty, wanted?.contains(Self.vehicleShards) ?? true {
        outcome.changes += fleet.process(fix, isLast: isLast, patience)
      }
      if let wanted, !wanted.contains(number) { continue }
      if isLarge { prepare(for: fixes, behind: index) }
      let (vehicle, shard) = (fix.vehicle, shards[number])
      fix.vehicle = Self.local(vehicle)
      buffer.removeAll()
      shard.engine.process(CollectionOfOne(fix).span, into: &buffer)
      if patience.reorderWindow == 0 && isLast { shard.engine.release(fix.vehicle, before: .max, into: &buffer) }
      if let rejection = shard.engine.takeRejection() {
        outcome.dropped.append(Dropped(vehicle: vehicle, time: rejection.time, reason: rejection.reason))
      }
      shard.machine.notePlace(fix)
      take(number, into: &outcome)
    }
    return outcome
  }

  /// Has the memory brought near that fixes behind one will ask for.
  @inline(__always)
  private func prepare(for fixes: [Fix], behind index: Int) {
    let near = index &+ Engine.lookahead
    let far = near &+ Engine.lookahead
    if far < fixes.count {
      let vehicle = fixes[far].vehicle
      shards[Self.shard(of: vehicle)].engine.prepare(for: Self.local(vehicle))
    }
    if near < fixes.count {
      var fix = fixes[near]
      fix.vehicle = Self.local(fix.vehicle)
      shards[Self.shard(of: fixes[near].vehicle)].engine.prepareMore(for: fix)
    }
  }

  /// It is a time now, in milliseconds UTC: what has been silent for too long is decided.
  public func advance(to now: Int64, shards wanted: Set<Int>? = nil) -> Outcome {
    var outcome = Outcome()
    for (number, shard) in shards.enumerated() where wanted?.contains(number) ?? true {
      buffer.removeAll()
      if patience.reorderWindow > 0 { release(number, before: now - patience.reorderWindow, into: &outcome) }
      shard.engine.decideSilence(until: now - patience.silence, into: &buffer)
      shard.engine.advanceWatermark(to: now - patience.largestAge, into: &buffer)
      // Whose they are is not known any more.
      _ = shard.engine.takeRejection()
      take(number, into: &outcome)
      noteSilence(number, until: now - patience.silence, into: &outcome)
      let owners = terms.book.owners
      outcome.changes += shard.machine.advance(to: now - patience.span) { vehicle, rule in
        shard.engine.pending(of: vehicle).lazy.filter { owners[Int($0.rule)] == rule }.compactMap(\.due).min()
      }
    }
    if wanted?.contains(Self.vehicleShards) ?? true { outcome.changes += fleet.advance(to: now, patience) }
    return outcome
  }

  /// Has a shard decide on fixes from before a time which wait for earlier ones.
  private func release(_ number: Int, before time: Int64, into outcome: inout Outcome) {
    for vehicle in stride(from: number, to: vehicles.count, by: Self.vehicleShards) {
      shards[number].engine.release(Self.local(UInt32(vehicle)), before: time, into: &buffer)
      if let rejection = shards[number].engine.takeRejection() {
        outcome.dropped.append(Dropped(vehicle: UInt32(vehicle), time: rejection.time, reason: rejection.reason))
      }
    }
  }

  /// Tells rules of silence and of stops of vehicles from which no fix has come, up to a time up to which they have all come.
  ///
  /// The newest fix has to be one that counts: where one waits for its turn or for a witness, the silence may have begun
  /// with it.
  private func noteSilence(_ number: Int, until time: Int64, into outcome: inout Outcome) {
    let book = terms.book
    if !book.needsPlaces && book.idlings.isEmpty { return }
    let shard = shards[number]
    for index in stride(from: number, to: vehicles.count, by: Self.vehicleShards) {
      let local = Self.local(UInt32(index))
      guard let last = shard.engine.lastTime(of: local), last < time, shard.engine.counts(of: local).pending == 0 else {
        continue
      }
      if let shortest = book.silences.first?.duration, last + shortest < time {
        outcome.changes += shard.machine.noteSilence(of: vehicle(local, number), since: last, until: time)
      }
      if !(book.stops.isEmpty && book.idlings.isEmpty) {
        outcome.changes += shard.machine.noteStanding(
          shard.engine.standing(of: local), of: vehicle(local, number), since: last, until: time)
      }
    }
  }

  private func take(_ number: Int, by others: Terms? = nil, isWhole: Bool = true, into outcome: inout Outcome) {
    guard !buffer.isEmpty else { return }
    let terms = others ?? self.terms
    let shard = shards[number]
    for event in buffer.events {
      switch event {
      case .decision(let decision) where terms.book.asksWhereAlone(decision.rule): continue
      case .decision(let decision):
        outcome.traces.append(
          Trace(
            vehicle: decision.vehicle * UInt32(Self.vehicleShards) + UInt32(number),
            rule: terms.book.fenceRules[Int(decision.rule)].id, fence: terms.fences.id(of: decision.fence),
            decision: decision))
      case .rule, .overspeed, .harsh, .score, .stop, .travel:
        outcome.changes += shard.machine.take(event, of: vehicle(event.vehicle, number), in: terms.fences)
      case .fence(let change):
        guard change.kind == .cross else { continue }
        outcome.changes += shard.machine.take(event, of: vehicle(event.vehicle, number), in: terms.fences)
      case .visit, .route, .trip: continue
      }
    }
    if isWhole { outcome.changes += shard.machine.settle() }
  }

  private func vehicle(_ local: UInt32, _ shard: Int) -> AlertMachine.Vehicle {
    let (id, name) = vehicles[Int(local) * Self.vehicleShards + shard]
    return AlertMachine.Vehicle(index: local, id: id, name: name)
  }

  // MARK: Other rules

  /// Goes over to other rules, and perhaps other fences and another patience, at a time in milliseconds UTC. What fires at a fence
  /// that is gone, or for a rule that is gone or detects something else now, is over. Fixes from before that time that come later
  /// are held against the new fences, and what they meet is dated at that time.
  ///
  /// - Parameters:
  ///   - book: the rules from now on.
  ///   - fences: the fences from now on; `nil` where they are the same.
  ///   - patience: the patience from now on; `nil` where it is the same.
  ///   - time: the time.
  public func replace(
    _ book: RuleBook, fences: FenceSet? = nil, patience: Patience? = nil, at time: Int64
  ) -> Outcome {
    var outcome = Outcome()
    if let patience {
      self.patience = patience
      for (number, shard) in shards.enumerated() {
        shard.engine.setReorderWindow(patience.reorderWindow)
        guard patience.reorderWindow == 0 else { continue }
        // What waits for earlier ones waits no longer.
        buffer.removeAll()
        release(number, before: .max, into: &outcome)
        take(number, into: &outcome)
      }
    }
    if let fences { replaceFences(with: fences, at: time, into: &outcome) }
    let next = Terms(book, terms.fences)
    // What fired for them is over, and the engine may go on with them without a word.
    let changed = book.rulesChanged(since: terms.book)
    for (number, shard) in shards.enumerated() {
      outcome.changes += shard.machine.replace(book, at: time)
      buffer.removeAll()
      shard.engine.replaceRules(with: book.fenceRules, retellingDwellsOf: changed, into: &buffer)
      shard.listen(for: book)
      take(number, by: next, into: &outcome)
    }
    outcome.changes += fleet.replace(book, self.patience, at: time)
    terms = next
    return outcome
  }

  private func replaceFences(with fences: FenceSet, at time: Int64, into outcome: inout Outcome) {
    let before = terms
    terms = Terms(before.book, fences)
    let ends = fences.ends
    var added = EventBuffer()
    for (number, shard) in shards.enumerated() {
      buffer.removeAll()
      added.removeAll()
      shard.engine.replaceFences(with: fences, at: time, isWatermark: false, closing: &buffer, into: &added)
      // What closes is told with the fences of before; who has left the last of them may be in a new one.
      take(number, by: before, isWhole: added.isEmpty, into: &outcome)
      outcome.changes += shard.machine.replaceFences(with: fences, ends: ends, at: time)
      swap(&buffer, &added)
      take(number, into: &outcome)
    }
  }
}
