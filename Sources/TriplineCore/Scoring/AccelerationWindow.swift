/// The last two samples of speed and course, from which accelerations are computed.
///
/// Reported speeds only: on a car with a CAN bus, accelerations from positions are wrong by 2.7 m/s² (RMS), from reported
/// speeds over two seconds by 0.5. Samples stand at least 750 ms apart, so that the difference over two of them has a base
/// of at least 1.5 s.
struct AccelerationWindow: Sendable, BitwiseCopyable {
  /// Accelerations around one instant.
  struct Sample: BitwiseCopyable {
    /// Along the way, by speeds over a base from 1.5 s to 4 s …
    var along: HarshEventDetector.Sample
    /// … and across it, by courses.
    var across: HarshEventDetector.Sample
    /// The instant around which they are.
    var middle: HarshEventDetector.Place
    /// Metres a second squared over a base of at least 1.5 s and at most 10 s, NaN where there is none: what smoothness is
    /// computed from.
    var smooth = Float.nan
    /// The speed that belongs to it, and the seconds for which it stands.
    var smoothSpeed: Float = 0
    var seconds: Float = 0

    @inline(__always) var longitudinal: Float { along.acceleration }
    @inline(__always) var lateral: Float { across.acceleration }
    /// The speed in the middle of the base.
    var speedBetween: Float = 0
  }

  /// Milliseconds between two samples at least.
  private static let leastElapsed: Int64 = 750
  private static let longestElapsed: Int64 = 10_000

  /// When the newer one was, or `Int64.min` where there is none.
  private var time = Int64.min
  private var place = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  private var sequence: UInt32 = 0
  private var speed: Float = 0
  private var course = Float.nan
  private var earlierSpeed: Float = 0
  private var earlierCourse = Float.nan
  /// Seconds between the two, NaN where there is only one.
  private var elapsed = Float.nan

  /// Forgets what was before: no acceleration is computed across a gap or a jump.
  mutating func clear() { self = AccelerationWindow() }

  /// Begins with a first sample, where it has a speed.
  mutating func begin(at time: Int64, speed: Float, course: Float, sequence: UInt32, _ coordinate: Coordinate) {
    clear()
    if speed.isNaN { return }
    (self.time, self.speed, self.course, self.sequence) = (time, speed, course, sequence)
    place = CompactCoordinate(coordinate)
  }

  /// Takes the next fix, and returns the accelerations that it completes; `nil` for one that is no sample.
  @inline(__always)
  mutating func take(_ fix: Fix, leastCorneringSpeed: Float) -> Sample? {
    let (speed, course) = (fix.speedOrNaN, fix.courseOrNaN)
    if speed.isNaN { return nil }
    let since = fix.time &- time
    if time == .min || since > Self.longestElapsed {
      begin(at: fix.time, speed: speed, course: course, sequence: fix.sequence, fix.coordinate)
      return nil
    }
    if since < Self.leastElapsed { return nil }
    let step = Float(since) / 1000
    var sample = Sample(
      along: HarshEventDetector.Sample(
        acceleration: .nan, value: speed, valueBefore: earlierSpeed, speedBefore: earlierSpeed),
      across: HarshEventDetector.Sample(
        acceleration: .nan, value: course, valueBefore: earlierCourse, speedBefore: earlierSpeed),
      middle: HarshEventDetector.Place(time: time, coordinate: place, sequence: sequence))
    sample.speedBetween = self.speed
    sample.seconds = step
    let base = elapsed + step
    // Without an earlier sample the base is NaN, and no comparison holds.
    if base <= 4 {
      sample.along.acceleration = (speed - earlierSpeed) / base
      if self.speed >= leastCorneringSpeed {
        let turn = Self.turn(from: earlierCourse, to: course)
        sample.across.acceleration = self.speed * turn * (.pi / 180) / base
      }
    }
    if step >= 1.75 {
      sample.smooth = (speed - self.speed) / step
      sample.smoothSpeed = (speed + self.speed) / 2
    } else if base <= Float(Self.longestElapsed) / 1000 {
      sample.smooth = (speed - earlierSpeed) / base
      sample.smoothSpeed = self.speed
    }
    (earlierSpeed, earlierCourse, elapsed) = (self.speed, self.course, step)
    (time, self.speed, self.course, sequence) = (fix.time, speed, course, fix.sequence)
    place = CompactCoordinate(fix.coordinate)
    return sample
  }

  /// The angle from one course to another, from -180 to 180 degrees, NaN where one is not known.
  @inline(__always)
  static func turn(from a: Float, to b: Float) -> Float {
    let difference = b - a
    return difference > 180 ? difference - 360 : difference < -180 ? difference + 360 : difference
  }
}

extension AccelerationWindow {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&time)
    try place.code(&coder)
    try coder.code(&sequence)
    try coder.code(&speed)
    try coder.code(&course)
    try coder.code(&earlierSpeed)
    try coder.code(&earlierCourse)
    try coder.code(&elapsed)
  }
}
