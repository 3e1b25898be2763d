/// A vehicle's stay in a fence.
struct Stay: ListNode {
  var fence: UInt32
  var next = MembershipPool.none
  var enterTime: Int64
  var enterPlace: CompactCoordinate
  var wasInsideAtStart: Bool
  var measures = StayMeasures()

  init(fence: UInt32, enterTime: Int64, at place: Coordinate, wasInsideAtStart: Bool) {
    self.fence = fence
    self.enterTime = enterTime
    enterPlace = CompactCoordinate(place)
    self.wasInsideAtStart = wasInsideAtStart
  }

  /// Takes a step, at whose end the vehicle is still there. A stay that a change of the fences began during the step has
  /// begun on the way.
  @inline(__always)
  mutating func add(_ step: FenceTracker.Step) {
    let late = enterTime - step.fromTime
    let start = late > 0 ? min(1, Double(late) / Double(step.toTime - step.fromTime)) : 0
    measures.add(step.motion, from: start)
  }

  /// The visit that ends now.
  func visit(of vehicle: UInt32, until time: Int64, at place: Coordinate, wasInsideAtEnd: Bool) -> Visit {
    var visit = Visit(
      vehicle: vehicle, fence: fence, enterTime: enterTime, exitTime: time, enterCoordinate: enterPlace.coordinate,
      exitCoordinate: place, wasInsideAtStart: wasInsideAtStart, wasInsideAtEnd: wasInsideAtEnd)
    measures.fill(&visit)
    return visit
  }
}

/// Which fences each vehicle is inside of: a list a vehicle, sorted by fence.
typealias MembershipPool = ListPool<Stay>

/// What a vehicle has done during a stay so far.
///
/// What comes since the vehicle may have begun to stay at a place is kept apart: it is part of its way if it goes on, and
/// of a stop if it stays, so that a parked vehicle's noise is no distance.
struct StayMeasures: Sendable, BitwiseCopyable {
  var distance = 0.0
  var moving: Int64 = 0
  var stopped: Int64 = 0
  var gap: Int64 = 0
  var undecidedDistance = 0.0
  var undecidedTime: Int64 = 0
  var undecidedMoving: Int64 = 0
  var maximumSpeed = Float.nan
  /// The speed at the last fix, which counts unless the vehicle turns out to have left there.
  var lastSpeed = Float.nan
  var fixes: UInt32 = 0
  var stops: UInt32 = 0

  /// Takes a step, at whose end the vehicle is inside: all of it, or what has come since the stay began.
  @inline(__always)
  mutating func add(_ step: StepMotion, from start: Double) {
    fixes &+= 1
    noteSpeed()
    add(step, from: start, to: 1)
    noteEnd(of: step)
    guard step.outcome != .undecided else { return }
    if step.outcome == .stop {
      stopped += undecidedTime
    } else {
      distance += undecidedDistance
      moving += undecidedMoving
    }
    undecidedDistance = 0
    undecidedTime = 0
    undecidedMoving = 0
  }

  /// Takes the rest of a step that has led inside.
  mutating func begin(with step: StepMotion, from fraction: Double) {
    if step.outcome == .unknown { return }
    fixes = 1
    add(step, from: fraction, to: 1)
    noteEnd(of: step)
  }

  /// Takes the rest of a step back, which was taken whole and has led outside.
  mutating func end(with step: StepMotion, at fraction: Double) {
    if step.outcome == .unknown { return }
    fixes &-= 1
    if step.isStopFound { stops &-= 1 }
    lastSpeed = .nan
    add(step, from: 1, to: fraction)
  }

  /// Takes a step that has led inside and outside again.
  mutating func pass(with step: StepMotion, from start: Double, to end: Double) {
    add(step, from: start, to: end)
    if step.length > 0 { lastSpeed = Float(step.length * 1000 / Double(max(1, step.elapsed))) }
  }

  /// Takes what lies between two fractions of a step; backwards, takes it away.
  private mutating func add(_ step: StepMotion, from start: Double, to end: Double) {
    let time = step.elapsed(from: start, to: end)
    let length = step.length * (end - start)
    switch step.outcome {
    case .unknown: break
    case .undecided:
      undecidedTime += time
      undecidedDistance += length
      if step.isMoving { undecidedMoving += time }
    case .way:
      distance += length
      if step.isMoving { moving += time }
    case .stop: stopped += time
    case .gap: gap += time
    }
  }

  @inline(__always)
  private mutating func noteEnd(of step: StepMotion) {
    if step.isStopFound { stops &+= 1 }
    lastSpeed = step.speed
  }

  @inline(__always)
  private mutating func noteSpeed() {
    if !(maximumSpeed >= lastSpeed), !lastSpeed.isNaN { maximumSpeed = lastSpeed }
  }

  /// Fills in what a visit tells. Instants of events are held to when fences changed, so that the parts are held to the
  /// length of the visit.
  fileprivate func fill(_ visit: inout Visit) {
    visit.fixes = fixes
    visit.stops = stops
    visit.distance = max(0, distance + undecidedDistance)
    visit.stopped = min(max(0, stopped), visit.duration)
    visit.gap = min(max(0, gap), visit.duration - visit.stopped)
    visit.moving = min(max(0, moving + undecidedMoving), visit.duration - visit.stopped - visit.gap)
    var measures = self
    measures.noteSpeed()
    visit.maximumSpeed = measures.maximumSpeed.isNaN ? nil : measures.maximumSpeed
  }
}

extension Stay {
  /// Codes everything but the fence and the place in the list.
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&enterTime)
    try enterPlace.code(&coder)
    try coder.code(&wasInsideAtStart)
    try coder.code(&measures.distance)
    try coder.code(&measures.moving)
    try coder.code(&measures.stopped)
    try coder.code(&measures.gap)
    try coder.code(&measures.undecidedDistance)
    try coder.code(&measures.undecidedTime)
    try coder.code(&measures.undecidedMoving)
    try coder.code(&measures.maximumSpeed)
    try coder.code(&measures.lastSpeed)
    try coder.code(&measures.fixes)
    try coder.code(&measures.stops)
  }
}
