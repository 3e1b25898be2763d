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
  public var fences: FenceSet { pipeline.fences }
  /// What it was told to do.
  public var configuration: Configuration { pipeline.configuration }
  /// The counts of all tracks that are over.
  public private(set) var finishedCounts = GateCounts()

  var pipeline: VehiclePipeline
  var states = GrowingBuffer<VehicleState>()
  var freeSlots: [UInt32] = []
  /// For each dense vehicle index the place of its state, or `noSlot`.
  var slots: [UInt32] = []
  static let noSlot = UInt32.max
  /// The next fixes of a batch, where they are looked up side by side: the state of the vehicle and where it is.
  private var located = GrowingBuffer<(slot: Int, place: FenceGrid.Place)>(capacity: FenceMatches.batch)

  /// The bytes of state that each vehicle takes, fixes that wait and fences it is inside of not counted.
  public static var bytesPerVehicle: Int { MemoryLayout<VehicleState>.stride + MemoryLayout<UInt32>.stride }

  /// The bytes beside it that a vehicle takes while it drives, where trips are scored.
  public static var bytesPerScoredTrip: Int { MemoryLayout<TripScorer>.stride }

  /// Creates an engine that has seen nothing yet.
  ///
  /// - Precondition: the configuration makes sense: no length of time is negative, radii are above 0 and in order,
  ///   a gap that splits is no shorter than a data gap, and trips are detected where they are scored or routes told.
  public init(fences: FenceSet, configuration: Configuration = Configuration()) {
    configuration.validate()
    pipeline = VehiclePipeline(fences: fences, configuration: configuration)
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
    // A loop for each policy: what is the same for all fixes is not asked for each of them.
    switch configuration.policy {
    case .live: takeLive(fixes, firstOrdinal, &events)
    case .clean: takeClean(fixes, firstOrdinal, &events)
    case .sampled: takeSampled(fixes, firstOrdinal, &events)
    }
  }

  @inline(never)
  private mutating func takeLive(_ fixes: Span<Fix>, _ firstOrdinal: UInt32, _ events: inout EventBuffer) {
    for index in fixes.indices {
      let slot = turn(to: index, of: fixes, firstOrdinal, &events)
      pipeline.take(fixes[index], &states[slot], &events)
    }
  }

  @inline(never)
  private mutating func takeClean(_ fixes: Span<Fix>, _ firstOrdinal: UInt32, _ events: inout EventBuffer) {
    if pipeline.detectsTrips {
      for index in fixes.indices {
        let slot = turn(to: index, of: fixes, firstOrdinal, &events)
        pipeline.follow(fixes[index], &states[slot], &events)
      }
      return
    }
    var start = 0
    while start < fixes.count {
      locate(fixes, from: start)
      for index in located.indices {
        events.ordinal = firstOrdinal &+ UInt32(truncatingIfNeeded: start &+ index)
        pipeline.follow(fixes[start &+ index], at: located[index].place, &states[located[index].slot], &events)
      }
      start &+= located.count
    }
  }

  @inline(never)
  private mutating func takeSampled(_ fixes: Span<Fix>, _ firstOrdinal: UInt32, _ events: inout EventBuffer) {
    var start = 0
    while start < fixes.count {
      locate(fixes, from: start)
      for index in located.indices {
        events.ordinal = firstOrdinal &+ UInt32(truncatingIfNeeded: start &+ index)
        pipeline.sample(fixes[start &+ index], at: located[index].place, &states[located[index].slot], &events)
      }
      start &+= located.count
    }
  }

  /// Finds where the next fixes lie, and has what stands there and the states of their vehicles brought near.
  @inline(__always)
  private mutating func locate(_ fixes: Span<Fix>, from start: Int) {
    located.removeAll()
    for index in start..<min(start &+ FenceMatches.batch, fixes.count) {
      let slot = slot(of: fixes[index].vehicle)
      states.prefetch(slot, size: VehicleState.sizeForFences)
      located.append((slot, fences.grid.place(x: fixes[index].longitude, y: fixes[index].latitude)))
    }
    for index in located.indices { fences.grid.prefetch(located[index].place) }
  }

  /// The place of the state of a fix's vehicle, whose turn it is.
  @inline(__always)
  private mutating func turn(
    to index: Int, of fixes: Span<Fix>, _ firstOrdinal: UInt32, _ events: inout EventBuffer
  ) -> Int {
    if pipeline.scoresTrips && states.count >= Engine.largeFleet { lookAhead(fixes, from: index) }
    events.ordinal = firstOrdinal &+ UInt32(truncatingIfNeeded: index)
    return slot(of: fixes[index].vehicle)
  }

  /// Asks for the memory of fixes that come behind one.
  @inline(never)
  private func lookAhead(_ fixes: Span<Fix>, from index: Int) {
    let near = index &+ Engine.lookahead
    let far = near &+ Engine.lookahead
    if far < fixes.count { prepare(for: fixes[far].vehicle) }
    if near < fixes.count { prepareMore(for: fixes[near]) }
  }

  /// From so many vehicles on their memory is asked for ahead where trips are scored: the states of fewer of them stay in the caches
  /// of a core. With trips that are not scored asking for each fix takes longer than waiting.
  package static let largeFleet = 2048

  /// How many fixes before its own the memory of a fix is asked for, and twice as many for what leads to it.
  package static let lookahead = 6

  /// A fix of a vehicle comes soon: has its state brought near. Where a fleet is larger than the caches, waiting for memory was a
  /// quarter of what a fix took.
  @inline(__always)
  package func prepare(for vehicle: UInt32) {
    if let slot = slot(ifKnown: vehicle) { states.prefetch(slot) }
  }

  /// The same of what its state and its position lead to, once its state is near.
  @inline(__always)
  package func prepareMore(for fix: Fix) {
    guard let slot = slot(ifKnown: fix.vehicle) else { return }
    pipeline.scorers.prefetch(states[slot].trips.scorer)
    pipeline.rules.pool.prefetch(states[slot].fences.firstRuleNode)
    pipeline.fences.grid.prefetch(x: fix.longitude, y: fix.latitude)
  }

  @inline(__always)
  private mutating func slot(of vehicle: UInt32) -> Int {
    if Int(vehicle) < slots.count, slots[Int(vehicle)] != Engine.noSlot { return Int(slots[Int(vehicle)]) }
    return addState(VehicleState(vehicle: vehicle))
  }

  /// The place of a vehicle's state, where the engine knows it.
  func slot(ifKnown vehicle: UInt32) -> Int? {
    Int(vehicle) < slots.count && slots[Int(vehicle)] != Engine.noSlot ? Int(slots[Int(vehicle)]) : nil
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

  /// The fences that a vehicle is inside of by its last accepted fix, in ascending order; it is outside of all others. One that has
  /// ended since is none of them once a watermark or silence has told so.
  ///
  /// What listeners to `inside` and `outside` are told from: it costs what the vehicle is inside of, whatever the number
  /// of fences. None for a vehicle the engine does not know.
  /// - Complexity: O(fences it is inside of).
  public func fences(holding vehicle: UInt32) -> [UInt32] {
    slot(ifKnown: vehicle).map { pipeline.tracker.members(of: states[$0].fences) } ?? []
  }

  /// Puts a vehicle into groups, by which rules choose vehicles. It is in no other ones then.
  ///
  /// What a rule has told of a vehicle that is not in its groups any more is told to its end. What a vehicle is inside of
  /// when it joins is not told, nor its exit from there. Until its track is over a vehicle stays in its groups, also across
  /// snapshots, and may be put there before its first fix.
  public mutating func assign(_ vehicle: UInt32, to groups: VehicleGroups) {
    pipeline.rules[groupsOf: vehicle] = groups
  }

  // MARK: Other fences

  /// Goes over to another set of fences, between two batches: fences that were added, drawn anew or removed while
  /// vehicles are inside or outside of them.
  ///
  /// It is a watermark, too: fixes that wait and are older than `time` are decided on with the old fences, and older
  /// ones that come later are late. Stays and what is pending go on by the fences' ids. A vehicle inside of a fence that is gone leaves it
  /// (`fenceRemoved`, or `fenceExpired` where its time is over); one that a fence drawn anew no longer contains leaves it, one that
  /// it contains now enters it (`fenceChanged`); a fence added around a vehicle is a state, a `start` (`fenceAdded`). Each is told
  /// once, at `time`, or at the end of the fence where that has come before, and at the vehicle's last fix. Nothing that the new
  /// fences see is dated before `time`.
  ///
  /// A snapshot is restored with the set that it was taken with; go over to another one afterwards.
  /// - Parameters:
  ///   - fences: the fences from now on.
  ///   - time: when the change took place, in milliseconds UTC; at least that of the watermark.
  ///   - isWatermark: whether older fixes are late from here on. Where they are not, they are held against the new fences, and what
  ///     they meet is dated at `time`.
  ///   - closing: where all events go whose indices are those of the old set: what was decided before the change, and
  ///     what closes because its fence is gone.
  ///   - events: where all other events go, with the indices of the new set.
  /// - Complexity: O(vehicles), whatever the number of fences.
  public mutating func replaceFences(
    with fences: FenceSet, at time: Int64, isWatermark: Bool = true, closing: inout EventBuffer,
    into events: inout EventBuffer
  ) {
    if isWatermark { advanceWatermark(to: time, into: &closing) }
    let time = isWatermark ? pipeline.gate.watermark : max(time, pipeline.gate.watermark)
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      closing.ordinal = UInt32(vehicle)
      pipeline.settleBefore(time, &states[Int(slots[vehicle])], &closing)
    }
    let transition = FenceTransition(from: self.fences, to: fences, at: time)
    pipeline.take(fences, at: time)
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      closing.ordinal = UInt32(vehicle)
      events.ordinal = UInt32(vehicle)
      pipeline.settle(
        in: transition, at: time, &states[Int(slots[vehicle])], closing: &closing, &events)
    }
  }

  // MARK: Time and the end

  /// Tells the engine that no fix older than `time` (milliseconds UTC) is to be expected any more: fixes that wait are
  /// decided on, trips of vehicles that have been silent for longer than the trips' `splitDuration`, an hour, are closed
  /// at their last fix, and vehicles leave fences whose time is over.
  ///
  /// A time outside the years 1 to 9999 is taken as the nearest one inside. Vehicles are taken in the order of their
  /// indices; the ordinals of the events are these indices.
  /// - Complexity: O(vehicles).
  public mutating func advanceWatermark(to time: Int64, into events: inout EventBuffer) {
    let time = min(max(time, InputGate.times.lowerBound), InputGate.times.upperBound)
    guard time > pipeline.gate.watermark else { return }
    pipeline.gate.watermark = time
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      events.ordinal = UInt32(vehicle)
      pipeline.advanceWatermark(to: time, &states[Int(slots[vehicle])], &events)
    }
  }

  /// The track of a vehicle is over: decides on what waits, ends what is open and forgets the vehicle.
  ///
  /// - Returns: what became of its fixes; all 0 for a vehicle the engine does not know.
  @discardableResult
  public mutating func finish(_ vehicle: UInt32, into events: inout EventBuffer) -> GateCounts {
    defer { pipeline.rules[groupsOf: vehicle] = [] }
    guard let slot = slot(ifKnown: vehicle) else { return GateCounts() }
    pipeline.finish(&states[slot], &events)
    let counts = GateCounts(states[slot].gate.counts)
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
    pipeline.rules.clearGroups()
  }

  /// What has become of a vehicle's fixes so far; all 0 for a vehicle the engine does not know.
  public func counts(of vehicle: UInt32) -> GateCounts {
    slot(ifKnown: vehicle).map { GateCounts(states[$0].gate.counts) } ?? GateCounts()
  }
}

