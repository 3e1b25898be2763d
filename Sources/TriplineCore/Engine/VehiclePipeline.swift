/// The way of a fix through the parts of the engine: gate, stops and trips, fences.
///
/// Holds what all vehicles share; the state of the vehicle is handed in.
struct VehiclePipeline: ~Copyable, Sendable {
  private(set) var fences: FenceSet
  private(set) var configuration: Engine.Configuration
  var gate: InputGate
  var tracker: FenceTracker
  var rules: RuleTracker
  var routes = RouteTracker()
  var trips: TripDetector.Context
  /// Where trips begin and end, where another rule than that of stops says so.
  var displacements: DisplacementDetector?
  /// The same as a bit, which is what each fix asks for.
  let goesByDisplacement: Bool
  /// What is known of trips under way, where they are scored.
  var scorers = ScorerPool()
  let scoring: TripScorer.Context
  let scoresTrips: Bool
  /// Whether what vehicles do between visits is told.
  let tellsRoutes: Bool
  /// Whether the way to each fix is told.
  var tellsTravel: Bool
  let detectsTrips: Bool
  /// Whether anything is asked for of where vehicles are.
  private var watchesFences = true
  /// Milliseconds from which on time alone may decide something: none, where fences are there for a time only.
  private(set) var shortestWait: Int64 = 0
  /// When the first of these ends.
  private(set) var firstEnd = Int64.max
  /// The last fix that came to nothing, until somebody has asked for it.
  var lastRejection: Engine.Rejection?

  init(fences: FenceSet, configuration: Engine.Configuration) {
    self.fences = fences
    self.configuration = configuration
    gate = InputGate(configuration.gate)
    trips = TripDetector.Context(configuration.trips)
    displacements = configuration.trips.displacement.map { DisplacementDetector($0) }
    goesByDisplacement = configuration.trips.displacement != nil
    let isSampled = configuration.policy == .sampled
    detectsTrips = configuration.detectsTrips && !isSampled
    scoresTrips = !isSampled && configuration.scoring != nil
    scoring = TripScorer.Context(configuration.scoring ?? ScoringParameters(), configuration.trips)
    tellsRoutes = configuration.reportsRoutes && !isSampled
    tellsTravel = configuration.reportsTravel
    tracker = FenceTracker(missingAltitude: configuration.missingAltitude, isMeasuring: detectsTrips)
    rules = RuleTracker(isSampled ? [] : configuration.rules, fences: fences, configuration)
    watchesFences = fences.count > 0 || tellsRoutes
    heedEnds()
  }

  private mutating func heedEnds() {
    firstEnd = fences.names.firstEnd
    tracker.heedsEnds = firstEnd != .max
    shortestWait = tracker.heedsEnds ? .min : rules.shortestSilence
  }

  /// Takes a fix as it arrives, and all fixes whose turn has come by it.
  @inline(__always)
  mutating func take(_ fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    state.gate.counts.received &+= 1
    let repaired = state.gate.counts.repaired
    let refused = gate.admit(fix, &state.gate)
    if state.gate.counts.repaired != repaired { noteRepair(of: state.trips.scorer) }
    guard var reason = refused else { return release(&state, &events) }
    if reason == .coarse {
      reason = gate.screenCoarse(fix, last: state.hasLast ? state.last : nil, &state.gate) ?? reason
    }
    state.gate.counts[reason] &+= 1
    lastRejection = Engine.Rejection(reason: reason, time: fix.time)
    // Those of the time of another fix are counted with that one.
    if reason != .duplicate && reason != .conflict { noteRejection(reason, of: state.trips.scorer) }
  }

  /// The clean policy where trips are detected: a fix counts unless it is not after the one before.
  @inline(__always)
  mutating func follow(_ fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    guard isInOrder(fix, &state) else { return }
    if fix.isNormal { return acceptInOrder(fix, &state, &events) }
    var fix = fix
    fix.normalize()
    acceptInOrder(fix, &state, &events)
  }

  /// The same where they are not, of a fix whose place in the grid is known.
  @inline(__always)
  mutating func follow(
    _ fix: Fix, at place: FenceGrid.Place, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    guard isInOrder(fix, &state) else { return }
    if fix.isNormal && state.hasLast { return acceptForFences(fix, at: place, isJump: false, &state, &events) }
    var fix = fix
    fix.normalize()
    if state.hasLast {
      acceptForFences(fix, isJump: false, &state, &events)
    } else {
      acceptInOrder(fix, &state, &events)
    }
  }

