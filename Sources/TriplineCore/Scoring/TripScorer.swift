/// Follows one vehicle on one trip, fix by fix, to say in the end what the trip was like.
///
/// It looks at all from the departure until the stop is known: the brake in front of the place where the vehicle then
/// stays belongs to the way there. Time at rest adds to none of its sums.
struct TripScorer: ListNode {
  /// A vehicle has one at most: the list it stands in ends with it.
  var next = UInt32.max
  /// Start of the trip, by which a new one is known.
  private(set) var tripStart: Int64 = 0
  private var firstSequence: UInt32 = 0
  private var lastSequence: UInt32 = 0
  private var window = AccelerationWindow()
  private var longitudinal = HarshEventDetector()
  private var lateral = HarshEventDetector()
  private var overspeed = OverspeedDetector()
  private var smoothness = BinnedSmoothness()
  private var spread = SmoothnessSpread()
  private var brakes = TripScore.Counts()
  private var accelerations = TripScore.Counts()
  private var corners = TripScore.Counts()
  private var sampling = SamplingHistogram()
  /// Seconds in motion, and those of them for which a speed, a smooth acceleration and one for events is known.
  private var moving: Float = 0
  private var withSpeed: Float = 0
  private var withSmoothness: Float = 0
  private var withEvents: Float = 0
  /// Milliseconds with a limit, and those in events of driving too fast.
  private var limited: Int64 = 0
  private var tooFast: Int64 = 0
  private var overspeeds: UInt32 = 0
  private var night: Int64 = 0
  /// Metres by speeds and by positions, over the steps that have both: short ones between reported speeds.
  private var wayBySpeeds: Float = 0
  private var wayByPositions: Float = 0
  /// Sum of what fixes are worth by their accuracy, how many there are, and how many state one.
  private var accuracy: Float = 0
  private var fixes: UInt32 = 0
  private var accurateFixes: UInt32 = 0
  /// What the gate has kept out up to the last fix, and since: that belongs to the trip only if it goes on, however long
  /// it takes until that is known.
  private var rejected = Rejections()
  private var rejectedSince = Rejections()
  /// Metres from the stop before to the first fix, NaN where that is not known.
  private var startDistance = Float.nan

  /// Fixes that were kept out on a trip, as far as quality asks.
  struct Rejections: Sendable, BitwiseCopyable, Equatable {
    /// Jumps, contradictions and frozen fixes.
    var implausible: UInt32 = 0
    /// Repeated, late, future and repaired fixes.
    var disordered: UInt32 = 0
    /// Others: too coarse, out of range.
    var others: UInt32 = 0

    @inline(__always) var isAny: Bool { implausible | disordered | others != 0 }

    mutating func add(_ other: Rejections) {
      implausible &+= other.implausible
      disordered &+= other.disordered
      others &+= other.others
    }
  }

  /// One that is about no trip yet: its fields are read.
  init() {}

  /// Begins a trip.
  ///
  /// - Parameters:
  ///   - last: the fix before the first one of the way, from which the vehicle set out.
  ///   - stop: where it stopped before, if that is known.
  init(tripStart: Int64, from last: AcceptedFix, to fix: Fix, stop: Coordinate?) {
    self.tripStart = tripStart
    firstSequence = last.sequence
    lastSequence = last.sequence
    if let stop { startDistance = Float(Geodesic.step(from: stop, to: fix.coordinate)) }
    _ = window.take(time: last.time, speed: last.speedOrNaN, course: .nan, leastCorneringSpeed: 0)
  }

  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&tripStart)
    try coder.code(&firstSequence)
    try coder.code(&lastSequence)
    try window.code(&coder)
    try longitudinal.code(&coder)
    try lateral.code(&coder)
    try overspeed.code(&coder)
    try smoothness.code(&coder)
    try spread.code(&coder)
    try brakes.code(&coder)
    try accelerations.code(&coder)
    try corners.code(&coder)
    try sampling.code(&coder)
    try coder.code(&moving)
    try coder.code(&withSpeed)
    try coder.code(&withSmoothness)
    try coder.code(&withEvents)
    try coder.code(&limited)
    try coder.code(&tooFast)
    try coder.code(&overspeeds)
    try coder.code(&night)
    try coder.code(&wayBySpeeds)
    try coder.code(&wayByPositions)
    try coder.code(&accuracy)
    try coder.code(&fixes)
    try coder.code(&accurateFixes)
    try rejected.code(&coder)
    try rejectedSince.code(&coder)
    try coder.code(&startDistance)
  }
}

