/// Follows one vehicle on one trip, fix by fix, to say in the end what the trip was like.
///
/// It looks at all from the departure until the stop is known: the brake in front of the place where the vehicle then
/// stays belongs to the way there. Only steps in motion, and data gaps on the way, add to its sums: how long the vehicle
/// then stays before that is known to be a stop changes nothing.
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
  /// Seconds in motion since the last sample of the window: where fixes are denser than samples, several steps.
  private var sinceSample: Float = 0
  /// Seconds fast enough for corners, and those of them for which the course is known.
  private var cornering: Float = 0
  private var withCourse: Float = 0
  /// Milliseconds in data gaps on the way.
  private var gap: Int64 = 0
  /// Milliseconds with a limit, and those in events of driving too fast.
  private var limited: Int64 = 0
  private var tooFast: Int64 = 0
  private var overspeeds: UInt32 = 0
  private var night: Int64 = 0
  /// Metres by speeds and by positions, over the steps that have both: short ones between reported speeds.
  private var wayBySpeeds: Float = 0
  private var wayByPositions: Float = 0
  /// Sum of what fixes in motion are worth by their accuracy, how many there are, and how many state one.
  private var accuracy: Float = 0
  private var movingFixes: UInt32 = 0
  private var accurateFixes: UInt32 = 0
  /// All fixes.
  private var fixes: UInt32 = 0
  /// What the gate has kept out up to the last fix, and since: that belongs to the trip only if it goes on, however long
  /// it takes until that is known.
  private var rejected = Rejections()
  private var rejectedSince = Rejections()
  /// Metres from the stop before to the first fix, NaN where that is not known.
  private var startDistance = Float.nan

  private var idling = IdleMeter()

  /// Fixes that were kept out on a trip, as far as quality asks.
  struct Rejections: Sendable, BitwiseCopyable, Equatable {
    /// Jumps, contradictions and frozen fixes.
    var implausible: UInt32 = 0
    /// Repeated, late, future and repaired fixes.
    var disordered: UInt32 = 0
    /// Too coarse to use: positions of no accuracy.
    var coarse: UInt32 = 0

    @inline(__always) var isAny: Bool { implausible | disordered | coarse != 0 }

    mutating func add(_ other: Rejections) {
      implausible &+= other.implausible
      disordered &+= other.disordered
      coarse &+= other.coarse
    }
  }

  /// One that is about no trip yet: its fields are read.
  init() {}

  /// Begins a trip with the step that leads away from where the vehicle was.
  ///
  /// - Parameter stop: where it stopped before, if that is known.
  init(tripStart: Int64, from last: AcceptedFix, to fix: Fix, stop: Coordinate?) {
    self.tripStart = tripStart
    firstSequence = last.sequence
    lastSequence = last.sequence
    if let stop { startDistance = Float(Geodesic.step(from: stop, to: fix.coordinate)) }
    window.begin(at: last.time, speed: last.speedOrNaN, course: .nan, sequence: last.sequence, last.coordinate)
  }

  /// Begins a trip with its first fix, behind a silence that is no part of it.
  init(tripStart: Int64, at fix: Fix, stop: Coordinate?) {
    self.tripStart = tripStart
    firstSequence = fix.sequence
    lastSequence = fix.sequence
    fixes = 1
    if let stop { startDistance = Float(Geodesic.step(from: stop, to: fix.coordinate)) }
    _ = window.take(fix, leastCorneringSpeed: 0)
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
    try coder.code(&sinceSample)
    try coder.code(&cornering)
    try coder.code(&withCourse)
    try coder.code(&gap)
    try coder.code(&limited)
    try coder.code(&tooFast)
    try coder.code(&overspeeds)
    try coder.code(&night)
    try coder.code(&wayBySpeeds)
    try coder.code(&wayByPositions)
    try coder.code(&accuracy)
    try coder.code(&movingFixes)
    try coder.code(&accurateFixes)
    try coder.code(&fixes)
    try rejected.code(&coder)
    try rejectedSince.code(&coder)
    try coder.code(&startDistance)
    try idling.code(&coder)
  }
}