  /// Whether a fix of clean input counts; notes why where it does not.
  @inline(__always)
  private mutating func isInOrder(_ fix: Fix, _ state: inout VehicleState) -> Bool {
    state.gate.counts.received &+= 1
    guard let reason = gate.refuse(fix, after: state.hasLast ? state.last : nil) else { return true }
    state.gate.counts[reason] &+= 1
    lastRejection = Engine.Rejection(reason: reason, time: fix.time)
    noteRejection(reason, of: state.trips.scorer)
    return false
  }

  @inline(never)
  private mutating func acceptInOrder(_ fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    accept(fix, over: state.hasLast ? FixStep(from: state.last, to: fix) : nil, &state, &events)
  }

  /// Decides on the fixes whose turn it is.
  @inline(__always)
  mutating func release(_ state: inout VehicleState, _ events: inout EventBuffer) {
    while let released = gate.release(&state.gate) { screen(released, &state, &events) }
  }

  @inline(__always)
  mutating func screen(_ fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    let last = state.hasLast ? state.last : nil
    let step = last.map { FixStep(from: $0, to: fix) }
    let jumps = state.gate.counts[.jump]
    let verdict = gate.screen(fix, last: last, over: step, &state.gate)
    noteRejection(.jump, of: state.trips.scorer, times: state.gate.counts[.jump] &- jumps)
    if state.gate.counts[.jump] != jumps {
      lastRejection = Engine.Rejection(reason: .jump, time: gate.lastSuspectTime)
    }
    switch verdict {
    case .accepted: accept(fix, over: step, &state, &events)
    case .rejected(let reason):
      lastRejection = Engine.Rejection(reason: reason, time: fix.time)
      state.gate.counts[reason] &+= 1
      noteRejection(reason, of: state.trips.scorer)
    case .suspected: break
    case .reanchored: reanchor(at: fix, &state, &events)
    }
  }

  @inline(never)
  private mutating func reanchor(at fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    var isJump = true
    while true {
      let next = state.gate.suspects.isEmpty ? fix : gate.pool.removeFirst(from: &state.gate.suspects)
      let isLast = next.time == fix.time
      var step = FixStep(from: state.last, to: next)
      step.isJump = isJump
      accept(next, over: step, &state, &events)
      if isLast { return }
      isJump = false
    }
  }

  /// Takes an accepted fix; `step` is the way from the one before, `nil` for the first.
  @inline(__always)
  private mutating func accept(
    _ fix: Fix, over step: FixStep?, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    if let step, !detectsTrips { return acceptForFences(fix, isJump: step.isJump, &state, &events) }
    state.gate.counts.accepted &+= 1
    let last = state.last
    state.last = AcceptedFix(fix)
    state.hasLast = true
    guard let step else {
      begin(at: fix, &state, &events)
      startTracking(fix, &state, &events)
      return
    }
    if step.elapsed > shortestWait { passTime(until: fix.time, last, &state, &events) }
    let standing = tellsTravel ? standing(of: state) : nil
    // Stops and trips come first, so that a trip closed by the watermark stands where it would without one.
    let mark = state.trips.mark
    trips.vehicle = fix.vehicle
    let first = events.count
    if goesByDisplacement {
      advanceByDisplacement(to: fix, from: last, over: step, &state, &events)
    } else {
      state.trips.advance(to: fix, from: last, over: step, trips, &events)
    }
    let isInferable = !step.isJump && step.elapsed <= configuration.longestInference
    if tellsTravel {
      report(fix, from: last, isInferable: isInferable, (standing, self.standing(of: state)), &events)
    }
    if watchesFences {
      trackMeasured(fix, from: last, isInferable: isInferable, step, mark, &state, &events)
    } else {
      _ = takeAltitude(of: fix, &state)
    }
    // Where the vehicle is decides on its limit.
    if scoresTrips {
      score(fix, from: last, over: step, limit: speedLimit(of: state), &state, since: first, &events)
    }
  }

  /// Takes an accepted fix that is not the first, where trips are no matter.
  @inline(never)
  private mutating func acceptForFences(
    _ fix: Fix, isJump: Bool, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    let place = fences.grid.place(x: fix.longitude, y: fix.latitude)
    acceptForFences(fix, at: place, isJump: isJump, &state, &events)
  }

  /// The same where the place is known at which it lies.
  @inline(never)
  private mutating func acceptForFences(
    _ fix: Fix, at place: FenceGrid.Place, isJump: Bool, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    rules.pool.prefetch(state.fences.firstRuleNode)
    state.gate.counts.accepted &+= 1
    let last = state.last
    state.last = AcceptedFix(fix)
    let elapsed = fix.time - last.time
    if elapsed > shortestWait { wait(until: fix.time, last, &state, &events) }
    let isInferable = !isJump && elapsed <= configuration.longestInference
    if tellsTravel { report(fix, from: last, isInferable: isInferable, (nil, nil), &events) }
    track(fix, from: last, at: place, isInferable: isInferable, nil, &state, &events)
  }

