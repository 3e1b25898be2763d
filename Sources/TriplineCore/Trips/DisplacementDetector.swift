/// Cuts the ways of vehicles into stops and trips by a `DisplacementRule`.
///
/// What is summed up, and what is told, is a `TripDetector`'s; when a trip begins and ends is decided here.
struct DisplacementDetector: ~Copyable, Sendable {
  /// What is remembered of one vehicle besides its `TripDetector`.
  private struct Memory {
    /// Fixes, the oldest first: those of the last `duration`, and the one before.
    var window = FixPool.List()
    /// Where and when the last trip began or ended.
    var place: Coordinate
    var time: Int64
  }

  private let rule: DisplacementRule
  private var vehicles: [UInt32: Memory] = [:]
  private var pool = FixPool()
  /// The fixes of the way since the departure that the last step has brought about, its own last; empty for other steps.
  private(set) var departure: [Fix] = []

  init(_ rule: DisplacementRule) { self.rule = rule }

  /// Takes the first fix of a vehicle: it is at a stop.
  mutating func begin(
    at fix: Fix, _ trips: inout TripDetector, _ context: borrowing TripDetector.Context, _ events: inout EventBuffer
  ) {
    trips.beginTrip(at: fix.time, fix.coordinate)
    stop(at: fix, &trips, context, &events)
    var memory = Memory(place: fix.coordinate, time: fix.time)
    pool.insert(fix, after: FixPool.none, in: &memory.window)
    vehicles[fix.vehicle] = memory
  }

  /// Takes the next accepted fix.
  ///
  /// - Complexity: O(fixes of the rule's duration).
  mutating func advance(
    _ trips: inout TripDetector, to fix: Fix, from previous: AcceptedFix, over step: FixStep,
    _ context: borrowing TripDetector.Context, _ events: inout EventBuffer
  ) {
    departure.removeAll(keepingCapacity: true)
    guard var memory = vehicles[fix.vehicle] else { return begin(at: fix, &trips, context, &events) }
    if isTrip(from: previous, to: fix, elapsed: step.elapsed) {
      passGap(&trips, to: fix, from: previous, over: step, context, &events)
      (memory.place, memory.time) = (fix.coordinate, fix.time)
    } else if trips.mode == .moving {
      add(step, to: fix, from: previous, &trips, context)
      if hasStopped(at: fix, memory.window) {
        end(at: fix.time, fix.coordinate, &trips, context, &events)
        stop(at: fix, &trips, context, &events)
        (memory.place, memory.time) = (fix.coordinate, fix.time)
      }
    } else if rule.length(from: memory.place, to: fix.coordinate) >= rule.distance {
      (memory.place, memory.time) = depart(&trips, with: fix, since: memory.time, memory.window, context, &events)
    } else {
      trips.anchor.join(fix, radius: Float(rule.distance), in: step.metric)
      trips.stop.end = fix.time
    }
    remember(fix, in: &memory.window)
    vehicles[fix.vehicle] = memory
  }

  /// Gives back what is remembered of a vehicle.
  mutating func forget(_ vehicle: UInt32) {
    guard var memory = vehicles.removeValue(forKey: vehicle) else { return }
    pool.removeAll(from: &memory.window)
  }

  // MARK: Decisions

  /// Whether a silence is a trip of its own.
  private func isTrip(from previous: AcceptedFix, to fix: Fix, elapsed: Int64) -> Bool {
    guard elapsed > rule.gap else { return false }
    let length = rule.length(from: previous.coordinate, to: fix.coordinate)
    return length >= rule.distance && length / Double(elapsed) > slowest
  }

  /// Whether no fix of the window is far away, and it is long enough to say so.
  private func hasStopped(at fix: Fix, _ window: FixPool.List) -> Bool {
    guard fix.time - pool.fix(at: window.first).time >= rule.duration else { return false }
    var index = window.first
    while index != FixPool.none {
      if rule.length(from: pool.fix(at: index).coordinate, to: fix.coordinate) >= rule.distance { return false }
      index = pool.next(after: index)
    }
    return true
  }

  /// Metres a millisecond of the slowest way that is one.
  private var slowest: Double { rule.distance / Double(rule.duration) }

  // MARK: Changes

