/// The engine: fixes in, events out.
///
/// A value with one owner, without clock, input or output; what it says depends on the fixes, the fences and the
/// configuration alone. The same fixes give the same events, byte for byte, in one batch or a million, on one engine or
/// spread by vehicle over several, before or after a restart from a snapshot.
///
/// ```swift
/// var engine = Engine(fences: try FenceSet(fences))
/// var events = EventBuffer()
/// engine.process(fixes.span, into: &events)   // as often as fixes come in
/// engine.finish(into: &events)                // the tracks are over
/// ```
public struct Engine: ~Copyable {
  /// The fences it watches.
  public let fences: FenceSet
  /// What it was told to do.
  public let configuration: Configuration
  /// The counts of all tracks that are over.
  public private(set) var finishedCounts = GateCounts()

  private var gate: InputGate
  private var tracker = FenceTracker()
  private var states: [VehicleState] = []
  private var freeSlots: [UInt32] = []
  /// For each dense vehicle index the place of its state, or `noSlot`.
  private var slots: [UInt32] = []
  private static let noSlot = UInt32.max

  /// The bytes of state that each vehicle takes, fixes that wait and fences it is inside of not counted.
  public static var bytesPerVehicle: Int { MemoryLayout<VehicleState>.stride + MemoryLayout<UInt32>.stride }

  /// Creates an engine that has seen nothing yet.
  public init(fences: FenceSet, configuration: Configuration = Configuration()) {
    self.fences = fences
    self.configuration = configuration
    gate = InputGate(configuration.gate)
  }

  /// Takes fixes of any vehicles, in the order of arrival, and appends what follows from them.
  ///
  /// A fix is decided on as soon as no earlier one of its vehicle can come that would still be sorted in; until then it
  /// waits.
  /// - Parameters:
  ///   - fixes: the fixes.
  ///   - firstOrdinal: the position of the first of them in the stream that several engines share; the events that a
  ///     fix brings about get its position as their ordinal.
  ///   - events: where the events go.
  /// - Complexity: O(*n*); no allocation once vehicles, waiting fixes and events have been seen in this number before.
  public mutating func process(_ fixes: Span<Fix>, firstOrdinal: UInt32 = 0, into events: inout EventBuffer) {
    for index in fixes.indices {
      events.ordinal = firstOrdinal &+ UInt32(truncatingIfNeeded: index)
      process(fixes[index], &events)
    }
  }

  @inline(__always)
  private mutating func process(_ fix: Fix, _ events: inout EventBuffer) {
    let slot = slot(of: fix.vehicle)
    states[slot].gate.counts.received &+= 1
    if configuration.policy == .sampled {
      sample(fix, slot, &events)
      return
    }
    if let reason = gate.admit(fix, &states[slot].gate) {
      states[slot].gate.counts[reason] &+= 1
      return
    }
    while let released = gate.release(&states[slot].gate) { screen(released, slot, &events) }
  }

  @inline(__always)
  private mutating func slot(of vehicle: UInt32) -> Int {
    if Int(vehicle) < slots.count, slots[Int(vehicle)] != Engine.noSlot { return Int(slots[Int(vehicle)]) }
    return addState(VehicleState(vehicle: vehicle))
  }

  @inline(never)
  private mutating func addState(_ state: VehicleState) -> Int {
    let index = Int(state.vehicle)
    if index >= slots.count {
      slots.append(contentsOf: repeatElement(Engine.noSlot, count: index + 1 - slots.count))
    }
    if let free = freeSlots.popLast() {
      slots[index] = free
      states[Int(free)] = state
      return Int(free)
    }
    slots[index] = UInt32(states.count)
    states.append(state)
    return states.count - 1
  }

  // MARK: One fix in the order of time

  @inline(__always)
  private mutating func screen(_ fix: Fix, _ slot: Int, _ events: inout EventBuffer) {
    let last = states[slot].hasLast ? states[slot].last : nil
    switch gate.screen(fix, last: last, &states[slot].gate) {
    case .accepted: accept(fix, isJump: false, slot, &events)
    case .rejected(let reason): states[slot].gate.counts[reason] &+= 1
    case .suspected: break
    case .reanchored: reanchor(at: fix, slot, &events)
    }
  }

  @inline(never)
  private mutating func reanchor(at fix: Fix, _ slot: Int, _ events: inout EventBuffer) {
    var isJump = true
    while !states[slot].gate.suspects.isEmpty {
      let suspect = gate.pool.removeFirst(from: &states[slot].gate.suspects)
      accept(suspect, isJump: isJump, slot, &events)
      isJump = false
    }
    accept(fix, isJump: isJump, slot, &events)
  }

  @inline(__always)
  private mutating func accept(_ fix: Fix, isJump: Bool, _ slot: Int, _ events: inout EventBuffer) {
    states[slot].gate.counts.accepted &+= 1
    let last = states[slot].last
    let isFirst = !states[slot].hasLast
    states[slot].last = AcceptedFix(fix)
    states[slot].hasLast = true
    // Stops and trips come first, so that a trip closed by the watermark stands where it would without one.
    states[slot].trips.advance(
      to: fix, from: last, isJump: isJump, context(of: fix.vehicle, latitude: fix.latitude), &events)
    track(fix, from: isFirst ? nil : last, isJump: isJump, slot, &events)
  }