// MARK: Snapshot of the state

extension Engine {
  borrowing func writeState(to coder: inout SnapshotCoder) throws(SnapshotError) {
    var watermark = pipeline.gate.watermark
    var changeTime = pipeline.tracker.changeTime
    try coder.code(&watermark)
    try coder.code(&changeTime)
    var counts = finishedCounts
    try counts.code(&coder)
    let vehicles = slots.indices.filter { slots[$0] != Engine.noSlot }
    var count = UInt32(vehicles.count)
    try coder.code(&count)
    for vehicle in vehicles { try write(states[Int(slots[vehicle])], to: &coder) }
    let members = pipeline.rules.groupMembers
    count = UInt32(members.count)
    try coder.code(&count)
    for var (vehicle, groups) in members.map({ ($0.vehicle, $0.groups.rawValue) }) {
      try coder.code(&vehicle)
      try coder.code(&groups)
    }
    let left = pipeline.tracker.leftInSilence.flatMap { vehicle, left in left.map { (vehicle, fences.id(of: $0)) } }
    count = UInt32(left.count)
    try coder.code(&count)
    for var (vehicle, id) in left.sorted(by: <) {
      try coder.code(&vehicle)
      try coder.code(&id)
    }
  }

  borrowing func write(_ state: VehicleState, to coder: inout SnapshotCoder) throws(SnapshotError) {
    var state = state
    try state.code(&coder)
    try pipeline.gate.pool.write(state.gate.waiting, to: &coder)
    try pipeline.gate.pool.write(state.gate.suspects, to: &coder)
    var isScored = state.trips.scorer != ScorerPool.none
    try coder.code(&isScored)
    if isScored {
      var scorer = pipeline.scorers[state.trips.scorer]
      try scorer.code(&coder)
    }
    try pipeline.displacements?.write(state.vehicle, to: &coder)
    try pipeline.tracker.write(state.fences, ids: fences, to: &coder)
    try pipeline.routes.write(state.vehicle, ids: fences, to: &coder)
    try pipeline.rules.write(state.fences.firstRuleNode, at: state.last.coordinate, ids: fences, to: &coder)
  }

