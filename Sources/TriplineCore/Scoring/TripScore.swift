/// What a trip was like: how it was driven, how good its data are, and what both rest on.
public struct TripScore: Sendable, BitwiseCopyable, Equatable {
  /// Events of one kind by level.
  public struct Counts: Codable, Sendable, BitwiseCopyable, Equatable {
    /// Events of the lowest level.
    public var noticeable: UInt32 = 0
    /// Events of the middle level.
    public var harsh: UInt32 = 0
    /// Events of the highest level.
    public var severe: UInt32 = 0

    /// No event, or so many of each level.
    public init(noticeable: UInt32 = 0, harsh: UInt32 = 0, severe: UInt32 = 0) {
      self.noticeable = noticeable
      self.harsh = harsh
      self.severe = severe
    }

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
  /// Start of the trip in milliseconds UTC, by which it is found.
  public var start: Int64
  /// End of the trip.
  public var end: Int64
  /// Row number of the first fix that was looked at: that of the departure.
  public var firstSequence: UInt32
  /// Row number of the last fix that was looked at, before the stop was found.
  public var lastSequence: UInt32
  /// The trip's distance in metres.
  public var distance: Double
  /// How it was driven.
  public var driving: DrivingScore
  /// How good the data are.
  public var quality: DataQuality
  /// Smoothness by ranges of speed.
  public var smoothness: BinnedSmoothness
  /// Harsh brakes; `nil` where harsh events cannot be seen.
  public var brakes: Counts?
  /// Harsh accelerations.
  public var accelerations: Counts?
  /// Harsh corners; `nil` also where the receiver states no course.
  public var corners: Counts?
  /// Why there are no counts.
  public var eventAbsence: EventAbsence?
  /// The share of the time in motion for which accelerations of events are known, from 0 to 1.
  public var availability: Double
  /// Median step between fixes in motion, in seconds; `nil` where the vehicle never moved.
  public var interval: Double?
  /// Milliseconds in motion, as far as fixes show them.
  public var observed: Int64
  /// Milliseconds of these with a known speed limit.
  public var limited: Int64
  /// Milliseconds of these at night; `nil` where nobody asked.
  public var night: Int64?
  /// Milliseconds at rest on the way with the ignition on, two minutes or more at a time (GpsGate: 120 s); `nil` where less
  /// than four fifths of the fixes say whether it is.
  public var idle: Int64?
  /// Times of driving too fast.
  public var overspeeds: UInt32
  /// How long they were together, in milliseconds.
  public var overspeed: Int64

  /// The share of the time with a known limit that was too fast; `nil` where no limit is known.
  public var overspeedShare: Double? { limited > 0 ? min(1, Double(overspeed) / Double(limited)) : nil }
}
