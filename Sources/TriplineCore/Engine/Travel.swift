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
  /// Where it stood when it set out on this way; `nil` where it was driving, or that is not known.
  public var standingBefore: Standing?
  /// Where it stands at the end of it, likewise.
  public var standing: Standing?
  /// Whether the ignition was on at the later fix; `nil` where that says nothing of it.
  public var ignition: Bool?

  /// Creates a way; where nothing is said of it the vehicle stands nowhere, and nothing is known of its ignition.
  public init(
    vehicle: UInt32, sequence: UInt32, startTime: Int64, endTime: Int64, start: Coordinate, end: Coordinate,
    isInferable: Bool, standingBefore: Standing? = nil, standing: Standing? = nil, ignition: Bool? = nil
  ) {
    self.vehicle = vehicle
    self.sequence = sequence
    self.startTime = startTime
    self.endTime = endTime
    self.start = start
    self.end = end
    self.isInferable = isInferable
    self.standingBefore = standingBefore
    self.standing = standing
    self.ignition = ignition
  }
}
