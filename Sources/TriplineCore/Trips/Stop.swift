/// A time at which a vehicle stayed where it was.
public struct Stop: Sendable, BitwiseCopyable, Equatable {
  /// How the stay is known.
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// Fixes show the vehicle at one place.
    case observed
    /// At least part of it is a gap without fixes, before and after which the vehicle was at the same place.
    case silent
    /// A gap in which the vehicle moved, but slower than 1 m/s on average: when it arrived and left is unknown.
    case uncertain
    /// A gap longer than `TripParameters.splitDuration`, an hour, in which the vehicle travelled: it splits trips, its
    /// inside is unknown.
    case dataGap
    /// At least a minute at one place that ended before it became a stop: part of its trip.
    case pause
  }

  /// How the stay is known.
  public var kind: Kind
  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// Accepted fixes inside.
  public var fixes: UInt32
  /// Times the vehicle was moved without a trip coming of it (less than 200 m or 60 s).
  public var shuffles: UInt32
  /// Start in milliseconds UTC, back-dated to the first fix at the place.
  public var start: Int64
  /// End in milliseconds UTC: the time of the last fix at the place.
  public var end: Int64
  /// How long after `start` the vehicle may have arrived, in milliseconds: more than 0 in a gap, and never stated as
  /// more than 49 days.
  public var arrivalUncertainty: Int64
  /// How long before `end` the vehicle may have left, in milliseconds: more than 0 before a gap, and never
  /// stated as more than 49 days.
  public var departureUncertainty: Int64
  /// The place: the mean of the fixes, held near the first one.
  public var coordinate: Coordinate
  /// Root mean square distance of the fixes from their mean, in metres.
  public var radius: Double

  /// Length in milliseconds.
  public var duration: Int64 { end - start }
}

/// A step in the life of a stop.
public struct StopEvent: Sendable, BitwiseCopyable, Equatable {
  /// The steps, each emitted at most once a stop and in this order.
  public enum Phase: UInt8, Sendable, BitwiseCopyable {
    /// The vehicle has been at one place for a minute.
    case provisional
    /// The vehicle has been at one place for as long as a stop takes.
    case confirmed
    /// The stay is over, its end is final.
    case ended
  }

  /// The step.
  public var phase: Phase
  /// The stop as known at this step; `end` is final only when the phase is `ended`.
  public var stop: Stop
}
