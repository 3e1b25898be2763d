/// What a rule decided, and what made it decide so: why it has told of a change, or has not.
///
/// There is one before each event of the rule, and one for each fix that was weighed while a change was pending. Recorded
/// where `Engine.Configuration.recordsDecisions` says so; nothing of it is computed otherwise. A vehicle that is far
/// inside or far outside of a fence has nothing pending there, and no records.
public struct RuleDecision: Sendable, BitwiseCopyable, Equatable {
  /// Where the vehicle is by a fix, as far as the rule's conditions let it be said.
  public enum Verdict: UInt8, Sendable, BitwiseCopyable {
    /// Inside.
    case inside
    /// Outside.
    case outside
    /// Too near the boundary, too inaccurate or not far enough along to say.
    case undecided
  }

  /// What brought a decision about.
  public enum Basis: UInt8, Sendable, BitwiseCopyable {
    /// A fix was weighed.
    case fix
    /// The way to a fix, on which the boundary was met again: what was pending was believed by then, or was over.
    case passage
    /// No fix came, and the time that a change or a stay has to last was over.
    case silence
    /// The vehicle was inside at its first fix.
    case start
    /// The fence was added, drawn anew or removed, which takes no conditions.
    case fenceChange
    /// The vehicle's track was over.
    case end
  }

  /// What came of it.
  public enum Outcome: UInt8, Sendable, BitwiseCopyable {
    /// It was believed, and told unless the vehicle's initial state was to be silent.
    case believed
    /// The fix is nearer to the boundary than the margin and the accuracy taken off.
    case tooNear
    /// The probability of being inside is not what the rule asks for.
    case tooUncertain
    /// The vehicle has not gone far enough along the corridor, or goes the other way.
    case notAlong
    /// Too few of the last fixes count.
    case tooFewFixes
    /// The change has not lasted long enough.
    case tooShort
    /// The vehicle came back over the boundary: nothing is pending any more but older fixes that counted.
    case cameBack
  }

  /// Index of the rule in the configuration.
  public var rule: UInt32
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Index of the fence in its set.
  public var fence: UInt32
  /// What it is about: the change that was pending, or what is told.
  public var change: RuleEvent.Kind
  /// What brought it about.
  public var basis: Basis
  /// When it was decided, in milliseconds UTC: the time of the fix, or, of silence, when the time was over.
  public var time: Int64
  /// Time of the fix that was weighed, or of the last one, in milliseconds UTC.
  public var fixTime: Int64
  /// Where that fix is.
  public var coordinate: Coordinate
  /// Metres of accuracy that it states; `nil` where it states none, or none was weighed.
  public var statedAccuracy: Float?
  /// What it says; of a passage, where the vehicle was until it met the boundary again.
  public var verdict: Verdict
  /// What came of it.
  public var outcome: Outcome
  /// Since when the change is pending: when the boundary was met last, or of a dwell when the stay began, in milliseconds
  /// UTC.
  public var pendingSince: Int64
  /// Of the last fixes those that count, this one included.
  public var fixesFor: UInt8
  /// So many have to count; 0 where no condition was asked for.
  public var fixesNeeded: UInt8
  /// Milliseconds that the change or the stay has to last.
  public var durationNeeded: Int64
  /// Metres from the boundary, negative inside; `nil` where it is more than `distanceNeeded` and more than 100 m, or a kilometre
  /// where it was believed, or the fence is gone.
  public var distance: Float?
  /// Metres that the fix has to be beyond the boundary, the accuracy taken off included.
  public var distanceNeeded: Float
  /// Metres of accuracy that were taken off.
  public var accuracy: Float
  /// The probability of being inside; `nil` where the rule does not ask for it.
  public var probability: Float?
  /// Metres gone along a corridor since the boundary was met, negative against its direction; `nil` where the rule does
  /// not ask for it.
  public var progress: Float?
}
