/// Arriving at a stop, being there and leaving it.
extension TripDetector {
  /// The candidate is a stop: closes the trip before it at its first fix.
  mutating func confirm(
    _ kind: Stop.Kind, radius: Float, at time: Int64, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    let arrival = candidateStart
    let place = anchor.place
    let isMoved: UInt32 = arrival > tripStart ? 1 : 0
    if isTrip(until: arrival, context) {
      let wasAnnounced = isPause && !hasOpenStop
      if hasOpenStop { depart(context, &events) }
      emit(trip(until: arrival, at: place, isOpenEnded: false, context), &events)
      open(OpenStop(kind: kind, start: arrival, end: time), wasAnnounced: wasAnnounced, context, &events)
    } else if hasOpenStop && isNear(place, context) {
      stop.shuffles += isMoved
      if stop.kind == .observed { stop.kind = kind }
    } else if hasOpenStop {
      stop.end = arrival
      stop.shuffles += isMoved
      endOpenStop(context, &events)
      open(OpenStop(kind: kind, start: arrival, end: time), wasAnnounced: false, context, &events)
    } else {
      var first = OpenStop(kind: kind, start: tripStart, end: time)
      first.shuffles = isMoved
      open(first, wasAnnounced: isPause, context, &events)
    }
    stay(until: time, radius: radius)
  }

  mutating func stay(until time: Int64, radius: Float) {
    mode = .stopped
    hasOpenStop = true
    isPause = false
    stop.end = time
    stop.departureUncertainty = 0
    stopRadius = radius
    outsideFixes = 0
    fastFixes = 0
  }

  /// Begins a stop and tells of it.
  mutating func open(
    _ new: OpenStop, wasAnnounced: Bool, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    stop = new
    hasOpenStop = true
    let value = current(context)
    if !wasAnnounced { emit(.provisional, value, context, &events) }
    emit(.confirmed, value, context, &events)
  }

  /// Whether a place is so near the open stop that the way between the two is no trip.
  func isNear(_ place: Coordinate, _ context: borrowing Context) -> Bool {
    stop.kind != .dataGap
      && Geodesic.step(from: stop.place.coordinate, to: place) < context.parameters.tripDistance
  }

  @inline(__always)
  mutating func advanceStopped(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    if step.elapsed > context.parameters.gapDuration,
      staysThroughGap(to: fix, from: previous, over: step, context, &events)
    {
      return
    }
    let squared = anchor.squaredDistance(to: fix, in: step.metric)
    let isInside = squared <= stopRadius * stopRadius && !step.isJump
    let isFast = fix.speedOrNaN >= context.parameters.exitSpeed
    if isInside && !isFast {
      anchor.join(fix, radius: stopRadius, in: step.metric)
      stop.end = fix.time
      outsideFixes = 0
      fastFixes = 0
      return
    }
    leave(
      to: fix, from: previous, over: step, isInside: isInside, isFast: isFast,
      isHalfOut: squared > stopRadius * stopRadius / 4, context, &events)
  }

  /// Takes a fix that speaks for a departure.
  mutating func leave(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, isInside: Bool, isFast: Bool, isHalfOut: Bool,
    _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    let isFirst = outsideFixes == 0 && fastFixes == 0
    outsideFixes = isInside ? 0 : outsideFixes &+ 1
    fastFixes = isFast ? fastFixes &+ 1 : 0
    let hasLeft = Int(outsideFixes) >= context.parameters.exitFixes || (fastFixes >= 2 && isHalfOut)
    if !isFirst && hasLeft {
      stop.include(anchor)
      mode = .moving
      anchor.restart(at: previous.coordinate, accuracy: .nan)
      candidateStart = previous.time
      advanceMoving(to: fix, from: previous, over: step, context, &events)
      return
    }
    let from = isFirst ? anchor.place : previous.coordinate
    if isFirst { beginTrip(at: stop.end, from) }
    let chord = Geodesic.step(from: from, to: fix.coordinate)
    if step.isJump || step.elapsed > context.parameters.gapDuration {
      addGap(step.elapsed, chord: chord, isJump: step.isJump, to: fix, context)
    } else {
      addStep(chord, to: fix, from: previous, step, context)
    }
    settleTail(to: fix.time, context)
    if hasLeft {
      stop.include(anchor)
      mode = .moving
      beginCandidate(at: fix, context, &events)
    }
  }

  /// Settles a gap that began at the stop, unless the vehicle travelled in it.
  mutating func staysThroughGap(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) -> Bool {
    let parameters = context.parameters
    let reach = max(Double(stopRadius), parameters.silentStopDistance)
    if !step.isJump && step.length <= reach {
      // A place that begins at the fix before is the one the silence was at.
      if candidateStart != previous.time, Double(anchor.squaredDistance(to: fix, in: step.metric)) > reach * reach {
        departBeforeGap(to: fix, from: previous, over: step, context, &events)
        return true
      }
      if anchor.squaredDistance(to: fix, in: step.metric) <= stopRadius * stopRadius {
        anchor.join(fix, radius: stopRadius, in: step.metric)
      }
      if stop.kind == .observed { stop.kind = .silent }
      stay(until: fix.time, radius: stopRadius)
      return true
    }
    if !step.isJump && step.length < parameters.gapSpeed * Double(step.elapsed) / 1000 {
      stop.include(anchor)
      stop.departureUncertainty = OpenStop.uncertainty(fix.time - stop.end)
      stop.end = fix.time
      begin(at: fix)
      return true
    }
    guard step.elapsed > parameters.splitDuration else { return false }
    stop.include(anchor)
    endOpenStop(context, &events)
    openGap(.dataGap, from: stop.end, to: fix, context, &events)
    return true
  }

  /// Settles a gap that the vehicle spent away from the stop: it left with the fix before, if not earlier.
  mutating func departBeforeGap(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    if outsideFixes == 0 && fastFixes == 0 { beginTrip(at: stop.end, anchor.place) }
    stop.include(anchor)
    mode = .moving
    anchor.restart(at: previous.coordinate, accuracy: .nan)
    candidateStart = previous.time
    advanceMovingAcrossGap(to: fix, from: previous, over: step, context, &events)
  }
}
