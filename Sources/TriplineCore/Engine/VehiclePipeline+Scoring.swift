/// The part of scores in the way of a fix.
extension VehiclePipeline {
  /// Takes a step that trips have taken: tells what ended trips were like, and follows the one under way.
  @inline(__always)
  mutating func score(
    _ fix: Fix, from last: AcceptedFix, over step: FixStep, limit: Float, _ state: inout VehicleState,
    since first: Int, _ events: inout EventBuffer
  ) {
    if events.count > first {
      tellScores(&state, since: first, &events)
      if goesByDisplacement { tellScores(ofGap: fix, from: last, over: step, &state, since: first, &events) }
    }
    guard state.trips.isOnTheWay else {
      if state.trips.scorer != ScorerPool.none { scorers.release(&state.trips.scorer) }
      return
    }
    // The start of a trip may be put back while it is under way, and is no other trip then.
    if state.trips.scorer == ScorerPool.none || scorers[state.trips.scorer].tripStart < state.trips.tripStart {
      if goesByDisplacement, displacements?.departure.count ?? 0 > 1 {
        beginScoreByDisplacement(&state, &events)
      } else {
        beginScore(fix, from: last, &state)
      }
      // A silence before the first fix of a trip is no part of it.
      if state.trips.tripStart == fix.time { return }
    }
    let speed = state.trips.meter.speed
    scorers[state.trips.scorer].advance(
      to: fix, from: last, over: step, speed: speed, limit: limit, arrival: state.trips.candidateStart, scoring, &events
    )
  }

  /// Begins anew with the departure, and follows the way up to the last step.
  @inline(never)
  private mutating func beginScoreByDisplacement(_ state: inout VehicleState, _ events: inout EventBuffer) {
    let way = displacements?.departure ?? []
    beginScore(way[1], from: AcceptedFix(way[0]), &state)
    for index in 1..<way.count - 1 {
      let (last, fix) = (AcceptedFix(way[index - 1]), way[index])
      let step = FixStep(from: last, to: fix)
      let speed = fix.speedOrNaN.isNaN ? Float(step.length * 1000 / Double(max(1, step.elapsed))) : fix.speedOrNaN
      scorers[state.trips.scorer].advance(
        to: fix, from: last, over: step, speed: speed, limit: .nan, arrival: state.trips.candidateStart, scoring,
        &events)
    }
  }

  /// Begins anew with the step from `last` to `fix`.
  @inline(never)
  private mutating func beginScore(_ fix: Fix, from last: AcceptedFix, _ state: inout VehicleState) {
    let (start, stop) = (state.trips.tripStart, state.trips.placeBefore)
    let scorer =
      start == fix.time
      ? TripScorer(tripStart: start, at: fix, stop: stop)
      : TripScorer(tripStart: start, from: last, to: fix, stop: stop)
    if state.trips.scorer == ScorerPool.none {
      _ = scorers.insert(scorer, after: ScorerPool.none, head: &state.trips.scorer)
    } else {
      scorers[state.trips.scorer] = scorer
    }
  }

  /// Says what the trips were like that have been told since there were `first` events.
  @inline(never)
  mutating func tellScores(_ state: inout VehicleState, since first: Int, _ events: inout EventBuffer) {
    for index in first..<events.count {
      guard case .trip(let trip) = events.events[index], state.trips.scorer != ScorerPool.none else { continue }
      scorers[state.trips.scorer].finish(trip, scoring, &events)
      scorers.release(&state.trips.scorer)
    }
  }

  /// Says what is known of a trip that was a silence and nothing else, if there was one since there were `first` events:
  /// only where trips go by displacement.
  private mutating func tellScores(
    ofGap fix: Fix, from last: AcceptedFix, over step: FixStep, _ state: inout VehicleState, since first: Int,
    _ events: inout EventBuffer
  ) {
    for index in first..<events.count {
      guard case .trip(let trip) = events.events[index], trip.start == last.time, trip.end == fix.time, trip.gap > 0
      else { continue }
      var scorer = TripScorer(tripStart: trip.start, from: last, to: fix, stop: nil)
      scorer.advance(to: fix, from: last, over: step, speed: .nan, limit: .nan, arrival: 0, scoring, &events)
      scorer.finish(trip, scoring, &events)
    }
  }

  /// Fixes were kept out; `scorer` is that of their vehicle's trip, or `none`.
  @inline(__always)
  mutating func noteRejection(
    _ reason: RejectionReason, of scorer: UInt32, times: @autoclosure () -> UInt32 = 1
  ) {
    if scorer != ScorerPool.none { scorers[scorer].reject(reason, times: times()) }
  }

  /// The time of a fix was put right.
  @inline(__always)
  mutating func noteRepair(of scorer: UInt32) {
    if scorer != ScorerPool.none { scorers[scorer].noteRepair() }
  }
}

/// What is known of trips under way: a list of one a vehicle, none for a vehicle at rest.
typealias ScorerPool = ListPool<TripScorer>

extension ListPool where Node == TripScorer {
  /// Forgets the trip of a vehicle.
  mutating func release(_ head: inout UInt32) {
    if head != Self.none { remove(after: Self.none, head: &head) }
  }
}