extension TripScorer {
  /// Takes the next accepted fix.
  ///
  /// - Parameters:
  ///   - speed: metres a second, reported or from positions, NaN where none is known.
  ///   - limit: metres a second allowed by the fences around, NaN where none says.
  /// - Complexity: O(1).
  @inline(__always)
  mutating func advance(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, speed: Float, limit: Float,
    _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    let seconds = Float(step.elapsed) / 1000
    fixes &+= 1
    lastSequence = fix.sequence
    note(accuracy: fix.accuracyOrNaN)
    if rejectedSince.isAny {
      rejected.add(rejectedSince)
      rejectedSince = Rejections()
    }
    rejected.disordered &+= UInt32(fix.duplicates)
    rejected.implausible &+= UInt32(fix.conflicts)
    let isGap = step.isJump || step.elapsed > context.gapDuration
    let isMoving =
      !isGap && (Float(step.length) >= seconds * context.movingSpeed || fix.speedOrNaN >= context.movingSpeed)
    sampling.add(step.elapsed, isMoving: isMoving)
    if context.parameters.night?.contains(fix.time) == true { night += step.elapsed }
    if isGap {
      window.clear()
      closeEvents(fix.vehicle, context, &events)
      return
    }
    if isMoving {
      moving += seconds
      if !fix.speedOrNaN.isNaN { withSpeed += seconds }
    }
    let speeds = previous.speedOrNaN + fix.speedOrNaN
    if step.elapsed <= context.dopplerStep && !speeds.isNaN {
      wayBySpeeds += speeds / 2 * seconds
      wayByPositions += Float(step.length)
    }
    follow(speed, limit, fix, over: step, context, &events)
    let sample = window.take(
      time: fix.time, speed: fix.speedOrNaN, course: fix.courseOrNaN,
      leastCorneringSpeed: context.parameters.leastCorneringSpeed)
    guard let sample else { return }
    if !sample.smooth.isNaN {
      if isMoving { withSmoothness += min(seconds, sample.seconds) }
      smoothness.add(sample)
      spread.add(sample, ordinary: context.ordinary(at: sample.smoothSpeed))
    }
    if !sample.longitudinal.isNaN && isMoving { withEvents += sample.seconds }
    findEvents(sample, fix, previous, context, &events)
  }

  @inline(__always)
  private mutating func note(accuracy: Float) {
    if accuracy.isNaN {
      self.accuracy += 0.5
    } else {
      self.accuracy += max(0, min(1, (100 - accuracy) / 90))
      accurateFixes &+= 1
    }
  }

  @inline(__always)
  private mutating func follow(
    _ speed: Float, _ limit: Float, _ fix: Fix, over step: FixStep, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    // The lowest of all there are; against NaN the minimum is the other one.
    let limit = Float.minimum(limit, Float.minimum(fix.speedLimitOrNaN, context.speedLimit))
    if !limit.isNaN { limited += step.elapsed }
    if let event = overspeed.take(
      speed, limit: limit, at: fix, length: Float(step.length), context.parameters.overspeed)
    {
      tell(event, &events)
    }
  }

  private mutating func tell(_ event: OverspeedEvent, _ events: inout EventBuffer) {
    overspeeds &+= 1
    tooFast += event.duration
    events.append(.overspeed(event))
  }

  @inline(__always)
  private mutating func findEvents(
    _ sample: AccelerationWindow.Sample, _ fix: Fix, _ previous: AcceptedFix, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    let along = HarshEventDetector.Sample(
      acceleration: sample.longitudinal, value: sample.speed, valueBefore: sample.speedBefore,
      speedBefore: sample.speedBefore)
    if let event = longitudinal.take(along, at: fix, from: previous, context.longitudinal) { tell(event, &events) }
    let across = HarshEventDetector.Sample(
      acceleration: sample.lateral, value: sample.course, valueBefore: sample.courseBefore,
      speedBefore: sample.speedBefore)
    if let event = lateral.take(across, at: fix, from: previous, context.lateral) { tell(event, &events) }
  }

  private mutating func tell(_ event: HarshEvent, _ events: inout EventBuffer) {
    switch event.kind {
    case .brake: brakes.add(event.level)
    case .accelerate: accelerations.add(event.level)
    case .corner: corners.add(event.level)
    }
    events.append(.harsh(event))
  }

  private mutating func closeEvents(
    _ vehicle: UInt32, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    if let event = longitudinal.finish(context.longitudinal, vehicle: vehicle) { tell(event, &events) }
    if let event = lateral.finish(context.lateral, vehicle: vehicle) { tell(event, &events) }
    if let event = overspeed.finish(vehicle: vehicle, context.parameters.overspeed) { tell(event, &events) }
  }

  /// A fix was kept out.
  mutating func reject(_ reason: RejectionReason, times: UInt32 = 1) {
    switch reason {
    case .jump, .conflict, .frozen: rejectedSince.implausible &+= times
    case .duplicate, .late, .future: rejectedSince.disordered &+= times
    case .range, .nullIsland, .coarse: rejectedSince.others &+= times
    }
  }

