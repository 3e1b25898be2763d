/// A stay of a vehicle in a fence, complete once it has left.
///
/// What was done inside is measured from entry to exit, steps across the boundary in part. Distances and times are those
/// of trips and stops: what a parked vehicle's receiver wanders is no distance, and time is at a stop once the stop is
/// known.
public struct Visit: Sendable, BitwiseCopyable, Equatable {
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Index of the fence in its set.
  public var fence: UInt32
  /// Instant of entry in milliseconds UTC; of a vehicle first seen inside, of its first fix.
  public var enterTime: Int64
  /// Instant of leaving in milliseconds UTC; of a track that ended inside, of its last fix.
  public var exitTime: Int64
  /// Where it entered, or was first seen.
  public var enterCoordinate: Coordinate
  /// Where it left, or was last seen.
  public var exitCoordinate: Coordinate
  /// The vehicle was inside already at its first fix, so it entered at `enterTime` or before.
  public var wasInsideAtStart: Bool
  /// The track ended inside, so the vehicle left at `exitTime` or later.
  public var wasInsideAtEnd: Bool
  /// Whether it is known what was done inside. It is not where no trips are detected, as under the sampled policy: then all that
  /// follows is 0, `nil` or false.
  public var isMeasured = true
  /// Accepted fixes inside.
  public var fixes: UInt32 = 0
  /// Stops that were found while it was inside.
  public var stops: UInt32 = 0
  /// Way inside in metres, without stops and data gaps.
  public var distance = 0.0
  /// Time in motion in milliseconds: on steps of at least the trips' `restSpeed`, by the reported speed where there is one.
  public var moving: Int64 = 0
  /// Time at stops in milliseconds.
  public var stopped: Int64 = 0
  /// Time in data gaps in milliseconds.
  public var gap: Int64 = 0
  /// Largest speed that two fixes in a row have reached, in metres a second; `nil` where no speed is known.
  public var maximumSpeed: Float?

  /// Length of the stay in milliseconds.
  public var duration: Int64 { exitTime - enterTime }
  /// Time at rest on the way, at lights and in queues, in milliseconds:
  /// `moving + stationary + stopped + gap == duration`, exactly, of a visit that is measured.
  public var stationary: Int64 { isMeasured ? duration - moving - stopped - gap : 0 }
  /// Whether it only passed through: it was seen to come and to leave, without a stop or a part of one, and most of the time between
  /// is no data gap, in which it may have stayed.
  public var isPassThrough: Bool {
    isMeasured && !wasInsideAtStart && !wasInsideAtEnd && stops == 0 && stopped == 0 && gap <= duration / 2
  }
  /// Distance over time outside data gaps in metres a second; `nil` where there is no such time.
  public var averageSpeed: Double? {
    isMeasured && duration > gap ? distance / (Double(duration - gap) / 1000) : nil
  }
  /// Distance over time in motion in metres a second; `nil` where it never moved.
  public var averageMovingSpeed: Double? { moving > 0 ? distance / (Double(moving) / 1000) : nil }
}
