/// The last two samples of speed and course, from which accelerations are computed.
///
/// Reported speeds only: on a car with a CAN bus, accelerations from positions are wrong by 2.7 m/s² (RMS), from reported
/// speeds over two seconds by 0.5. Samples stand at least 750 ms apart, so that the difference over two of them has a base
/// of at least 1.5 s.
struct AccelerationWindow: Sendable, BitwiseCopyable {
  /// Accelerations around one instant.
  struct Sample: BitwiseCopyable {
    /// Metres a second squared along the way, over a base from 1.5 s to 4 s; NaN where there is none.
    var longitudinal = Float.nan
    /// … and across it, positive to the right.
    var lateral = Float.nan
    /// Speed in metres a second and course in degrees at the end of the base, and at its start.
    var speed: Float
    var course: Float
    var speedBefore: Float
    var courseBefore: Float
    /// Metres a second squared over a base of at least 1.5 s and at most 10 s, NaN where there is none: what smoothness is
    /// computed from.
    var smooth = Float.nan
    /// The speed that belongs to it, and the seconds for which it stands.
    var smoothSpeed: Float = 0
    var seconds: Float = 0
  }

  /// Milliseconds between two samples at least.
  private static let leastElapsed: Int64 = 750
  private static let longestElapsed: Int64 = 10_000

  /// When the newer one was, or `Int64.min` where there is none.
  private var time = Int64.min
  private var speed: Float = 0
  private var course = Float.nan
  private var earlierSpeed: Float = 0
  private var earlierCourse = Float.nan
  /// Seconds between the two, NaN where there is only one.
  private var elapsed = Float.nan

  /// Forgets what was before: no acceleration is computed across a gap or a jump.
  mutating func clear() { self = AccelerationWindow() }

  /// Takes the next fix, and returns the accelerations that it completes; `nil` for one that is no sample.
  @inline(__always)
  mutating func take(time: Int64, speed: Float, course: Float, leastCorneringSpeed: Float) -> Sample? {
    if speed.isNaN { return nil }
    let since = time &- self.time
    if self.time == .min || since > Self.longestElapsed {
      clear()
      (self.time, self.speed, self.course) = (time, speed, course)
      return nil
    }
    if since < Self.leastElapsed { return nil }
    let step = Float(since) / 1000
    var sample = Sample(speed: speed, course: course, speedBefore: earlierSpeed, courseBefore: earlierCourse)
    let base = elapsed + step
    // Without an earlier sample the base is NaN, and no comparison holds.
    if base <= 4 {
      sample.longitudinal = (speed - earlierSpeed) / base
      if self.speed >= leastCorneringSpeed {
        sample.lateral = self.speed * Self.turn(from: earlierCourse, to: course) * (.pi / 180) / base
      }
    }
    if step >= 1.75 {
      sample.smooth = (speed - self.speed) / step
      sample.smoothSpeed = (speed + self.speed) / 2
      sample.seconds = step
    } else if base <= Float(Self.longestElapsed) / 1000 {
      sample.smooth = (speed - earlierSpeed) / base
      sample.smoothSpeed = self.speed
      sample.seconds = step
    }
    (earlierSpeed, earlierCourse, elapsed) = (self.speed, self.course, step)
    (self.time, self.speed, self.course) = (time, speed, course)
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
    try coder.code(&speed)
    try coder.code(&course)
    try coder.code(&earlierSpeed)
    try coder.code(&earlierCourse)
    try coder.code(&elapsed)
  }
}
