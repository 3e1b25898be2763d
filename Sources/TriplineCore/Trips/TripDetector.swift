/// Cuts the way of one vehicle into stops and trips, fix by fix, in constant memory.
///
/// While the vehicle moves, a candidate place follows it: a fix near the candidate joins it, one outside begins a new
/// one. A candidate that lasts becomes a stop, back-dated to its first fix, and the trip before it is closed there.
/// What is summed up since the candidate began is therefore kept apart, as a tail, until it is known to belong to the
/// trip. A stop ends when fixes lie outside it; it stays open until the trip that follows is long and far enough, so
/// that being moved within a yard does not end it.
///
/// Definitions and defaults: `TripParameters`.
struct TripDetector: Sendable, BitwiseCopyable {
  /// What the vehicle does.
  enum Mode: UInt8, BitwiseCopyable {
    /// No fix yet.
    case idle
    /// On the way; `stop` may still be open behind it.
    case moving
    /// At `stop`.
    case stopped
    /// The data ended more than an hour ago, on the way; the trip has been closed, `tripStart` is where a stop begins.
    case dark
  }

  /// What a step needs besides its two fixes.
  struct Context {
    var parameters: TripParameters
    var vehicle: UInt32
    /// The metric at the latitude of the fix.
    var metric: LocalMetric
  }

  /// The candidate place, or the place of the stop.
  private var anchor = Anchor(at: Coordinate(latitude: 0, longitude: 0), accuracy: .nan)
  /// Radius of the stop in metres.
  private var stopRadius: Float = 0
  private var candidateStart: Int64 = 0
  private var tripStart: Int64 = 0
  private var tripPlace = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  private var totals = TripTotals()
  private var tail = TripTail()
  private var meter = MotionMeter()
  private(set) var mode = Mode.idle
  /// Whether the candidate has lasted as long as a pause.
  private var isPause = false
  /// While stopped: consecutive fixes outside, and consecutive fast ones, that may be a departure.
  private var outsideFixes: UInt8 = 0
  private var stop = OpenStop(kind: .observed, start: 0, end: 0)
  /// Whether `stop` has not been reported as ended.
  private var hasOpenStop = false
  private var fastFixes: UInt8 = 0

  init() {}

  /// Takes the next accepted fix.
  ///
  /// - Parameters:
  ///   - previous: the accepted fix before.
  ///   - isJump: the vehicle was found again at a place it cannot have driven to; the step counts for nothing.
  /// - Complexity: O(1).
  @inline(__always)
  mutating func advance(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, _ context: Context, _ events: inout EventBuffer
  ) {
    switch mode {
    case .moving: advanceMoving(to: fix, from: previous, isJump: isJump, context, &events)
    case .stopped: advanceStopped(to: fix, from: previous, isJump: isJump, context, &events)
    case .idle: beginTrip(at: fix)
    case .dark: arriveFromDark(at: fix, from: previous, context, &events)
    }
  }

  // MARK: On the way

