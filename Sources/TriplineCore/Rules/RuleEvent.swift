/// What a rule tells of a vehicle and a fence, and what made it believe that.
public struct RuleEvent: Sendable, BitwiseCopyable, Equatable {
  /// What is told.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Inside at the first fix: a state, not an entry.
    case start
    /// It has entered.
    case enter
    /// It has left.
    case exit
    /// It has been inside for as long as the rule asks.
    case dwell
    /// Its track ended, and no exit had been told.
    case end
  }

  /// What is told.
  public var kind: Kind
  /// Why: by the vehicle's fixes, or by a change of the fence, which takes no conditions.
  public var reason = FenceEvent.Reason.moved
  /// Index of the rule in the configuration.
  public var rule: UInt32
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Index of the fence in its set.
  public var fence: UInt32
  /// The instant at which it became true, in milliseconds UTC: when the boundary was met, or the dwell was reached.
  public var time: Int64
  /// Where the boundary was met; of a dwell, where the vehicle was when that was decided.
  public var coordinate: Coordinate
  /// The instant at which it was believed: of the deciding fix, or, of a vehicle that has gone silent, when the time
  /// that the change has to last was over.
  public var decidedTime: Int64
  /// Whether no fix decided it, but the silence after the last one.
  public var isBySilence: Bool
  /// Fixes that counted for the change among the last ones.
  public var fixesFor: UInt8
  /// Metres from the boundary to the deciding fix, negative inside; `nil` where it did not matter, or the fix was too
  /// far away for the conditions to look at the boundary.
  public var distance: Float?
  /// Metres of accuracy that were taken off.
  public var accuracy: Float
  /// The probability of being inside at the deciding fix; `nil` where the rule does not ask for it.
  public var probability: Float?
}
