/// What time decides without a fix: silence, the ends of fences, and the end.
extension VehiclePipeline {
  /// Closes what a vehicle's silence until `watermark` closes.
  mutating func advanceWatermark(
    to watermark: Int64, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    release(&state, &events)
    // What waits for a witness may turn out to have been on the way before the silence.
    let jumps = state.gate.counts[.jump]
    let waits = gate.awaitsWitness(&state.gate)
    noteRejection(.jump, of: state.trips.scorer, times: state.gate.counts[.jump] &- jumps)
    guard state.hasLast, !waits else { return }
    if watermark - state.last.time > shortestWait { passTime(until: watermark, state.last, &state, &events) }
    closeTrip(by: watermark, state.last, &state, &events)
  }

  /// Closes a trip that has been silent for too long at an instant.
  private mutating func closeTrip(
    by time: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    // Where trips go by displacement, silence alone ends none.
    guard detectsTrips && !goesByDisplacement else { return }
    trips.vehicle = state.vehicle
    let first = events.count
    state.trips.advanceWatermark(to: time, last: last, trips, &events)
    if scoresTrips { tellScores(&state, since: first, &events) }
  }

  /// Decides on fixes that are older than a time, whether older ones may still come or not.
  mutating func release(_ state: inout VehicleState, before time: Int64, _ events: inout EventBuffer) {
    while let released = gate.release(&state.gate, before: time) { screen(released, &state, &events) }
  }

  /// What rules decide of a vehicle whose fixes have not come until a time. Fixes older than that are welcome all the same.
  mutating func decideSilence(until time: Int64, _ state: inout VehicleState, _ events: inout EventBuffer) {
    let time = gate.silence(of: state.gate, until: time)
    let jumps = state.gate.counts[.jump]
    let waits = gate.awaitsWitness(&state.gate, at: time)
    noteRejection(.jump, of: state.trips.scorer, times: state.gate.counts[.jump] &- jumps)
    guard state.hasLast, !waits else { return }
    guard time - state.last.time > shortestWait else { return }
    if isOverdue(state.fences, at: time) {
      let left =
        tracker.members(of: state.fences, endingBy: time, in: fences)
        + rules.fences(state.fences.firstRuleNode, endingBy: time)
      tracker.leftInSilence[state.vehicle, default: []].formUnion(left)
    }
    wait(until: time, state.last, &state, &events)
  }

  /// Decides on what waits and ends what is open.
  mutating func finish(_ state: inout VehicleState, _ events: inout EventBuffer) {
    while let waiting = gate.drain(&state.gate) { screen(waiting, &state, &events) }
    gate.dropSuspects(&state.gate)
    guard state.hasLast else { return }
    trips.vehicle = state.vehicle
    let first = events.count
    state.trips.finish(last: state.last, trips, &events)
    displacements?.forget(state.vehicle)
    if scoresTrips {
      tellScores(&state, since: first, &events)
      scorers.release(&state.trips.scorer)
    }
    // A vehicle that has not been seen since its fences changed ends where it was then.
    let end = max(state.last.time, tracker.changeTime)
    var firstRuleNode = state.fences.firstRuleNode
    tracker.leftInSilence[state.vehicle] = nil
    routes.finish(state.vehicle, at: end, state.last.coordinate, events: &events)
    tracker.finish(
      &state.fences, vehicle: state.vehicle, time: end,
      at: PlanarPoint(x: state.last.coordinate.longitude, y: state.last.coordinate.latitude),
      sequence: state.last.sequence, events: &events)
    if rules.isEmpty { return }
    let seen = RuleTracker.Observation(
      vehicle: state.vehicle, fixTime: end, coordinate: state.last.coordinate, accuracy: .nan)
    rules.finish(seen, head: &firstRuleNode, events: &events)
  }

  // MARK: What is due, in its order

  /// A time until an instant that may be too long for the way to be known, or in which fences may have ended: what it decides for
  /// rules and trips, in the order in which it is due, which does not depend on when a watermark comes.
  @inline(never)
  mutating func passTime(
    until time: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    guard time - last.time > rules.shortestSilence || isOverdue(state.fences, at: time) else { return }
    let split = configuration.trips.splitDuration
    let isSplit = time - last.time > split
    wait(until: isSplit ? last.time + split : time, last, &state, &events)
    closeTrip(by: time, last, &state, &events)
    if isSplit { wait(until: time, last, &state, &events) }
  }

  /// What the time until an instant decides without a fix, the ends of fences included.
  @inline(never)
  mutating func wait(
    until time: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    endFences(by: time, last, &state, &events)
    waitForRules(until: time, last, &state, &events)
  }

  /// Takes a vehicle out of the fences that have ended by a time, where it was seen last.
  mutating func endFences(
    by time: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    while isOverdue(state.fences, at: time) {
      let end = nextEnd(of: state.fences)
      waitForRules(until: end, last, &state, &events)
      leaveFences(endingBy: end, last, &state, &events)
    }
  }

  private mutating func waitForRules(
    until time: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    guard state.fences.firstRuleNode != RulePool.none else { return }
    let seen = RuleTracker.Observation(
      vehicle: state.vehicle, fixTime: last.time, coordinate: last.coordinate, accuracy: .nan)
    rules.wait(until: time, seen, head: &state.fences.firstRuleNode, events: &events)
  }

  /// Whether a fence that a vehicle or its rules have to do with has ended by a time, and it has not been told so. Changes nothing: as
  /// a function that might, it is asked without a copy of the pipeline.
  private mutating func isOverdue(_ state: FenceTracker.State, at time: Int64) -> Bool {
    time >= firstEnd && nextEnd(of: state) <= time
  }

  /// When the first of the fences ends that a vehicle or its rules have to do with.
  private mutating func nextEnd(of state: FenceTracker.State) -> Int64 {
    min(tracker.nextEnd(of: state, in: fences), rules.nextEnd(state.firstRuleNode))
  }

  @inline(never)
  private mutating func leaveFences(
    endingBy end: Int64, _ last: AcceptedFix, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    // Before the last fix only where a version that knew no ends has left it inside.
    let time = max(end, last.time, tracker.changeTime)
    let left = tracker.leave(
      endingBy: end, at: time, &state.fences, vehicle: state.vehicle, last: last, in: fences, events: &events)
    if tellsRoutes, let left, state.fences.firstMember == MembershipPool.none {
      routes.begin(state.vehicle, from: left, at: time, last.coordinate, isFix: false)
    }
    let seen = RuleTracker.Observation(
      vehicle: state.vehicle, fixTime: time, coordinate: last.coordinate, accuracy: .nan)
    rules.leave(endingBy: end, seen, head: &state.fences.firstRuleNode, events: &events)
  }
}