extension TripScorer {
  /// Takes the next accepted fix.
  ///
  /// - Parameters:
  ///   - speed: metres a second, reported or from positions, NaN where none is known.
  ///   - limit: metres a second allowed by the fences around, NaN where none says.
  ///   - arrival: since when the vehicle may be at the place where it will have arrived.
  /// - Complexity: O(1).
  @inline(__always)
  mutating func advance(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, speed: Float, limit: Float, arrival: Int64,
    _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    fixes &+= 1
    lastSequence = fix.sequence
    if rejectedSince.isAny {
      rejected.add(rejectedSince)
      rejectedSince = Rejections()
    }
    rejected.disordered &+= UInt32(fix.duplicates)
    rejected.implausible &+= UInt32(fix.conflicts)
    if step.isJump || step.elapsed > context.terms.gapDuration {
      gap += step.elapsed
      sinceSample = 0
      window.clear()
      closeEvents(fix.vehicle, context, &events)
      return
    }
    let seconds = Float(step.elapsed) / 1000
    let least = context.terms.movingSpeed
    let isMoving = Float(step.length) >= seconds * least || fix.speedOrNaN >= least
    // Most receivers say nothing of it.
    if fix.ignitionCode | idling.ignition != 0 { idling.add(fix, elapsed: step.elapsed, isMoving: isMoving, arrival) }
    if isMoving { noteMotion(to: fix, from: previous, over: step, seconds, context) }
    follow(speed, limit, fix, over: step, isMoving: isMoving, context, &events)
    let sample = window.take(fix, leastCorneringSpeed: context.parameters.leastCorneringSpeed)
    guard let sample else { return }
    if !sample.smooth.isNaN {
      withSmoothness += min(sinceSample, sample.seconds)
      smoothness.add(sample)
      spread.add(sample, ordinary: context.terms.ordinary(at: sample.smoothSpeed))
    }
    if !sample.longitudinal.isNaN {
      withEvents += min(sinceSample, sample.seconds)
      if sample.speedBetween >= context.parameters.leastCorneringSpeed {
        cornering += sample.seconds
        if !sample.lateral.isNaN { withCourse += sample.seconds }
      }
    }
    sinceSample = 0
    findEvents(sample, fix, context, &events)
  }

  @inline(__always)
  private mutating func noteMotion(
    to fix: Fix, from previous: AcceptedFix, over step: FixStep, _ seconds: Float, _ context: borrowing Context
  ) {
    moving += seconds
    sinceSample += seconds
    sampling.add(step.elapsed)
    movingFixes &+= 1
    note(accuracy: fix.accuracyOrNaN)
    if context.parameters.night?.contains(fix.time) == true { night += step.elapsed }
    if !fix.speedOrNaN.isNaN { withSpeed += seconds }
    let speeds = previous.speedOrNaN + fix.speedOrNaN
    if step.elapsed <= context.terms.dopplerStep && !speeds.isNaN {
      wayBySpeeds += speeds / 2 * seconds
      wayByPositions += Float(step.length)
    }
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
    _ speed: Float, _ limit: Float, _ fix: Fix, over step: FixStep, isMoving: Bool, _ context: borrowing Context,
    _ events: inout EventBuffer
  ) {
    // The lowest of all there are; against NaN the minimum is the other one.
    let limit = Float.minimum(limit, Float.minimum(fix.speedLimitOrNaN, context.terms.speedLimit))
    if isMoving && !limit.isNaN { limited += step.elapsed }
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
    _ sample: AccelerationWindow.Sample, _ fix: Fix, _ context: borrowing Context, _ events: inout EventBuffer
  ) {
    if let event = longitudinal.take(sample.along, at: fix, sample.middle, context.terms.longitudinal) {
      tell(event, &events)
    }
    if let event = lateral.take(sample.across, at: fix, sample.middle, context.terms.lateral) { tell(event, &events) }
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
    if let event = longitudinal.finish(context.terms.longitudinal, vehicle: vehicle) { tell(event, &events) }
    if let event = lateral.finish(context.terms.lateral, vehicle: vehicle) { tell(event, &events) }
    if let event = overspeed.finish(vehicle: vehicle, context.parameters.overspeed) { tell(event, &events) }
  }

  /// A fix was kept out.
  mutating func reject(_ reason: RejectionReason, times: UInt32 = 1) {
    switch reason {
    case .jump, .conflict, .frozen: rejectedSince.implausible &+= times
    case .duplicate, .late, .future: rejectedSince.disordered &+= times
    case .coarse: rejectedSince.coarse &+= times
    case .range, .nullIsland: break
    }
  }

  /// A fix's time was put right.
  mutating func noteRepair() { rejectedSince.disordered &+= 1 }

  // MARK: The end

