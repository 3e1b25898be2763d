/// What the input gate lets through.
public struct GateParameters: Sendable, Hashable {
  /// How far behind the newest fix of its vehicle a fix may be and still be sorted in, in milliseconds.
  public var reorderWindow: Int64 = 30_000
  /// How far after its receipt a fix may be dated, in milliseconds.
  public var largestFuture: Int64 = 120_000
  /// Accuracy radius in metres above which a fix is too coarse to use.
  public var coarsestAccuracy: Float = 100
  /// Accuracy radius in metres taken for a fix that states none, where two fixes contradict each other.
  public var assumedAccuracy: Float = 50
  /// Speed in metres a second that no vehicle exceeds.
  public var largestSpeed = 70.0
  /// How many fixes in a row, each reachable from the one before, make a new place believable.
  public var anchorFixes = 3
  /// How long after one of them the next of these fixes may follow, in milliseconds: across a longer silence they do
  /// not bear each other out.
  public var witnessWindow: Int64 = 3_600_000

  /// The defaults: 30 s, 120 s, 100 m, 50 m, 70 m/s, 3 fixes, one hour.
  public init() {}
}
