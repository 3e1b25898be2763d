extension Engine {
  /// How strictly fixes are read.
  public enum Policy: UInt8, Sendable, Hashable {
    /// For people who act on the result: the gate is on, late fixes are sorted in, the way between two fixes is a line.
    case live
    /// For comparison with other tools: every fix counts in the order of the source and stands for itself alone, and
    /// there are fence events only.
    case sampled
  }

  /// Everything that the result depends on besides fixes and fences.
  public struct Configuration: Sendable, Hashable {
    /// How strictly fixes are read.
    public var policy = Policy.live
    /// What the input gate lets through.
    public var gate = GateParameters()
    /// What makes a stop, a trip and a data gap.
    public var trips = TripParameters()
    /// Time between two fixes, in milliseconds, up to which the way between them is taken as a straight line. Across a
    /// longer one a fence is entered or left at the later fix, and none is crossed.
    public var longestInference: Int64 = 300_000

    /// The defaults of a fleet.
    public init() {}
  }
}