  @inline(never)
  private mutating func advanceByDisplacement(
    to fix: Fix, from last: AcceptedFix, over step: FixStep, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    displacements?.advance(&state.trips, to: fix, from: last, over: step, trips, &events)
  }

  /// Takes the first fix of a vehicle.
  @inline(never)
  private mutating func begin(at fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    guard detectsTrips else { return }
    trips.vehicle = fix.vehicle
    if displacements == nil {
      state.trips.begin(at: fix)
    } else {
      displacements?.begin(at: fix, &state.trips, trips, &events)
    }
  }

  /// The lowest limit of the fences that a vehicle is inside of, NaN for none.
  @inline(__always)
  private func speedLimit(of state: VehicleState) -> Float {
    guard fences.names.hasSpeedLimits else { return .nan }
    var lowest = Float.nan
    var member = state.fences.firstMember
    while member != MembershipPool.none {
      lowest = Float.minimum(lowest, fences.names.speedLimit(of: tracker.pool[member].fence))
      member = tracker.pool[member].next
    }
    return lowest
  }

  private func report(
    _ fix: Fix, from last: AcceptedFix, isInferable: Bool, _ standing: (before: Standing?, now: Standing?),
    _ events: inout EventBuffer
  ) {
    events.append(
      .travel(
        Travel(
          vehicle: fix.vehicle, sequence: fix.sequence, startTime: last.time, endTime: fix.time, start: last.coordinate,
          end: fix.coordinate, isInferable: isInferable, standingBefore: standing.before, standing: standing.now,
          ignition: fix.ignition)))
  }

  /// The same with what the vehicle did on the step, in a function of its own: inside of `accept` it would be too much for one.
  @inline(never)
  private mutating func trackMeasured(
    _ fix: Fix, from last: AcceptedFix, isInferable: Bool, _ step: FixStep, _ mark: TripDetector.Mark,
    _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    track(
      fix, from: last, at: fences.grid.place(x: fix.longitude, y: fix.latitude), isInferable: isInferable, (step, mark),
      &state, &events)
  }

  @inline(__always)
  private mutating func track(
    _ fix: Fix, from last: AcceptedFix, at place: FenceGrid.Place, isInferable: Bool,
    _ measured: (FixStep, TripDetector.Mark)?,
    _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    let before = Double(state.trips.altitude)
    let altitude = takeAltitude(of: fix, &state)
    guard watchesFences else { return }
    let from = PlanarPoint(x: last.coordinate.longitude, y: last.coordinate.latitude)
    let to = PlanarPoint(x: fix.longitude, y: fix.latitude)
    let destination = tracker.look(&state.fences, from: from, to: to, at: place, in: fences)
    let isInside = state.fences.firstMember != MembershipPool.none
    // Most steps change nothing, and nobody asks what the vehicle did.
    if destination == nil && !isInside && state.fences.firstRuleNode == RulePool.none && !tellsRoutes { return }
    var step = FenceTracker.Step(
      vehicle: fix.vehicle, fromTime: last.time, from: from, toTime: fix.time, to: to, sequence: fix.sequence,
      earliest: tracker.changeTime, isInferable: isInferable, fromAltitude: before, toAltitude: altitude)
    if let (way, mark) = measured, destination != nil || isInside || tellsRoutes {
      step.motion = state.trips.motion(to: fix, from: last, over: way, since: mark, configuration.trips)
      tracker.measure(step, for: state.fences)
    }
    if let destination { tracker.advance(&state.fences, step, to: destination, in: fences, events: &events) }
    if tellsRoutes {
      let count = tracker.changes.isEmpty ? 0 : tracker.members(of: state.fences).count
      routes.advance(over: step, tracker.changes, memberCount: count, events: &events)
    }
    if !rules.isEmpty && (!tracker.changes.isEmpty || !rules.isQuiet(state.fences.firstRuleNode, at: fix.time)) {
      applyRules(fix, step, from: last, &state, &events)
    }
  }

  // MARK: Rules

  @inline(never)
  private mutating func applyRules(
    _ fix: Fix, _ step: FenceTracker.Step, from last: AcceptedFix, _ state: inout VehicleState,
    _ events: inout EventBuffer
  ) {
    let seen = RuleTracker.Observation(
      vehicle: fix.vehicle, fixTime: fix.time, previousFixTime: step.fromTime, previousCoordinate: last.coordinate,
      coordinate: fix.coordinate, accuracy: fix.accuracyOrNaN)
    if !tracker.changes.isEmpty {
      let speed =
        rules.smallestSpeedLimit < .infinity
        ? Geodesic.step(from: last.coordinate, to: fix.coordinate) * 1000 / Double(max(1, fix.time - last.time)) : 0
      rules.advance(
        over: step, speed: speed, tracker.changes, seen, head: &state.fences.firstRuleNode, events: &events)
    }
    rules.observe(seen, head: &state.fences.firstRuleNode, events: &events)
  }

