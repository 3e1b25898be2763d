/// What the vehicle did on a step, as trips and stops see it: what visits are measured by.
struct StepMotion: BitwiseCopyable {
  /// What is to be thought of the step, and with it of all steps that were undecided before.
  enum Outcome: UInt8, BitwiseCopyable {
    /// Nobody has asked: fence events are all there is.
    case unknown
    /// The vehicle may have begun to stay where it is.
    case undecided
    /// It was on its way.
    case way
    /// It was at a stop.
    case stop
    /// It was not seen on the way.
    case gap
  }

  var outcome = Outcome.unknown
  /// Whether it was faster than at rest.
  var isMoving = false
  /// Whether a stop has been found with the step's end.
  var isStopFound = false
  /// The smaller of the last two speeds in metres a second, or the only one; NaN where none is known.
  var speed = Float.nan
  /// Milliseconds.
  var elapsed: Int64 = 0
  /// Metres.
  var length = 0.0

  static let unknown = StepMotion()

  /// The milliseconds between two fractions of the step: those of adjoining parts add up to the whole.
  func elapsed(from start: Double, to end: Double) -> Int64 {
    Int64((end * Double(elapsed)).rounded()) - Int64((start * Double(elapsed)).rounded())
  }
}

extension TripDetector {
  /// What a step is compared with to see what it has done.
  struct Mark {
    fileprivate var mode: Mode
    fileprivate var hasOpenStop: Bool
    fileprivate var stopStart: Int64
  }

  @inline(__always)
  var mark: Mark { Mark(mode: mode, hasOpenStop: hasOpenStop, stopStart: stop.start) }

  /// What the step that has been taken since `mark` was.
  @inline(__always)
  func motion(
    to fix: Fix, from last: AcceptedFix, over step: FixStep, since mark: Mark, _ parameters: TripParameters
  ) -> StepMotion {
    var motion = StepMotion()
    motion.elapsed = step.elapsed
    motion.isStopFound =
      hasOpenStop && stop.kind != .dataGap && !(mark.hasOpenStop && mark.stopStart == stop.start)
    if mode == .stopped && outsideFixes == 0 && fastFixes == 0 {
      motion.outcome = .stop
    } else if step.isJump || step.elapsed > parameters.gapDuration {
      motion.outcome = .gap
    } else {
      let hasGoneOn = mode == .moving && (candidateStart == fix.time || mark.mode == .stopped)
      motion.outcome = hasGoneOn ? .way : .undecided
      motion.length = step.length
      motion.speed = meter.steadySpeed
      motion.isMoving = step.countedSpeed(to: fix, from: last) >= parameters.restSpeed
    }
    return motion
  }
}
