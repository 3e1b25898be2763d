/// Stretches without fixes, and the end of the data.
extension TripDetector {
  mutating func advanceMovingAcrossGap(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    let parameters = context.parameters
    let radius = anchor.radius(parameters)
    let isTravel = step.isJump || step.length >= parameters.gapSpeed * Double(step.elapsed) / 1000
    if step.elapsed > parameters.splitDuration {
      endData(at: previous, context, &events)
      advance(to: fix, from: previous, over: step, context, &events)
    } else if !step.isJump && step.length <= max(Double(radius), parameters.silentStopDistance) {
      if anchor.squaredDistance(to: fix, in: step.metric) <= radius * radius {
        anchor.join(fix, radius: radius, in: step.metric)
      }
      if fix.time - candidateStart >= parameters.stopDuration {
        confirm(.silent, radius: radius, at: fix.time, context, &events)
      } else {
        wait(until: fix, from: previous, step, context, &events)
      }
    } else if isTravel {
      commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
      addGap(step.elapsed, chord: step.length, isJump: step.isJump, to: fix, context)
      beginCandidate(at: fix, context, &events)
    } else if arrive(before: previous.time, context, &events) {
      advance(to: fix, from: previous, over: step, context, &events)
    } else {
      stopUncertainly(at: fix, from: previous, context, &events)
    }
  }

  /// Takes the candidate for a stop if the vehicle has been there for long enough before it fell silent.
  private mutating func arrive(
    before last: Int64, _ context: borrowing Context, _ events: inout EventBuffer
  ) -> Bool {
    // By displacement there are no places to arrive at.
    guard context.parameters.displacement == nil, let least = context.parameters.arrivalDuration,
      last - candidateStart >= least
    else { return false }
    confirm(.observed, radius: anchor.radius(context.parameters), at: last, context, &events)
    return true
  }

  /// Adds a gap in which the vehicle travelled; a jump brings it no metre further.
  ///
  /// The far end of the gap is part of the trip, even where the vehicle then stays.
  mutating func addGap(
    _ elapsed: Int64, chord: Double, isJump: Bool, to fix: Fix, _ context: borrowing Context
  ) {
    totals.gap += elapsed
    totals.fixes &+= 1
    meter.skip(to: fix)
    if isJump { return }
    totals.gapDistance += chord
    if isFarEnough(fix, context) { totals.isFarEnough = true }
  }

  /// A silence at the place of the candidate that does not make it a stop yet: time at rest.
  mutating func wait(
    until fix: Fix, from previous: AcceptedFix, _ step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    meter.settle(to: previous.time, &tail, context.parameters)
    tail.stationary += UInt32(step.elapsed)
    tail.fixes &+= 1
    meter.skip(to: fix)
    notePause(at: fix, context, &events)
  }

  /// A gap in which the vehicle moved, but slowly: it was somewhere for a while.
  mutating func stopUncertainly(
    at fix: Fix, from previous: AcceptedFix, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
    if isTrip(until: previous.time, context) {
      if hasOpenStop { depart(context, &events) }
      emit(trip(until: previous.time, at: previous.coordinate, isOpenEnded: false, context), &events)
      openGap(.uncertain, from: previous.time, to: fix, context, &events)
    } else if hasOpenStop {
      if previous.time > tripStart { stop.shuffles += 1 }
      stop.departureUncertainty = OpenStop.uncertainty(fix.time - stop.end)
      stop.end = fix.time
      begin(at: fix)
    } else {
      openGap(.uncertain, from: tripStart, to: fix, context, &events)
    }
  }