  private mutating func beginTrip(at fix: Fix) {
    beginTrip(at: fix.time, fix.coordinate)
    anchor = Anchor(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
    candidateStart = fix.time
    isPause = false
    tail.fixes = 1
    mode = .moving
  }

  private mutating func beginTrip(at time: Int64, _ place: Coordinate) {
    tripStart = time
    tripPlace = CompactCoordinate(place)
    totals = TripTotals()
    tail = TripTail()
    meter = MotionMeter(at: time, place)
  }

  @inline(__always)
  private mutating func advanceMoving(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, _ context: Context, _ events: inout EventBuffer
  ) {
    if isJump || fix.time - previous.time > context.parameters.gapDuration {
      advanceMovingAcrossGap(to: fix, from: previous, isJump: isJump, context, &events)
      return
    }
    addStep(Geodesic.step(from: previous.coordinate, to: fix.coordinate), to: fix, from: previous, context)
    let radius = anchor.radius(context.parameters)
    if anchor.squaredDistance(to: fix, in: context.metric) > radius * radius {
      commitTail(at: fix.time, pauseEnd: previous.time, context, &events)
      beginCandidate(at: fix, context, &events)
      return
    }
    anchor.join(fix, radius: radius, in: context.metric)
    let age = fix.time - candidateStart
    if age >= context.parameters.stopDuration {
      confirm(.observed, radius: radius, at: fix, context, &events)
    } else if age >= context.parameters.pauseDuration && !isPause {
      isPause = true
      if !hasOpenStop { emit(.provisional, candidate(.observed, end: fix.time, context), context, &events) }
    }
  }

  /// Adds a step inside one stretch of data to the tail.
  @inline(__always)
  private mutating func addStep(
    _ chord: Double, to fix: Fix, from previous: AcceptedFix, _ context: Context
  ) {
    tail.distance += chord
    let elapsed = fix.time - previous.time
    if elapsed <= context.parameters.dopplerStep, !fix.speedOrNaN.isNaN, !previous.speedOrNaN.isNaN {
      tail.doppler += (fix.speedOrNaN + previous.speedOrNaN) / 2 * Float(elapsed) / 1000
      tail.hasDoppler = true
    }
    meter.advance(to: fix, &tail, context.parameters)
    tail.fixes &+= 1
    noteDistance(to: fix, context)
  }

  @inline(__always)
  private mutating func noteDistance(to fix: Fix, _ context: Context) {
    if totals.isFarEnough || tail.isFarEnough { return }
    tail.isFarEnough =
      Geodesic.step(from: tripPlace.coordinate, to: fix.coordinate) >= context.parameters.tripDistance
  }

  /// Gives the tail to the trip: the vehicle has gone on, or the data have ended.
  private mutating func commitTail(
    at time: Int64, pauseEnd: Int64, _ context: Context, _ events: inout EventBuffer
  ) {
    meter.settle(to: time, &tail, context.parameters)
    totals.add(tail)
    tail = TripTail()
    guard isPause else { return }
    isPause = false
    totals.pauses &+= 1
    if !hasOpenStop { emit(.ended, candidate(.pause, end: pauseEnd, context), context, &events) }
  }

  private mutating func beginCandidate(at fix: Fix, _ context: Context, _ events: inout EventBuffer) {
    anchor = Anchor(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
    candidateStart = fix.time
    if hasOpenStop && isTrip(until: fix.time, context) { endOpenStop(context, &events) }
  }

  /// Whether what has been summed up is a trip if it ends at `time`.
  private func isTrip(until time: Int64, _ context: Context) -> Bool {
    totals.isFarEnough && time - tripStart >= context.parameters.tripDuration
  }

  private mutating func advanceMovingAcrossGap(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, _ context: Context, _ events: inout EventBuffer
  ) {
    let parameters = context.parameters
    let elapsed = fix.time - previous.time
    let chord = Geodesic.step(from: previous.coordinate, to: fix.coordinate)
    let radius = anchor.radius(parameters)
    let isTravel = isJump || chord >= parameters.gapSpeed * Double(elapsed) / 1000
    if elapsed > parameters.splitDuration {
      endData(at: previous, context, &events)
      advance(to: fix, from: previous, isJump: isJump, context, &events)
    } else if !isJump && chord <= max(Double(radius), parameters.silentStopDistance) {
      if anchor.squaredDistance(to: fix, in: context.metric) <= radius * radius {
        anchor.join(fix, radius: radius, in: context.metric)
      }
      confirm(.silent, radius: radius, at: fix, context, &events)
    } else if isTravel {
      commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
      addGap(elapsed, chord: isJump ? 0 : chord, to: fix, context)
      beginCandidate(at: fix, context, &events)
    } else {
      stopUncertainly(at: fix, from: previous, context, &events)
    }
  }

  /// Adds a gap in which the vehicle travelled; 0 metres of a jump.
  private mutating func addGap(_ elapsed: Int64, chord: Double, to fix: Fix, _ context: Context) {
    totals.gap += elapsed
    totals.gapDistance += chord
    totals.fixes &+= 1
    meter.skip(to: fix)
    noteDistance(to: fix, context)
  }

  // MARK: Stopping

  /// The candidate is a stop: closes the trip before it at its first fix.
  private mutating func confirm(
    _ kind: Stop.Kind, radius: Float, at fix: Fix, _ context: Context, _ events: inout EventBuffer
  ) {
    let arrival = candidateStart
    let place = anchor.place(in: context.metric)
    let isMoved: UInt32 = arrival > tripStart ? 1 : 0
    if isTrip(until: arrival, context) {
      let wasAnnounced = isPause && !hasOpenStop
      if hasOpenStop { endOpenStop(context, &events) }
      emit(trip(until: arrival, at: place, isOpenEnded: false, context), &events)
      open(OpenStop(kind: kind, start: arrival, end: fix.time), wasAnnounced: wasAnnounced, context, &events)
    } else if hasOpenStop && isNear(place, context) {
      stop.shuffles += isMoved
      if stop.kind == .observed { stop.kind = kind }
    } else if hasOpenStop {
      stop.end = arrival
      stop.shuffles += isMoved
      endOpenStop(context, &events)
      open(OpenStop(kind: kind, start: arrival, end: fix.time), wasAnnounced: false, context, &events)
    } else {
      var first = OpenStop(kind: kind, start: tripStart, end: fix.time)
      first.shuffles = isMoved
      open(first, wasAnnounced: isPause, context, &events)
    }
    stay(until: fix.time, radius: radius)
  }

  private mutating func stay(until time: Int64, radius: Float) {
    mode = .stopped
    hasOpenStop = true
    isPause = false
    stop.end = time
    stopRadius = radius
    outsideFixes = 0
    fastFixes = 0
  }

  /// Begins a stop and tells of it.
  private mutating func open(
    _ new: OpenStop, wasAnnounced: Bool, _ context: Context, _ events: inout EventBuffer
  ) {
    stop = new
    hasOpenStop = true
    let value = current(context)
    if !wasAnnounced { emit(.provisional, value, context, &events) }
    emit(.confirmed, value, context, &events)
  }

  /// Whether a place is so near the open stop that the way between the two is no trip.
  private func isNear(_ place: Coordinate, _ context: Context) -> Bool {
    stop.kind != .dataGap
      && Geodesic.step(from: stop.place.coordinate, to: place) < context.parameters.tripDistance
  }

  @inline(__always)
  private mutating func advanceStopped(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, _ context: Context, _ events: inout EventBuffer
  ) {
    if fix.time - previous.time > context.parameters.gapDuration,
      staysThroughGap(to: fix, from: previous, isJump: isJump, context, &events)
    {
      return
    }
    let squared = anchor.squaredDistance(to: fix, in: context.metric)
    let isInside = squared <= stopRadius * stopRadius && !isJump
    let isFast = fix.speedOrNaN >= context.parameters.exitSpeed
    if isInside && !isFast {
      anchor.join(fix, radius: stopRadius, in: context.metric)
      stop.end = fix.time
      outsideFixes = 0
      fastFixes = 0
      return
    }
    leave(
      to: fix, from: previous, isJump: isJump, isInside: isInside, isFast: isFast,
      isHalfOut: squared > stopRadius * stopRadius / 4, context, &events)
  }

  /// Takes a fix that speaks for a departure.
  private mutating func leave(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, isInside: Bool, isFast: Bool, isHalfOut: Bool,
    _ context: Context, _ events: inout EventBuffer
  ) {
    let isFirst = outsideFixes == 0 && fastFixes == 0
    outsideFixes = isInside ? 0 : outsideFixes &+ 1
    fastFixes = isFast ? fastFixes &+ 1 : 0
    let hasLeft = Int(outsideFixes) >= context.parameters.exitFixes || (fastFixes >= 2 && isHalfOut)
    if !isFirst && hasLeft {
      stop.include(anchor, in: context.metric)
      mode = .moving
      anchor = Anchor(at: previous.coordinate, accuracy: .nan)
      candidateStart = previous.time
      advanceMoving(to: fix, from: previous, isJump: isJump, context, &events)
      return
    }
    let from = isFirst ? anchor.place(in: context.metric) : previous.coordinate
    if isFirst { beginTrip(at: stop.end, from) }
    let elapsed = fix.time - (isFirst ? stop.end : previous.time)
    let chord = Geodesic.step(from: from, to: fix.coordinate)
    if isJump || elapsed > context.parameters.gapDuration {
      addGap(elapsed, chord: isJump ? 0 : chord, to: fix, context)
    } else {
      addStep(chord, to: fix, from: previous, context)
    }
    meter.settle(to: fix.time, &tail, context.parameters)
    totals.add(tail)
    tail = TripTail()
    if hasLeft {
      stop.include(anchor, in: context.metric)
      mode = .moving
      beginCandidate(at: fix, context, &events)
    }
  }

  /// Settles a gap that began at the stop, unless the vehicle travelled in it.
  private mutating func staysThroughGap(
    to fix: Fix, from previous: AcceptedFix, isJump: Bool, _ context: Context, _ events: inout EventBuffer
  ) -> Bool {
    let parameters = context.parameters
    let elapsed = fix.time - previous.time
    let chord = Geodesic.step(from: previous.coordinate, to: fix.coordinate)
    if !isJump && chord <= max(Double(stopRadius), parameters.silentStopDistance) {
      if anchor.squaredDistance(to: fix, in: context.metric) <= stopRadius * stopRadius {
        anchor.join(fix, radius: stopRadius, in: context.metric)
      }
      if stop.kind == .observed { stop.kind = .silent }
      stay(until: fix.time, radius: stopRadius)
      return true
    }
    if !isJump && chord < parameters.gapSpeed * Double(elapsed) / 1000 {
      stop.include(anchor, in: context.metric)
      stop.departureUncertainty = OpenStop.uncertainty(fix.time - stop.end)
      stop.end = fix.time
      beginTrip(at: fix)
      return true
    }
    guard elapsed > parameters.splitDuration else { return false }
    stop.include(anchor, in: context.metric)
    stop.end = previous.time
    endOpenStop(context, &events)
    openGap(.dataGap, from: previous.time, to: fix, context, &events)
    return true
  }

  // MARK: Gaps

  /// A gap in which the vehicle moved, but slowly: it was somewhere for a while.
  private mutating func stopUncertainly(
    at fix: Fix, from previous: AcceptedFix, _ context: Context, _ events: inout EventBuffer
  ) {
    commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
    if isTrip(until: previous.time, context) {
      if hasOpenStop { endOpenStop(context, &events) }
      emit(trip(until: previous.time, at: previous.coordinate, isOpenEnded: false, context), &events)
      openGap(.uncertain, from: previous.time, to: fix, context, &events)
    } else if hasOpenStop {
      if previous.time > tripStart { stop.shuffles += 1 }
      stop.departureUncertainty = OpenStop.uncertainty(fix.time - stop.end)
      stop.end = fix.time
      beginTrip(at: fix)
    } else {
      openGap(.uncertain, from: tripStart, to: fix, context, &events)
    }
  }

  /// Opens a stop that is nothing but a gap; the way goes on behind it.
  private mutating func openGap(
    _ kind: Stop.Kind, from start: Int64, to fix: Fix, _ context: Context, _ events: inout EventBuffer
  ) {
    var gap = OpenStop(kind: kind, start: start, end: fix.time)
    gap.arrivalUncertainty = OpenStop.uncertainty(fix.time - start)
    gap.departureUncertainty = gap.arrivalUncertainty
    gap.place = CompactCoordinate(fix.coordinate)
    gap.fixes = 1
    stop = gap
    hasOpenStop = true
    emit(.confirmed, stop.stop(of: context.vehicle), context, &events)
    beginTrip(at: fix)
  }

  /// The data end, for good or for more than an hour, while the vehicle is on the way: closes the trip at the last fix.
  private mutating func endData(
    at previous: AcceptedFix, _ context: Context, _ events: inout EventBuffer
  ) {
    commitTail(at: previous.time, pauseEnd: previous.time, context, &events)
    let isMoved: UInt32 = previous.time > tripStart ? 1 : 0
    if isTrip(until: previous.time, context) {
      if hasOpenStop { endOpenStop(context, &events) }
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
    mode = .dark
  }

  private mutating func arriveFromDark(
    at fix: Fix, from previous: AcceptedFix, _ context: Context, _ events: inout EventBuffer
  ) {
    let parameters = context.parameters
    let elapsed = fix.time - previous.time
    let chord = Geodesic.step(from: previous.coordinate, to: fix.coordinate)
    if chord <= parameters.silentStopDistance {
      anchor = Anchor(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
      open(OpenStop(kind: .silent, start: tripStart, end: fix.time), wasAnnounced: false, context, &events)
      stay(until: fix.time, radius: anchor.radius(parameters))
    } else {
      let isTravel = chord >= parameters.gapSpeed * Double(elapsed) / 1000
      openGap(isTravel ? .dataGap : .uncertain, from: tripStart, to: fix, context, &events)
    }
  }

  // MARK: The end

  /// Closes a trip whose vehicle has been silent for more than an hour at `watermark`.
  ///
  /// A later fix would come to the same: a gap of that length always splits.
  mutating func advanceWatermark(
    to watermark: Int64, last: AcceptedFix, _ context: Context, _ events: inout EventBuffer
  ) {
    guard mode == .moving, watermark - last.time > context.parameters.splitDuration else { return }
    endData(at: last, context, &events)
  }

  /// The end of the track: closes what is open at the last fix.
  mutating func finish(last: AcceptedFix, _ context: Context, _ events: inout EventBuffer) {
    if mode == .moving { endData(at: last, context, &events) }
    if mode == .stopped {
      stop.include(anchor, in: context.metric)
      stop.end = last.time
      endOpenStop(context, &events)
    }
    self = TripDetector()
  }

  // MARK: Events

  private mutating func endOpenStop(_ context: Context, _ events: inout EventBuffer) {
    emit(.ended, stop.stop(of: context.vehicle), context, &events)
    hasOpenStop = false
  }

  private func emit(
    _ phase: StopEvent.Phase, _ stop: Stop, _ context: Context, _ events: inout EventBuffer
  ) {
    events.append(.stop(StopEvent(phase: phase, stop: stop)))
  }

  private func emit(_ trip: Trip, _ events: inout EventBuffer) { events.append(.trip(trip)) }

  /// The candidate as a stop or pause.
  private func candidate(_ kind: Stop.Kind, end: Int64, _ context: Context) -> Stop {
    var value = OpenStop(kind: kind, start: candidateStart, end: end)
    value.include(anchor, in: context.metric)
    return value.stop(of: context.vehicle)
  }

  /// The stop the vehicle is at, the fixes at its place included.
  private func current(_ context: Context) -> Stop {
    var value = stop
    value.include(anchor, in: context.metric)
    return value.stop(of: context.vehicle)
  }

  private func trip(until end: Int64, at place: Coordinate, isOpenEnded: Bool, _ context: Context) -> Trip {
    let maximum = totals.maximumSpeed.isNaN ? meter.speed : totals.maximumSpeed
    return Trip(
      vehicle: context.vehicle, fixes: totals.fixes, pauses: totals.pauses, isOpenEnded: isOpenEnded, start: tripStart,
      end: end, startCoordinate: tripPlace.coordinate, endCoordinate: place, distance: totals.distance,
      gapDistance: totals.gapDistance, dopplerDistance: totals.hasDoppler ? totals.doppler : nil,
      moving: totals.moving, stationary: totals.stationary, gap: totals.gap,
      maximumSpeed: maximum.isNaN ? nil : maximum,
      percentile95Speed: totals.speeds.quantile(0.95).map { maximum.isNaN ? $0 : min($0, maximum) })
  }
}

extension TripDetector {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&mode)
    try coder.code(&hasOpenStop)
    try coder.code(&isPause)
    try coder.code(&outsideFixes)
    try coder.code(&fastFixes)
    try coder.code(&stopRadius)
    try anchor.code(&coder)
    try coder.code(&candidateStart)
    try stop.code(&coder)
    try coder.code(&tripStart)
    try tripPlace.code(&coder)
    try totals.code(&coder)
    try tail.code(&coder)
    try meter.code(&coder)
  }
}