  @inline(__always)
  private mutating func track(
    _ fix: Fix, from last: AcceptedFix?, isJump: Bool, _ slot: Int, _ events: inout EventBuffer
  ) {
    let point = PlanarPoint(x: fix.longitude, y: fix.latitude)
    guard let last else {
      tracker.start(
        &states[slot].fences, vehicle: fix.vehicle, time: fix.time, at: point, sequence: fix.sequence, in: fences,
        events: &events)
      return
    }
    let isInferable =
      configuration.policy == .live && !isJump && fix.time - last.time <= configuration.longestInference
    tracker.advance(
      &states[slot].fences,
      FenceTracker.Step(
        vehicle: fix.vehicle, fromTime: last.time,
        from: PlanarPoint(x: last.coordinate.longitude, y: last.coordinate.latitude), toTime: fix.time, to: point,
        sequence: fix.sequence, isInferable: isInferable),
      in: fences, events: &events)
  }

  /// The sampled policy: the fix as it is, against the fences alone.
  private mutating func sample(_ fix: Fix, _ slot: Int, _ events: inout EventBuffer) {
    states[slot].gate.counts.accepted &+= 1
    let last = states[slot].hasLast ? states[slot].last : nil
    states[slot].last = AcceptedFix(fix)
    states[slot].hasLast = true
    track(fix, from: last, isJump: false, slot, &events)
  }

  @inline(__always)
  private func context(of vehicle: UInt32, latitude: Double) -> TripDetector.Context {
    TripDetector.Context(
      parameters: configuration.trips, vehicle: vehicle, metric: LocalMetric(latitude: latitude))
  }

  // MARK: Time and the end

  /// Tells the engine that no fix older than `time` (milliseconds UTC) is to be expected any more: fixes that wait are
  /// decided on, and trips of vehicles that have been silent for more than an hour are closed at their last fix.
  ///
  /// Vehicles are taken in the order of their indices; the ordinals of the events are these indices.
  /// - Complexity: O(vehicles).
  public mutating func advanceWatermark(to time: Int64, into events: inout EventBuffer) {
    guard time > gate.watermark else { return }
    gate.watermark = time
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      let slot = Int(slots[vehicle])
      events.ordinal = UInt32(vehicle)
      while let released = gate.release(&states[slot].gate) { screen(released, slot, &events) }
      guard states[slot].hasLast else { continue }
      let last = states[slot].last
      states[slot].trips.advanceWatermark(
        to: time, last: last, context(of: UInt32(vehicle), latitude: last.coordinate.latitude), &events)
    }
  }

  /// The track of a vehicle is over: decides on what waits, ends what is open and forgets the vehicle.
  ///
  /// - Returns: what became of its fixes; all 0 for a vehicle the engine does not know.
  @discardableResult
  public mutating func finish(_ vehicle: UInt32, into events: inout EventBuffer) -> GateCounts {
    guard Int(vehicle) < slots.count, slots[Int(vehicle)] != Engine.noSlot else { return GateCounts() }
    let slot = Int(slots[Int(vehicle)])
    while let waiting = gate.drain(&states[slot].gate) { screen(waiting, slot, &events) }
    gate.dropSuspects(&states[slot].gate)
    if states[slot].hasLast {
      let last = states[slot].last
      states[slot].trips.finish(
        last: last, context(of: vehicle, latitude: last.coordinate.latitude), &events)
      tracker.finish(
        &states[slot].fences, vehicle: vehicle, time: last.time,
        at: PlanarPoint(x: last.coordinate.longitude, y: last.coordinate.latitude), sequence: last.sequence,
        events: &events)
    }
    let counts = states[slot].gate.counts
    finishedCounts.add(counts)
    slots[Int(vehicle)] = Engine.noSlot
    freeSlots.append(UInt32(slot))
    return counts
  }

  /// All tracks are over, in the order of their indices.
  public mutating func finish(into events: inout EventBuffer) {
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      events.ordinal = UInt32(vehicle)
      finish(UInt32(vehicle), into: &events)
    }
  }

  /// What has become of a vehicle's fixes so far; all 0 for a vehicle the engine does not know.
  public func counts(of vehicle: UInt32) -> GateCounts {
    guard Int(vehicle) < slots.count, slots[Int(vehicle)] != Engine.noSlot else { return GateCounts() }
    return states[Int(slots[Int(vehicle)])].gate.counts
  }
}

// MARK: Snapshot of the state

extension Engine {
  borrowing func writeState(to coder: inout SnapshotCoder) throws(SnapshotError) {
    var watermark = gate.watermark
    try coder.code(&watermark)
    var counts = finishedCounts
    try counts.code(&coder)
    let vehicles = slots.indices.filter { slots[$0] != Engine.noSlot }
    var count = UInt32(vehicles.count)
    try coder.code(&count)
    var pool = gate.pool
    for vehicle in vehicles {
      var state = states[Int(slots[vehicle])]
      try state.code(&coder, &pool)
      try tracker.write(state.fences, ids: fences, to: &coder)
    }
  }

  mutating func readState(from coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&gate.watermark)
    try finishedCounts.code(&coder)
    var count: UInt32 = 0
    try coder.code(&count)
    for _ in 0..<count {
      var state = VehicleState(vehicle: 0)
      try state.code(&coder, &gate.pool)
      try tracker.read(&state.fences, ids: fences, from: &coder)
      _ = addState(state)
    }
  }
}
