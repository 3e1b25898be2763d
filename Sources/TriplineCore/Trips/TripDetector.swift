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
    /// The data ended more than `splitDuration` ago, on the way; the trip has been closed, `tripStart` is where a stop begins.
    case dark
  }

  /// What is the same for all steps of a vehicle; lent, never copied.
  ///
  /// The parameters are held by reference: a struct of this size would be copied for every fix.
  struct Context: ~Copyable, Sendable {
    private let shared: Shared<TripParameters>
    var vehicle: UInt32 = 0

    init(_ parameters: TripParameters) { shared = Shared(parameters) }

    @inline(__always) var parameters: TripParameters { shared.value }
  }

  /// The candidate place, or the place of the stop.
  var anchor = Anchor(at: Coordinate(latitude: 0, longitude: 0), accuracy: .nan)
  /// Radius of the stop in metres.
  var stopRadius: Float = 0
  /// Metres at the last fix as the configuration takes it, or NaN. No matter of trips: it stands here because it fits
  /// between the fields around it, and a vehicle's state has no other four bytes to spare.
  var altitude = Float.nan
  var candidateStart: Int64 = 0
  var tripStart: Int64 = 0
  var tripPlace = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  var totals = TripTotals()
  var tail = TripTail()
  var meter = MotionMeter()
  var mode = Mode.idle
  /// Whether the candidate has lasted as long as a pause; once the data have ended, whether it had then.
  var isPause = false
  /// While stopped: consecutive fixes outside, and consecutive fast ones, that may be a departure.
  var outsideFixes: UInt8 = 0
  /// Where what is known of driving on this trip stands, or `none`: on the way only, and only where trips are scored.
  var scorer = ScorerPool.none
  var stop = OpenStop(kind: .observed, start: 0, end: 0)
  /// Whether `stop` has not been reported as ended.
  var hasOpenStop = false
  var fastFixes: UInt8 = 0

  init() {}

  /// Whether it drives, or may have left the stop it was at.
  @inline(__always) var isOnTheWay: Bool {
    mode == .moving || (mode == .stopped && (outsideFixes != 0 || fastFixes != 0))
  }

  /// Where it stopped before the trip under way, if that is known: a stop has its place once it is behind the vehicle,
  /// until then the trip begins there. Where it was in a gap is not known.
  var placeBefore: Coordinate? {
    guard hasOpenStop, stop.kind != .dataGap, stop.kind != .uncertain else { return nil }
    return (stop.fixes > 0 ? stop.place : tripPlace).coordinate
  }

  /// Takes the next accepted fix.
  ///
  /// - Parameters:
  ///   - previous: the accepted fix before.
  ///   - step: the way from that to this one.
  /// - Complexity: O(1).
  @inline(__always)
  mutating func advance(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    switch mode {
    case .moving: advanceMoving(to: fix, from: previous, over: step, context, &events)
    case .stopped: advanceStopped(to: fix, from: previous, over: step, context, &events)
    case .idle: begin(at: fix)
    case .dark: arriveFromDark(at: fix, over: step, context, &events)
    }
  }

  // MARK: On the way

  /// Takes the first fix of a track, or the first behind a gap.
  mutating func begin(at fix: Fix) {
    beginTrip(at: fix.time, fix.coordinate)
    anchor.restart(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
    candidateStart = fix.time
    isPause = false
    tail.fixes = 1
    mode = .moving
  }

  mutating func beginTrip(at time: Int64, _ place: Coordinate) {
    tripStart = time
    tripPlace = CompactCoordinate(place)
    totals = TripTotals()
    tail = TripTail()
    meter = MotionMeter(at: time, place)
  }

  @inline(__always)
  mutating func advanceMoving(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    if step.isJump || step.elapsed > context.parameters.gapDuration {
      advanceMovingAcrossGap(to: fix, from: previous, over: step, context, &events)
      return
    }
    addStep(step.length, to: fix, from: previous, step, context)
    let radius = anchor.radius(context.parameters)
    if anchor.squaredDistance(to: fix, in: step.metric) > radius * radius {
      commitTail(at: fix.time, pauseEnd: previous.time, context, &events)
      beginCandidate(at: fix, context, &events)
      return
    }
    anchor.join(fix, radius: radius, in: step.metric)
    if fix.time - candidateStart >= context.parameters.stopDuration {
      confirm(.observed, radius: radius, at: fix.time, context, &events)
    } else {
      notePause(at: fix, context, &events)
    }
  }

  /// Tells of a candidate that has lasted as long as a pause.
  @inline(__always)
  mutating func notePause(at fix: Fix, _ context: borrowing Context, _ events: inout EventBuffer) {
    if isPause || fix.time - candidateStart < context.parameters.pauseDuration { return }
    isPause = true
    if !hasOpenStop { emit(.provisional, candidate(.observed, end: fix.time, context), context, &events) }
  }

  /// Adds a step inside one stretch of data to the tail.
  @inline(__always)
  mutating func addStep(
    _ chord: Double, to fix: Fix, from previous: AcceptedFix, _ step: FixStep, _ context: borrowing Context
  ) {
    tail.distance += chord
    if step.elapsed <= context.parameters.dopplerStep, !fix.speedOrNaN.isNaN, !previous.speedOrNaN.isNaN {
      tail.doppler += (fix.speedOrNaN + previous.speedOrNaN) / 2 * Float(step.elapsed) / 1000
      tail.hasDoppler = true
    }
    meter.advance(to: fix, counting: step.countedSpeed(to: fix, from: previous), &tail, context.parameters)
    tail.fixes &+= 1
    noteDistance(to: fix, context)
  }

  @inline(__always)
  mutating func noteDistance(to fix: Fix, _ context: borrowing Context) {
    if totals.isFarEnough || tail.isFarEnough { return }
    tail.isFarEnough = isFarEnough(fix, context)
  }

  /// Whether a fix is as far from the start as makes a trip. A jump brings a vehicle there too, but not on a way.
  @inline(__always)
  func isFarEnough(_ fix: Fix, _ context: borrowing Context) -> Bool {
    let least = context.parameters.tripDistance
    // No way is shorter than the line, save for rounding.
    return totals.distance + totals.gapDistance + tail.distance >= least * 0.99
      && Geodesic.step(from: tripPlace.coordinate, to: fix.coordinate) >= least
  }

  /// Gives the tail to the trip.
  mutating func settleTail(to time: Int64, _ context: borrowing Context) {
    meter.settle(to: time, &tail, context.parameters)
    totals.take(&tail)
  }

  /// Gives the tail to the trip: the vehicle has gone on, or the data have ended.
  mutating func commitTail(
    at time: Int64, pauseEnd: Int64, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    settleTail(to: time, context)
    guard isPause else { return }
    isPause = false
    totals.pauses &+= 1
    if !hasOpenStop { emit(.ended, candidate(.pause, end: pauseEnd, context), context, &events) }
  }

  mutating func beginCandidate(at fix: Fix, _ context: borrowing Context, _ events: inout EventBuffer) {
    anchor.restart(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
    candidateStart = fix.time
    if hasOpenStop && isTrip(until: fix.time, context) { depart(context, &events) }
  }

  /// Whether what has been summed up is a trip if it ends at `time`.
  func isTrip(until time: Int64, _ context: borrowing Context) -> Bool {
    totals.isFarEnough && time - tripStart >= context.parameters.tripDuration
  }
}