  // MARK: The end

  /// The trip is over: tells what is open, and what the trip was like.
  mutating func finish(_ trip: Trip, _ context: borrowing Context, _ events: inout EventBuffer) {
    closeEvents(trip.vehicle, context, &events)
    let interval = sampling.medianInMotion
    let quality = quality(of: trip, interval: interval)
    let availability = moving > 0 ? Double(min(1, withEvents / moving)) : 0
    let speedShare = moving > 0 ? Double(withSpeed / moving) : 0
    let isSeen = availability >= 0.8
    let share = limited > 0 ? min(1, Double(tooFast) / Double(limited)) : nil
    let driving = DrivingScore(
      DrivingScore.Evidence(
        smoothness: smoothness, standardError: spread.standardError, severeBrakes: isSeen ? brakes.severe : nil,
        distance: trip.distance, overspeedShare: share,
        availability: moving > 0 ? Double(min(1, withSmoothness / moving)) : 0, speedShare: speedShare,
        interval: interval ?? .infinity, quality: quality.value), context.parameters.norms)
    events.append(
      .score(
        TripScore(
          vehicle: trip.vehicle, start: trip.start, end: trip.end, firstSequence: firstSequence,
          lastSequence: lastSequence, distance: trip.distance, driving: driving, quality: quality,
          smoothness: smoothness, brakes: isSeen ? brakes : nil, accelerations: isSeen ? accelerations : nil,
          corners: isSeen ? corners : nil,
          eventAbsence: isSeen ? nil : speedShare < 0.8 ? .noSpeed : .sampling, availability: availability,
          interval: interval, observed: Int64((sampling.total * 1000).rounded()), limited: limited, night: night,
          overspeeds: overspeeds, overspeed: tooFast)))
  }

  private func quality(of trip: Trip, interval: Double?) -> DataQuality {
    let total = sampling.total
    let received = Double(max(1, fixes + rejected.implausible + rejected.disordered + rejected.others))
    let way = trip.distance + trip.gapDistance
    let missed = sampling.excess(over: 3 * max(1, interval ?? 1))
    return DataQuality(
      coverage: total > 0 ? 1 - min(1, missed / total) : 1,
      continuity: way > 0 ? trip.distance / way : 1, accuracy: fixes > 0 ? Double(accuracy) / Double(fixes) : 0.5,
      plausibility: 1 - min(1, 10 * Double(rejected.implausible) / received),
      order: 1 - min(1, 5 * Double(rejected.disordered) / received),
      endPoints: startDistance.isNaN ? nil : max(0, min(1, (1000 - Double(startDistance)) / 800)),
      // Where most of the way has no speeds, they do not speak for it.
      agreement: Double(wayByPositions) < 0.5 * trip.distance || wayByPositions == 0
        ? nil : 1 - min(1, Double(abs(wayByPositions - wayBySpeeds) / (0.10 * wayByPositions))),
      accuracyKnown: fixes > 0 ? Double(accurateFixes) / Double(fixes) : 0)
  }
}

extension TripScorer {
  /// What is the same for all trips; lent, never copied.
  struct Context: ~Copyable, Sendable {
    private final class Shared: Sendable {
      let parameters: ScoringParameters
      init(_ parameters: ScoringParameters) { self.parameters = parameters }
    }

    private let shared: Shared
    let longitudinal: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule)
    let lateral: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule)
    let speedLimit: Float
    let movingSpeed: Float
    let gapDuration: Int64
    let dopplerStep: Int64
    private let ordinary: (slow: Float, medium: Float, fast: Float)

    init(_ parameters: ScoringParameters, _ trips: TripParameters) {
      shared = Shared(parameters)
      longitudinal = parameters.longitudinalRules
      lateral = parameters.lateralRules
      speedLimit = parameters.speedLimit ?? .nan
      movingSpeed = trips.movingSpeed
      gapDuration = trips.gapDuration
      dopplerStep = trips.dopplerStep
      ordinary = (Float(parameters.norms.slow), Float(parameters.norms.medium), Float(parameters.norms.fast))
    }

    @inline(__always) var parameters: ScoringParameters { shared.parameters }

    /// What is ordinary at a speed.
    @inline(__always)
    func ordinary(at speed: Float) -> Float {
      speed < 50 / 3.6 ? ordinary.slow : speed <= 90 / 3.6 ? ordinary.medium : ordinary.fast
    }
  }
}

extension TripScorer.Rejections {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&implausible)
    try coder.code(&disordered)
    try coder.code(&others)
  }
}

extension TripScore.Counts {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&noticeable)
    try coder.code(&harsh)
    try coder.code(&severe)
  }
}