  /// The trip is over: tells what is open, and what the trip was like.
  mutating func finish(_ trip: Trip, _ context: borrowing Context, _ events: inout EventBuffer) {
    closeEvents(trip.vehicle, context, &events)
    let interval = sampling.median
    let quality = quality(of: trip, interval: interval)
    let availability = moving > 0 ? Double(min(1, withEvents / moving)) : 0
    // A receiver whose speeds do not move with it states none.
    let isStuck = wayByPositions > 500 && wayBySpeeds < wayByPositions / 2
    let speedShare = moving > 0 && !isStuck ? Double(withSpeed / moving) : 0
    let isSeen = availability >= 0.8 && !isStuck
    let seesCorners = isSeen && withCourse >= 0.8 * cornering
    let share = limited > 0 ? min(1, Double(tooFast) / Double(limited)) : nil
    let driving = DrivingScore(
      DrivingScore.Evidence(
        smoothness: smoothness, standardError: spread.standardError, severeBrakes: isSeen ? brakes.severe : nil,
        distance: trip.distance, overspeedShare: share,
        limitedShare: moving > 0 ? min(1, Double(limited) / 1000 / Double(moving)) : 0,
        availability: moving > 0 ? Double(min(1, withSmoothness / moving)) : 0, speedShare: speedShare,
        interval: interval ?? .infinity, quality: quality.value), context.parameters.norms)
    events.append(
      .score(
        TripScore(
          vehicle: trip.vehicle, start: trip.start, end: trip.end, firstSequence: firstSequence,
          lastSequence: lastSequence, distance: trip.distance, driving: driving, quality: quality,
          smoothness: smoothness, brakes: isSeen ? brakes : nil, accelerations: isSeen ? accelerations : nil,
          corners: seesCorners ? corners : nil,
          eventAbsence: isSeen ? nil : speedShare < 0.8 ? .noSpeed : .sampling, availability: availability,
          interval: interval, observed: Int64((Double(moving) * 1000).rounded()), limited: limited,
          night: context.parameters.night == nil ? nil : night, idle: idling.total(of: trip, fixes: fixes),
          overspeeds: overspeeds,
          overspeed: tooFast)))
  }

  private func quality(of trip: Trip, interval: Double?) -> DataQuality {
    let gap = Double(gap) / 1000
    let total = sampling.total + gap
    let missed = sampling.excess(over: 3 * max(1, interval ?? 1)) + gap
    let way = trip.distance + trip.gapDistance
    // Each share of its own, so that one kind of bad fixes does not make another one rarer.
    func share(_ bad: UInt32) -> Double { Double(bad) / max(1, Double(fixes) + Double(bad)) }
    let located = Double(movingFixes) + Double(rejected.coarse)
    return DataQuality(
      coverage: total > 0 ? 1 - min(1, missed / total) : 1,
      continuity: way > 0 ? trip.distance / way : 1, accuracy: located > 0 ? Double(accuracy) / located : 0.5,
      plausibility: 1 - min(1, 10 * share(rejected.implausible)), order: 1 - min(1, 5 * share(rejected.disordered)),
      endPoints: startDistance.isNaN ? nil : max(0, min(1, (1000 - Double(startDistance)) / 800)),
      // Where most of the way has no speeds, they do not speak for it.
      agreement: Double(wayByPositions) < 0.5 * trip.distance || wayByPositions == 0
        ? nil : 1 - min(1, Double(abs(wayByPositions - wayBySpeeds) / (0.10 * wayByPositions))),
      accuracyKnown: movingFixes > 0 ? Double(accurateFixes) / Double(movingFixes) : 0)
  }
}

extension TripScorer {
  /// What is the same for all trips; lent, never copied: it is reached through one pointer.
  struct Context: ~Copyable, Sendable {
    private let shared: Shared<Terms>

    init(_ parameters: ScoringParameters, _ trips: TripParameters) { shared = Shared(Terms(parameters, trips)) }

    @inline(__always) var terms: Terms { shared.value }
    @inline(__always) var parameters: ScoringParameters { shared.value.parameters }
  }

  /// What fixes are held against.
  struct Terms: Sendable {
    let parameters: ScoringParameters
    let longitudinal: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule)
    let lateral: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule)
    let speedLimit: Float
    let movingSpeed: Float
    let gapDuration: Int64
    let dopplerStep: Int64
    private let ordinary: (slow: Float, medium: Float, fast: Float)

    init(_ parameters: ScoringParameters, _ trips: TripParameters) {
      self.parameters = parameters
      longitudinal = parameters.longitudinalRules
      lateral = parameters.lateralRules
      speedLimit = parameters.speedLimit ?? .nan
      movingSpeed = trips.movingSpeed
      gapDuration = trips.gapDuration
      dopplerStep = trips.dopplerStep
      ordinary = (Float(parameters.norms.slow), Float(parameters.norms.medium), Float(parameters.norms.fast))
    }

    /// What is ordinary at a speed.
    @inline(__always)
    func ordinary(at speed: Float) -> Float {
      switch SpeedRange(of: speed) {
      case .slow: ordinary.slow
      case .medium: ordinary.medium
      case .fast: ordinary.fast
      }
    }
  }
}

extension TripScorer.Rejections {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&implausible)
    try coder.code(&disordered)
    try coder.code(&coarse)
  }
}

extension TripScore.Counts {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&noticeable)
    try coder.code(&harsh)
    try coder.code(&severe)
  }
}
