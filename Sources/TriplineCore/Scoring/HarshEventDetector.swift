/// Finds strong accelerations along the way or across it, in constant memory.
///
/// An event begins at the lowest level and ends below a share of it; what begins again to the same side within three
/// seconds is the same event. It is told once it can go on no more, if the speed, or the course, has changed enough.
struct HarshEventDetector: Sendable, BitwiseCopyable {
  /// A signed acceleration around one instant, and what changed by it.
  struct Sample: BitwiseCopyable {
    /// Metres a second squared; NaN where none is known.
    var acceleration: Float
    /// Speed in metres a second, or course in degrees, after it …
    var value: Float
    /// … and before.
    var valueBefore: Float
    /// Speed before.
    var speedBefore: Float
  }

  /// A fix that the middle of a sample's base is at.
  struct Place: BitwiseCopyable {
    var time: Int64
    var coordinate: CompactCoordinate
    var sequence: UInt32
  }

  /// What makes an event.
  struct Rule {
    var levels: HarshLevels
    var factor: Float
    var leastChange: Float
    var endShare: Float
    var mergeDuration: Int64
    /// Whether the value is an angle.
    var isAngle = false

    @inline(__always) var least: Float { levels.noticeable * factor }
  }

  /// Milliseconds UTC; `Int64.min` where there is no event.
  private var start = Int64.min
  /// The last sample that was strong enough.
  private var last: Int64 = 0
  private var place = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  private var firstSequence: UInt32 = 0
  private var lastSequence: UInt32 = 0
  /// Signed, as the accelerations are.
  private var peak: Float = 0
  /// The value at the last sample that was strong enough, from which changes are added up: a bend may turn by more than half
  /// a circle.
  private var lastValue: Float = 0
  private var change: Float = 0
  private var speedBefore: Float = 0
  private var accuracy = Float.nan
  /// Whether it was weaker in between: then it has to begin again to go on.
  private var isInterrupted = false

  private var isOpen: Bool { start != .min }

  /// Takes the acceleration that a fix completes; returns an event that is over.
  @inline(__always)
  mutating func take(
    _ sample: Sample, at fix: Fix, _ middle: Place, _ rules: (positive: Rule, negative: Rule)
  ) -> HarshEvent? {
    let rule = sample.acceleration < 0 ? rules.negative : rules.positive
    let strength = abs(sample.acceleration)
    // A comparison with NaN does not hold: nothing is strong where nothing is known.
    guard isOpen || strength >= rule.least else { return nil }
    return follow(sample, strength, at: fix, middle, rules)
  }

  @inline(never)
  private mutating func follow(
    _ sample: Sample, _ strength: Float, at fix: Fix, _ middle: Place,
    _ rules: (positive: Rule, negative: Rule)
  ) -> HarshEvent? {
    var over: HarshEvent?
    let rule = sample.acceleration < 0 ? rules.negative : rules.positive
    let isOtherSide = strength >= rule.least && (sample.acceleration < 0) != (peak < 0)
    if isOpen, isOtherSide || fix.time - last > rule.mergeDuration {
      over = close(peak < 0 ? rules.negative : rules.positive, vehicle: fix.vehicle)
    }
    if isOpen {
      let isSameSide = (sample.acceleration < 0) == (peak < 0)
      if isSameSide && strength >= (isInterrupted ? rule.least : rule.least * rule.endShare) {
        extend(sample, strength, fix, middle, rule)
      } else {
        isInterrupted = true
      }
    } else if strength >= rule.least {
      start = middle.time
      firstSequence = middle.sequence
      lastValue = sample.valueBefore
      speedBefore = sample.speedBefore
      extend(sample, strength, fix, middle, rule)
    }
    return over
  }

  private mutating func extend(
    _ sample: Sample, _ strength: Float, _ fix: Fix, _ middle: Place, _ rule: Rule
  ) {
    last = fix.time
    lastSequence = fix.sequence
    change += rule.isAngle ? AccelerationWindow.turn(from: lastValue, to: sample.value) : sample.value - lastValue
    lastValue = sample.value
    isInterrupted = false
    guard strength > abs(peak) else { return }
    peak = sample.acceleration
    place = middle.coordinate
    accuracy = fix.accuracyOrNaN
  }

  /// Ends what is open: the event, if enough has changed by it.
  mutating func finish(_ rules: (positive: Rule, negative: Rule), vehicle: UInt32) -> HarshEvent? {
    isOpen ? close(peak < 0 ? rules.negative : rules.positive, vehicle: vehicle) : nil
  }

  private mutating func close(_ rule: Rule, vehicle: UInt32) -> HarshEvent? {
    defer { self = HarshEventDetector() }
    guard abs(change) >= rule.leastChange else { return nil }
    let strength = abs(peak)
    let level: HarshEvent.Level =
      strength >= rule.levels.severe * rule.factor
      ? .severe : strength >= rule.levels.harsh * rule.factor ? .harsh : .noticeable
    return HarshEvent(
      kind: rule.isAngle ? .corner : peak < 0 ? .brake : .accelerate, level: level, vehicle: vehicle,
      firstSequence: firstSequence, lastSequence: lastSequence, start: start, end: last, coordinate: place.coordinate,
      peak: strength, change: change, speedBefore: speedBefore, accuracy: accuracy.isNaN ? nil : accuracy)
  }
}

extension ScoringParameters {
  /// What makes a brake and an acceleration.
  var longitudinalRules: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule) {
    (rule(accelerating, leastSpeedChange), rule(braking, leastSpeedChange))
  }

  /// What makes a corner, to either side.
  var lateralRules: (positive: HarshEventDetector.Rule, negative: HarshEventDetector.Rule) {
    var corner = rule(cornering, leastCourseChange)
    corner.isAngle = true
    return (corner, corner)
  }

  private func rule(_ levels: HarshLevels, _ leastChange: Float) -> HarshEventDetector.Rule {
    HarshEventDetector.Rule(
      levels: levels, factor: vehicleClass.levelFactor, leastChange: leastChange, endShare: endShare,
      mergeDuration: mergeDuration)
  }
}

extension HarshEventDetector {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&start)
    try coder.code(&last)
    try place.code(&coder)
    try coder.code(&firstSequence)
    try coder.code(&lastSequence)
    try coder.code(&peak)
    try coder.code(&lastValue)
    try coder.code(&change)
    try coder.code(&speedBefore)
    try coder.code(&accuracy)
    try coder.code(&isInterrupted)
  }
}