  /// Puts the departure from a stop whose end lies in a gap to where the mean speed of the trip so far has it, where the
  /// configuration asks for that: the way and the time to the first fix are that of the gap.
  ///
  /// Gaps are part of that speed, and it is no less than `gapSpeed`: a phone that lies where it was found would else have left
  /// hours too early.
  mutating func estimateDeparture(_ context: borrowing Context) {
    guard context.parameters.estimatesDeparture, stop.kind != .dataGap, stop.departureUncertainty > 0,
      stop.end == tripStart
    else { return }
    let time = Double(totals.moving + totals.stationary + totals.gap) / 1000
    let way = totals.distance + totals.gapDistance
    let speed = max(context.parameters.gapSpeed, time > 0 ? way / time : 0)
    let chord = Geodesic.step(from: stop.place.coordinate, to: tripPlace.coordinate)
    guard speed > 0 else { return }
    let lead = Int64(min(Double(stop.departureUncertainty), chord / speed * 1000))
    tripStart -= lead
    tripPlace = stop.place
    totals.gap += lead
    totals.gapDistance += chord
    stop.end -= lead
    stop.departureUncertainty -= UInt32(lead)
  }

  /// Opens a stop that is nothing but a gap; the way goes on behind it.
  mutating func openGap(
    _ kind: Stop.Kind, from start: Int64, to fix: Fix, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    var gap = OpenStop(kind: kind, start: start, end: fix.time)
    gap.arrivalUncertainty = OpenStop.uncertainty(fix.time - start)
    gap.departureUncertainty = gap.arrivalUncertainty
    gap.place = CompactCoordinate(fix.coordinate)
    gap.fixes = 1
    stop = gap
    hasOpenStop = true
    emit(.confirmed, stop.stop(of: context.vehicle), context, &events)
    begin(at: fix)
  }

  /// The data end, for good or for longer than `splitDuration`, while the vehicle is on the way: closes the trip at the last fix.
  ///
  /// A pause that lasts until then is part of the trip's time, but the steps inside it are no distance: the vehicle may
  /// well have stayed.
  mutating func endData(
    at previous: AcceptedFix, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    if arrive(before: previous.time, context, &events) { return }
    let isAtRest = isPause
    if isAtRest {
      tail.distance = 0
      tail.isFarEnough = false
      tail.doppler = 0
    }
    commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
    let isMoved: UInt32 = previous.time > tripStart ? 1 : 0
    if isTrip(until: previous.time, context) {
      if hasOpenStop { depart(context, &events) }
      emit(trip(until: previous.time, at: previous.coordinate, isOpenEnded: true, context), &events)
      tripStart = previous.time
    } else if hasOpenStop && isNear(previous.coordinate, context) {
      stop.shuffles += isMoved
      stay(until: previous.time, radius: anchor.radius(context.parameters))
      return
    } else if hasOpenStop {
      stop.end = previous.time
      stop.shuffles += isMoved
      endOpenStop(context, &events)
      tripStart = previous.time
    }
    isPause = isAtRest
    mode = .dark
  }

  /// The first fix after the data had ended on the way.
  mutating func arriveFromDark(
    at fix: Fix, over step: FixStep, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    let parameters = context.parameters
    if !step.isJump && step.length <= parameters.silentStopDistance {
      anchor.restart(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
      open(OpenStop(kind: .silent, start: tripStart, end: fix.time), wasAnnounced: false, context, &events)
      stay(until: fix.time, radius: anchor.radius(parameters))
    } else {
      let isTravel = step.isJump || step.length >= parameters.gapSpeed * Double(step.elapsed) / 1000
      openGap(isTravel ? .dataGap : .uncertain, from: tripStart, to: fix, context, &events)
    }
  }

  /// Closes a trip whose vehicle has been silent for longer than `splitDuration` at `watermark`.
  ///
  /// A later fix would come to the same: a gap of that length always splits.
  mutating func advanceWatermark(
    to watermark: Int64, last: AcceptedFix, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    guard mode == .moving, watermark - last.time > context.parameters.splitDuration else { return }
    endData(at: last, context, &events)
  }

  /// The end of the track: closes what is open at the last fix.
  mutating func finish(last: AcceptedFix, _ context: borrowing Context, _ events: inout EventBuffer) {
    if mode == .moving { endData(at: last, context, &events) }
    if mode == .stopped {
      stop.include(anchor)
      stop.end = last.time
      endOpenStop(context, &events)
    }
  }
}