  mutating func readState(from coder: inout SnapshotCoder, version: UInt32) throws(SnapshotError) {
    try coder.code(&pipeline.gate.watermark)
    try coder.code(&pipeline.tracker.changeTime)
    try finishedCounts.code(&coder)
    var count: UInt32 = 0
    try coder.code(&count)
    for _ in 0..<count {
      let offset = coder.offset
      let last = slots.count
      let vehicle = try readVehicle(from: &coder)
      // They stand in the order of their indices, each once.
      guard vehicle >= last else { throw .damaged(offset: offset) }
    }
    try coder.code(&count)
    for _ in 0..<count {
      var (vehicle, groups): (UInt32, UInt64) = (0, 0)
      try coder.code(&vehicle)
      try coder.code(&groups)
      pipeline.rules[groupsOf: vehicle] = VehicleGroups(rawValue: groups)
    }
    guard version > 7 else { return }
    try coder.code(&count)
    for _ in 0..<count {
      var (vehicle, id): (UInt32, String) = (0, "")
      try coder.code(&vehicle)
      try coder.code(&id)
      if let fence = fences.index(of: id) { pipeline.tracker.leftInSilence[vehicle, default: []].insert(fence) }
    }
  }

  /// Reads a vehicle that the engine does not know, and returns its index.
  @discardableResult
  mutating func readVehicle(from coder: inout SnapshotCoder) throws(SnapshotError) -> Int {
    var state = VehicleState(vehicle: 0)
    let offset = coder.offset
    try state.code(&coder)
    try pipeline.gate.pool.read(&state.gate.waiting, of: state.vehicle, from: &coder)
    try pipeline.gate.pool.read(&state.gate.suspects, of: state.vehicle, from: &coder)
    guard slot(ifKnown: state.vehicle) == nil else { throw .damaged(offset: offset) }
    var isScored = false
    try coder.code(&isScored)
    if isScored {
      var scorer = TripScorer()
      try scorer.code(&coder)
      _ = pipeline.scorers.insert(scorer, after: ScorerPool.none, head: &state.trips.scorer)
    }
    try pipeline.displacements?.read(state.vehicle, from: &coder)
    try pipeline.tracker.read(&state.fences, ids: fences, from: &coder)
    try pipeline.routes.read(state.vehicle, ids: fences, from: &coder)
    try pipeline.rules.read(&state.fences.firstRuleNode, ids: fences, from: &coder)
    _ = addState(state)
    return Int(state.vehicle)
  }
}
