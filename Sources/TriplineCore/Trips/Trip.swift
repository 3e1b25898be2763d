/// The time between two stops.
public struct Trip: Sendable, BitwiseCopyable, Equatable {
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Accepted fixes, from the first after departure to the one of arrival.
  public var fixes: UInt32
  /// Pauses of at least a minute on the way.
  public var pauses: UInt32
  /// Whether no stop follows, since the track or the stream ended on the way.
  public var isOpenEnded: Bool
  /// Start in milliseconds UTC: the end of the stop before.
  public var start: Int64
  /// End in milliseconds UTC: the start of the stop after.
  public var end: Int64
  /// Where it started.
  public var startCoordinate: Coordinate
  /// Where it ended.
  public var endCoordinate: Coordinate
  /// Sum of the steps between accepted fixes in metres, without data gaps.
  public var distance: Double
  /// Sum of the chords across data gaps in which the vehicle travelled, in metres; never part of `distance`.
  public var gapDistance: Double
  /// Trapezoid of the reported speeds over steps of at most 10 s, in metres; `nil` where no speed was reported.
  public var dopplerDistance: Double?
  /// Time in motion in milliseconds.
  public var moving: Int64
  /// Time at rest in milliseconds.
  public var stationary: Int64
  /// Time in data gaps in milliseconds. `moving + stationary + gap == duration`, exactly.
  public var gap: Int64
  /// Largest median of three consecutive speeds in metres a second, of two the smaller one, or the only one; `nil` where
  /// no speed is known.
  public var maximumSpeed: Float?
  /// Speed that was not exceeded in 95 % of the time outside gaps, in metres a second, read from bins of 2.5 m/s; `nil`
  /// where no speed is known.
  public var percentile95Speed: Float?

  /// Length in milliseconds.
  public var duration: Int64 { end - start }
  /// Distance over duration in metres a second; 0 of a movement that begins and ends with one fix, as Traccar's rule has them.
  public var averageSpeed: Double { duration > 0 ? distance / (Double(duration) / 1000) : 0 }
  /// Distance over time in motion in metres a second; `nil` where it never moved.
  public var averageMovingSpeed: Double? { moving > 0 ? distance / (Double(moving) / 1000) : nil }
}
