/// What a rule made of one fix while a change was pending: why it has told of the change, or has not.
///
/// Recorded where `Engine.Configuration.recordsDecisions` says so; nothing of it is computed otherwise. A vehicle that
/// is far inside or far outside of a fence has nothing pending there, and no records.
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

  /// What came of it.
  public enum Outcome: UInt8, Sendable, BitwiseCopyable {
    /// The change was believed, and told unless the vehicle's initial state was to be silent.
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
  /// Time of the fix in milliseconds UTC.
  public var fixTime: Int64
  /// Where the fix is.
  public var coordinate: Coordinate
  /// Whether the change that was pending is an exit; otherwise it is an entry.
  public var isExit: Bool
  /// What the fix says.
  public var verdict: Verdict
  /// What came of it.
  public var outcome: Outcome
  /// When the boundary was met last, since when the change is pending, in milliseconds UTC.
  public var pendingSince: Int64
  /// Of the last fixes those that count, this one included.
  public var fixesFor: UInt8
  /// So many have to count.
  public var fixesNeeded: UInt8
  /// Milliseconds that the change has to last.
  public var durationNeeded: Int64
  /// Metres from the boundary, negative inside; `nil` where it did not matter, or is more than `distanceNeeded`.
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
