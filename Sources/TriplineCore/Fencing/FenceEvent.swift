/// A change of a vehicle with respect to a fence.
public struct FenceEvent: Sendable, BitwiseCopyable, Equatable {
  /// What happened. The words mean what they mean in Tile38; `start` and `end` belong to a track's two ends.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Inside at the first fix: a state, not an entry.
    case start
    /// From outside to inside.
    case enter
    /// From inside to outside.
    case exit
    /// Still inside when the track ended.
    case end
    /// Passed between two fixes that both lie outside.
    case cross
  }

  /// Why a change came about.
  public enum Reason: UInt8, Sendable, BitwiseCopyable {
    /// The vehicle moved, or its track began or ended.
    case moved
    /// The fence was added where the vehicle is.
    case fenceAdded
    /// The fence was drawn anew, and the vehicle is on the other side now.
    case fenceChanged
    /// The fence was removed.
    case fenceRemoved
    /// The time of the fence was over.
    case fenceExpired
    /// The rule was added while the vehicle was inside.
    case ruleAdded
  }

  /// What happened.
  public var kind: Kind
  /// Why.
  public var reason = Reason.moved
  /// Whether instant and place were interpolated on the straight line between two fixes; if not, they are a fix's.
  public var isInterpolated: Bool
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Index of the fence in its set.
  public var fence: UInt32
  /// Row number of the fix that decided it.
  public var sequence: UInt32
  /// Instant in milliseconds UTC; of a `cross`, the instant of entry.
  public var time: Int64
  /// Place; of a `cross`, the place of entry.
  public var coordinate: Coordinate
  /// Of a `cross`, the instant of leaving; otherwise equal to `time`.
  public var exitTime: Int64
  /// Of a `cross`, the place of leaving; otherwise equal to `coordinate`.
  public var exitCoordinate: Coordinate
  /// Time of the fix before the deciding one: the change lies between this and `fixTime`.
  public var previousFixTime: Int64
  /// Time of the fix that decided it.
  public var fixTime: Int64
}