  /// The altitude at a fix: its own, or the one before where the configuration says so.
  @inline(__always)
  private func takeAltitude(of fix: Fix, _ state: inout VehicleState) -> Double {
    if !fix.altitudeOrNaN.isNaN || configuration.missingAltitude != .last { state.trips.altitude = fix.altitudeOrNaN }
    return Double(state.trips.altitude)
  }

  @inline(never)
  private mutating func startTracking(_ fix: Fix, _ state: inout VehicleState, _ events: inout EventBuffer) {
    // What a late one meets is dated at the change of the fences, as with later fixes.
    let time = max(fix.time, tracker.changeTime)
    tracker.start(
      &state.fences, vehicle: fix.vehicle, time: time, at: PlanarPoint(x: fix.longitude, y: fix.latitude),
      altitude: takeAltitude(of: fix, &state), sequence: fix.sequence,
      in: fences, events: &events)
    if tellsRoutes && state.fences.firstMember == MembershipPool.none {
      routes.begin(fix.vehicle, at: fix.time, fix.coordinate, isFix: true)
    }
    guard !rules.isEmpty else { return }
    let seen = RuleTracker.Observation(
      vehicle: fix.vehicle, fixTime: time, coordinate: fix.coordinate, accuracy: fix.accuracyOrNaN)
    for fence in tracker.members(of: state.fences) {
      rules.start(fence, seen, head: &state.fences.firstRuleNode, events: &events)
    }
  }

  /// The sampled policy: the fix as it is, whose place in the grid is known, against the fences alone.
  @inline(__always)
  mutating func sample(
    _ fix: Fix, at place: FenceGrid.Place, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    state.gate.counts.received &+= 1
    state.gate.counts.accepted &+= 1
    let last = state.last
    let isFirst = !state.hasLast
    state.last = AcceptedFix(fix)
    state.hasLast = true
    if isFirst {
      startTracking(fix, &state, &events)
    } else {
      if shortestWait == .min { wait(until: fix.time, last, &state, &events) }
      track(fix, from: last, at: place, isInferable: false, nil, &state, &events)
    }
  }

  /// Gives back all that a vehicle has in pools, without a word.
  mutating func release(_ state: inout VehicleState) {
    gate.pool.removeAll(from: &state.gate.waiting)
    gate.pool.removeAll(from: &state.gate.suspects)
    _ = tracker.takeStays(&state.fences)
    tracker.leftInSilence[state.vehicle] = nil
    routes.forget(state.vehicle)
    displacements?.forget(state.vehicle)
    _ = rules.takeNodes(&state.fences.firstRuleNode)
    scorers.release(&state.trips.scorer)
  }

  /// Where a vehicle stands by its last accepted fix. By displacement there are no places to stand at.
  @inline(__always)
  func standing(of state: VehicleState) -> Standing? { goesByDisplacement ? nil : state.trips.standing }

  /// The newest time of a fix that was accepted, or may be; `nil` before any.
  func lastTime(of state: VehicleState) -> Int64? {
    var time = state.hasLast ? state.last.time : Int64.min
    if !state.gate.suspects.isEmpty { time = max(time, gate.pool.fix(at: state.gate.suspects.last).time) }
    if !state.gate.waiting.isEmpty { time = max(time, gate.pool.fix(at: state.gate.waiting.last).time) }
    return time == .min ? nil : time
  }

  // MARK: Other fences and rules

  /// Goes over to another set of fences; vehicles are settled one by one.
  mutating func take(_ fences: FenceSet, at time: Int64) {
    self.fences = fences
    watchesFences = fences.count > 0 || tellsRoutes
    // They have ended before.
    tracker.leftInSilence = [:]
    tracker.changeTime = time
    rules.take(fences)
    heedEnds()
  }

  /// Has another reorder window from now on.
  mutating func setReorderWindow(_ window: Int64) {
    configuration.gate.reorderWindow = window
    configuration.validate()
    gate.setReorderWindow(window)
  }

  /// Goes over to other rules; vehicles are settled one by one.
  mutating func take(_ rules: [FenceRule]) {
    configuration.rules = rules
    self.rules.replaceRules(with: rules, configuration)
    heedEnds()
  }
}
