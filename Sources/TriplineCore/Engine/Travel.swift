/// The way of a vehicle from one accepted fix to the next; there is none to the first.
public struct Travel: Sendable, BitwiseCopyable, Equatable {
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Row number of the fix at its end.
  public var sequence: UInt32
  /// Instant of the earlier fix in milliseconds UTC.
  public var startTime: Int64
  /// Instant of the later fix.
  public var endTime: Int64
  /// Where the earlier fix is.
  public var start: Coordinate
  /// Where the later fix is.
  public var end: Coordinate
  /// Whether the way may be taken as a straight line: neither a jump nor longer than `longestInference`.
  public var isInferable: Bool
}
