import TriplineCore

/// What looks at several vehicles at once: who comes near whom.
///
/// It follows the vehicles it is about by an engine of its own, and is kept over a restart by itself, like a shard of vehicles: the
/// fixes behind its last state bring it up to date, whatever the other shards have seen by then.
final class FleetShard {
  private var book: RuleBook
  private var engine: Engine
  private var tracker: ProximityTracker
  private var machine: AlertMachine
  private var vehicles: [AlertMachine.Vehicle] = []
  private var buffer = EventBuffer()
  private var told: [ProximityEvent] = []

  init(_ book: RuleBook, _ patience: AlertEngine.Patience) {
    self.book = book
    engine = Engine(fences: AlertEngine.noFences, configuration: Self.configuration(patience))
    // Whoever is silent for no longer than may be inferred meets others on the way to its next fix.
    tracker = ProximityTracker(
      rules: book.proximityRules, patience: Self.longestInference, longestInference: Self.longestInference)
    machine = AlertMachine(book)
  }

  private static let longestInference = Engine.Configuration(.fleet).longestInference

  private static func configuration(_ patience: AlertEngine.Patience) -> Engine.Configuration {
    var configuration = Engine.Configuration(.fleet)
    configuration.gate.reorderWindow = patience.reorderWindow
    configuration.reportsTravel = true
    return configuration
  }

  // MARK: States

  var state: AlertEngine.ShardState {
    let (first, second) = (engine.snapshot(), tracker.snapshot())
    let length = UInt64(first.count)
    return AlertEngine.ShardState(
      engine: (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + first + second, alerts: machine.state)
  }

  func restore(_ state: AlertEngine.ShardState, _ patience: AlertEngine.Patience) throws(SnapshotError) {
    let bytes = state.engine
    guard bytes.count >= 8 else { throw .notASnapshot }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else { throw .damaged(offset: 0) }
    let middle = 8 + Int(length)
    engine = try Engine(
      restoring: Array(bytes[8..<middle]), fences: AlertEngine.noFences, configuration: Self.configuration(patience))
    try tracker.restore(Array(bytes[middle...]))
    machine.restore(state.alerts)
  }

  /// All that fires.
  var standing: [Alert] { machine.current }

  // MARK: Vehicles

  func setVehicle(_ vehicle: AlertMachine.Vehicle) {
    if Int(vehicle.index) < vehicles.count {
      vehicles[Int(vehicle.index)] = vehicle
    } else {
      vehicles.append(vehicle)
      tracker.include(vehicle.index, id: vehicle.id, of: book)
    }
  }

  // MARK: Fixes and time

  func process(_ fix: Fix, isLast: Bool, _ patience: AlertEngine.Patience) -> [AlertChange] {
    guard tracker.rules.contains(where: { $0.isAbout(fix.vehicle) }) else { return [] }
    buffer.removeAll()
    engine.process(CollectionOfOne(fix).span, into: &buffer)
    if patience.reorderWindow == 0 && isLast { engine.release(fix.vehicle, before: .max, into: &buffer) }
    return take()
  }

  func advance(to now: Int64, _ patience: AlertEngine.Patience) -> [AlertChange] {
    if tracker.rules.isEmpty { return [] }
    buffer.removeAll()
    if patience.reorderWindow > 0 { release(before: now - patience.reorderWindow) }
    engine.decideSilence(until: now - patience.silence, into: &buffer)
    engine.advanceWatermark(to: now - patience.largestAge, into: &buffer)
    var changes = take()
    told.removeAll()
    tracker.advance(to: now - patience.span, into: &told)
    changes += tell()
    // Of two one may be heard of so much later than the other.
    return changes + machine.advance(to: now - patience.span - Self.longestInference)
  }

  private func release(before time: Int64) {
    for vehicle in vehicles.indices { engine.release(UInt32(vehicle), before: time, into: &buffer) }
  }

  private func take() -> [AlertChange] {
    told.removeAll()
    tracker.process(buffer.events, into: &told)
    return tell()
  }

  private func tell() -> [AlertChange] {
    told.flatMap { event -> [AlertChange] in
      machine.take(event, vehicles[Int(event.vehicle)], vehicles[Int(event.other)])
    }
  }

  // MARK: Other rules

  func replace(_ book: RuleBook, _ patience: AlertEngine.Patience, at time: Int64) -> [AlertChange] {
    engine.setReorderWindow(patience.reorderWindow)
    buffer.removeAll()
    // What waits for earlier ones waits no longer.
    if patience.reorderWindow == 0 { release(before: .max) }
    let changes = take()
    self.book = book
    tracker.replaceRules(with: book.proximityRules)
    for vehicle in vehicles { tracker.include(vehicle.index, id: vehicle.id, of: book) }
    return changes + machine.replace(book, at: time)
  }
}
