/// Speed over time and, from it, time in motion and at rest.
///
/// The speed at a fix is the reported one, else the chord over a window of at least 3 s. Every millisecond between the
/// fixes of a trip is counted once: as moving, as stationary, or as a gap.
struct MotionMeter: Sendable, BitwiseCopyable {
  /// Time up to which all has been counted.
  private(set) var countedTo: Int64 = 0
  /// How long before `countedTo` the window began, in milliseconds.
  private var windowLead: UInt32 = 0
  private var windowPlace = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  /// The latest speed.
  private(set) var speed = Float.nan
  private var earlierSpeed = Float.nan
  /// Time slower than at rest, not counted yet because it has not lasted long enough.
  private var slow: UInt32 = 0
  private var isMoving = false

  init() {}

  /// Begins at a place, at rest.
  init(at time: Int64, _ place: Coordinate) {
    countedTo = time
    windowPlace = CompactCoordinate(place)
  }

  /// The smaller of the last two speeds, or the only one: what one spike does not move.
  @inline(__always)
  var steadySpeed: Float { earlierSpeed < speed ? earlierSpeed : speed }

  /// Goes on to the next fix, at a speed at which the time until then counts where one is stated.
  @inline(__always)
  mutating func advance(to fix: Fix, counting speed: Float, _ tail: inout TripTail, _ parameters: TripParameters) {
    let elapsed = fix.time - countedTo + Int64(windowLead)
    if !fix.speedOrNaN.isNaN {
      sample(fix.speedOrNaN, counting: speed, at: fix, &tail, parameters)
    } else if elapsed >= parameters.speedWindow {
      let chord = Geodesic.step(from: windowPlace.coordinate, to: fix.coordinate)
      let speed = Float(chord / (Double(elapsed) / 1000))
      sample(speed, counting: speed, at: fix, &tail, parameters)
    }
  }

  @inline(__always)
  private mutating func sample(
    _ value: Float, counting counted: Float, at fix: Fix, _ tail: inout TripTail, _ parameters: TripParameters
  ) {
    count(fix.time - countedTo, at: counted, &tail, parameters)
    countedTo = fix.time
    windowLead = 0
    windowPlace = CompactCoordinate(fix.coordinate)
    if speed.isNaN {
      if tail.maximumSpeed.isNaN {
        tail.maximumSpeed = value
        tail.isFirstSpeed = true
      }
    } else if !earlierSpeed.isNaN || value >= parameters.restSpeed {
      // The median of three, of two the smaller one; a second one at rest does not speak against the first.
      let median =
        earlierSpeed.isNaN
        ? min(speed, value) : max(min(earlierSpeed, speed), min(max(earlierSpeed, speed), value))
      if tail.isFirstSpeed || !(tail.maximumSpeed >= median) {
        tail.maximumSpeed = median
        tail.isFirstSpeed = false
      }
    }
    earlierSpeed = speed
    speed = value
  }

  /// Counts what is left up to a fix at which a piece of the trip ends, at the last known speed.
  mutating func settle(to time: Int64, _ tail: inout TripTail, _ parameters: TripParameters) {
    let rest = time - countedTo
    if rest > 0 {
      if speed.isNaN {
        if isMoving { tail.moving += UInt32(rest) } else { tail.stationary += UInt32(rest) }
      } else {
        count(rest, at: speed, &tail, parameters)
      }
      windowLead = UInt32(clamping: Int64(windowLead) + rest)
      countedTo = time
    }
    tail.moving += slow
    slow = 0
  }

  /// Leaves out a gap: the next window begins behind it.
  mutating func skip(to fix: Fix) {
    countedTo = fix.time
    windowLead = 0
    windowPlace = CompactCoordinate(fix.coordinate)
    earlierSpeed = .nan
    speed = fix.speedOrNaN
  }

  @inline(__always)
  private mutating func count(
    _ time: Int64, at speed: Float, _ tail: inout TripTail, _ parameters: TripParameters
  ) {
    tail.count(time, at: speed)
    // A step inside a stretch of data is no longer than `gapDuration`, which is 30 days at most.
    let time = UInt32(truncatingIfNeeded: time)
    if !isMoving {
      if speed >= parameters.movingSpeed {
        isMoving = true
        tail.moving &+= time
      } else {
        tail.stationary &+= time
      }
    } else if speed >= parameters.restSpeed {
      tail.moving &+= slow &+ time
      slow = 0
    } else {
      slow &+= time
      if Int64(slow) >= parameters.restDuration {
        isMoving = false
        tail.stationary &+= slow
        slow = 0
      }
    }
  }
}

extension MotionMeter {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&countedTo)
    try coder.code(&windowLead)
    try windowPlace.code(&coder)
    try coder.code(&speed)
    try coder.code(&earlierSpeed)
    try coder.code(&slow)
    try coder.code(&isMoving)
  }
}