  /// The vehicle is on the way: since the first of the fixes from which all steps but the last were fast enough.
  private mutating func depart(
    _ trips: inout TripDetector, with fix: Fix, since time: Int64, _ window: FixPool.List,
    _ context: borrowing TripDetector.Context, _ events: inout EventBuffer
  ) -> (place: Coordinate, time: Int64) {
    var index = window.first
    while index != FixPool.none {
      departure.append(pool.fix(at: index))
      index = pool.next(after: index)
    }
    departure.append(fix)
    var first = departure.count - 1
    while first > 0 {
      let (candidate, next) = (departure[first - 1], departure[first])
      let elapsed = next.time - candidate.time
      let length = rule.length(from: candidate.coordinate, to: next.coordinate)
      let isFast = elapsed > 0 && length / Double(elapsed) > slowest
      if candidate.time <= time || (first < departure.count - 1 && !isFast) { break }
      first -= 1
    }
    departure.removeFirst(first)
    let start = departure[0]
    trips.stop.end = start.time
    trips.stop.include(trips.anchor)
    trips.endOpenStop(context, &events)
    trips.beginTrip(at: start.time, start.coordinate)
    trips.mode = .moving
    for (before, after) in zip(departure, departure.dropFirst()) {
      let last = AcceptedFix(before)
      add(FixStep(from: last, to: after), to: after, from: last, &trips, context)
    }
    return (start.coordinate, start.time)
  }

  /// A silence that is a trip of its own, from the fix before it to the one behind.
  private mutating func passGap(
    _ trips: inout TripDetector, to fix: Fix, from previous: AcceptedFix, over step: FixStep,
    _ context: borrowing TripDetector.Context, _ events: inout EventBuffer
  ) {
    if trips.mode == .moving {
      end(at: previous.time, previous.coordinate, &trips, context, &events)
      trips.open(
        OpenStop(kind: .dataGap, start: previous.time, end: previous.time), wasAnnounced: false, context, &events)
      trips.anchor.restart(at: previous.coordinate, accuracy: .nan)
    }
    trips.stop.end = previous.time
    trips.stop.include(trips.anchor)
    trips.endOpenStop(context, &events)
    trips.beginTrip(at: previous.time, previous.coordinate)
    trips.addGap(step.elapsed, chord: step.length, isJump: step.isJump, to: fix, context)
    end(at: fix.time, fix.coordinate, &trips, context, &events)
    stop(at: fix, &trips, context, &events)
  }

  private func end(
    at time: Int64, _ place: Coordinate, _ trips: inout TripDetector, _ context: borrowing TripDetector.Context,
    _ events: inout EventBuffer
  ) {
    trips.settleTail(to: time, context)
    trips.emit(trips.trip(until: time, at: place, isOpenEnded: false, context), &events)
  }

  private func stop(
    at fix: Fix, _ trips: inout TripDetector, _ context: borrowing TripDetector.Context, _ events: inout EventBuffer
  ) {
    trips.anchor.restart(at: fix.coordinate, accuracy: fix.accuracyOrNaN)
    trips.mode = .stopped
    trips.open(OpenStop(kind: .observed, start: fix.time, end: fix.time), wasAnnounced: false, context, &events)
  }

  /// Adds a step to the trip under way.
  private func add(
    _ step: FixStep, to fix: Fix, from previous: AcceptedFix, _ trips: inout TripDetector,
    _ context: borrowing TripDetector.Context
  ) {
    if step.isJump || step.elapsed > context.parameters.gapDuration {
      trips.settleTail(to: previous.time, context)
      trips.addGap(step.elapsed, chord: step.length, isJump: step.isJump, to: fix, context)
    } else {
      trips.addStep(step.length, to: fix, from: previous, step, context)
      // A tail is no longer than some minutes; what is settled in between may turn three seconds of rest into motion.
      if trips.tail.moving + trips.tail.stationary >= 300_000 { trips.settleTail(to: fix.time, context) }
    }
  }

  private mutating func remember(_ fix: Fix, in window: inout FixPool.List) {
    pool.insert(fix, after: window.last, in: &window)
    while window.first != window.last,
      fix.time - pool.fix(at: pool.next(after: window.first)).time >= rule.duration
    {
      _ = pool.removeFirst(from: &window)
    }
  }
}

extension DisplacementDetector {
  borrowing func write(_ vehicle: UInt32, to coder: inout SnapshotCoder) throws(SnapshotError) {
    var isKnown = vehicles[vehicle] != nil
    try coder.code(&isKnown)
    guard var memory = vehicles[vehicle] else { return }
    try memory.place.code(&coder)
    try coder.code(&memory.time)
    try pool.write(memory.window, to: &coder)
  }

  mutating func read(_ vehicle: UInt32, from coder: inout SnapshotCoder) throws(SnapshotError) {
    var isKnown = false
    try coder.code(&isKnown)
    guard isKnown else { return }
    var memory = Memory(place: Coordinate(latitude: 0, longitude: 0), time: 0)
    try memory.place.code(&coder)
    try coder.code(&memory.time)
    try pool.read(&memory.window, of: vehicle, from: &coder)
    guard !memory.window.isEmpty else { throw .damaged(offset: coder.offset) }
    vehicles[vehicle] = memory
  }
}

extension DisplacementRule {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&distance)
    try coder.code(&duration)
    try coder.code(&gap)
  }
}
