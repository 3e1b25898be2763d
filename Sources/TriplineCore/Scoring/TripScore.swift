/// What a trip was like: how it was driven, how good its data are, and what both rest on.
public struct TripScore: Sendable, BitwiseCopyable, Equatable {
  /// Events of one kind by level.
  public struct Counts: Sendable, BitwiseCopyable, Equatable {
    public var noticeable: UInt32 = 0
    public var harsh: UInt32 = 0
    public var severe: UInt32 = 0

    /// No event.
    public init() {}

    @inline(__always)
    mutating func add(_ level: HarshEvent.Level) {
      switch level {
      case .noticeable: noticeable += 1
      case .harsh: harsh += 1
      case .severe: severe += 1
      }
    }
  }

  /// Why there are no counts of harsh events.
  public enum EventAbsence: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    /// The receiver states no speed for a fifth of the time in motion or more.
    case noSpeed
    /// Fixes are further than 2 s apart for a fifth of the time in motion or more.
    case sampling
  }

  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Start and end of the trip in milliseconds UTC, by which it is found.
  public var start: Int64
  public var end: Int64
  /// Row numbers of the first and the last fix that were looked at: from the departure until the stop was found.
  public var firstSequence: UInt32
  public var lastSequence: UInt32
  /// The trip's distance in metres.
  public var distance: Double
  /// How it was driven.
  public var driving: DrivingScore
  /// How good the data are.
  public var quality: DataQuality
  /// Smoothness by ranges of speed.
  public var smoothness: BinnedSmoothness
  /// Harsh events; `nil` where they cannot be seen, with the reason.
  public var brakes: Counts?
  public var accelerations: Counts?
  public var corners: Counts?
  public var eventAbsence: EventAbsence?
  /// The share of the time in motion for which accelerations of events are known, from 0 to 1.
  public var availability: Double
  /// Median step between fixes in motion, in seconds; `nil` where the vehicle never moved.
  public var interval: Double?
  /// Milliseconds that were looked at, those of them with a known speed limit, and those at night; the last are 0 where
  /// nobody asked.
  public var observed: Int64
  public var limited: Int64
  public var night: Int64
  /// Times of driving too fast, and how long they were together in milliseconds.
  public var overspeeds: UInt32
  public var overspeed: Int64

  /// The share of the time with a known limit that was too fast; `nil` where no limit is known.
  public var overspeedShare: Double? { limited > 0 ? min(1, Double(overspeed) / Double(limited)) : nil }
}
