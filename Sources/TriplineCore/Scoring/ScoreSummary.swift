/// What the trips of one vehicle, driver or fleet come to.
///
/// Scores are weighted by distance and taken from trips that say enough; rates are those of all trips together, never means
/// of rates, so that a short trip with one event does not outweigh a long one.
public struct ScoreSummary: Codable, Sendable, Equatable {
  /// Trips.
  public private(set) var trips = 0
  /// Trips whose score counts: with a confidence of at least 0.3.
  public private(set) var scoredTrips = 0
  /// Metres, outside of data gaps.
  public private(set) var distance = 0.0
  /// Milliseconds in motion.
  public private(set) var moving: Int64 = 0
  /// Metres of the trips in which harsh brakes and accelerations can be seen.
  public private(set) var distanceWithEvents = 0.0
  /// Metres of the trips in which harsh corners can be seen.
  public private(set) var distanceWithCorners = 0.0
  /// Brakes of these trips.
  public private(set) var brakes = TripScore.Counts()
  /// Accelerations of these trips.
  public private(set) var accelerations = TripScore.Counts()
  /// Corners of these trips.
  public private(set) var corners = TripScore.Counts()
  /// Milliseconds in motion, as far as fixes show them.
  public private(set) var observed: Int64 = 0
  /// Milliseconds of these with a known speed limit.
  public private(set) var limited: Int64 = 0
  /// Milliseconds of these that were too fast.
  public private(set) var overspeed: Int64 = 0
  /// Milliseconds of these at night; `nil` where nobody asked.
  public private(set) var night: Int64?
  /// Milliseconds at rest with the ignition on; `nil` where no trip's fixes say whether it is.
  public private(set) var idle: Int64?
  /// Times of driving too fast.
  public private(set) var overspeeds = 0
  private var weightedScore = 0.0
  private var scoredDistance = 0.0
  private var weightedQuality = 0.0

  /// The confidence below which a trip's score does not count.
  public static let leastConfidence = 0.3

  /// No trip.
  public init() {}

  /// Adds a trip.
  public mutating func add(_ trip: Trip, _ score: TripScore) {
    trips += 1
    distance += trip.distance
    moving += trip.moving
    weightedQuality += trip.distance * score.quality.value
    observed += score.observed
    limited += score.limited
    overspeed += score.overspeed
    if let night = score.night { self.night = (self.night ?? 0) + night }
    if let idle = score.idle { self.idle = (self.idle ?? 0) + idle }
    overspeeds += Int(score.overspeeds)
    if let value = score.driving.value, score.driving.confidence >= Self.leastConfidence {
      scoredTrips += 1
      weightedScore += trip.distance * value
      scoredDistance += trip.distance
    }
    if let brakes = score.brakes, let accelerations = score.accelerations {
      distanceWithEvents += trip.distance
      self.brakes.add(brakes)
      self.accelerations.add(accelerations)
    }
    if let corners = score.corners {
      distanceWithCorners += trip.distance
      self.corners.add(corners)
    }
  }

  /// The mean driving score; `nil` where no trip's score counts.
  public var score: Double? { scoredDistance > 0 ? weightedScore / scoredDistance : nil }
  /// The mean data quality; `nil` without a way.
  public var quality: Double? { distance > 0 ? weightedQuality / distance : nil }
  /// The share of the time with a known limit that was too fast; `nil` where no limit is known.
  public var overspeedShare: Double? { limited > 0 ? min(1, Double(overspeed) / Double(limited)) : nil }

  /// What Samsara's first public formula makes of the same events, for comparison: 100, less 1 for each harsh event in
  /// 1,000 miles, less the percentage of the driving time that was too fast (support article 115001947714; its later
  /// scores have weights and cameras). Harsh are brakes, accelerations and corners of the two upper levels by our
  /// thresholds, not by those of an accelerometer, so that it is lower than what Samsara shows. From 0 to 100; `nil` where
  /// events cannot be seen. Where no limit is known, nothing is taken off for speed.
  public var samsaraClassic: Double? {
    guard distanceWithEvents > 0 else { return nil }
    let events =
      Double(brakes.count(from: .harsh) + accelerations.count(from: .harsh)) / distanceWithEvents
      + (distanceWithCorners > 0 ? Double(corners.count(from: .harsh)) / distanceWithCorners : 0)
    let speeding = observed > 0 ? min(1, Double(overspeed) / Double(observed)) : 0
    return max(0, 100 - events * 1_609_344 - 100 * speeding)
  }

  /// Events of at least a level in 100 km; `nil` where none can be seen.
  public func rate(of kind: HarshEvent.Kind, from level: HarshEvent.Level) -> Double? {
    let (counts, distance) =
      switch kind {
      case .brake: (brakes, distanceWithEvents)
      case .accelerate: (accelerations, distanceWithEvents)
      case .corner: (corners, distanceWithCorners)
      }
    return distance > 0 ? Double(counts.count(from: level)) / (distance / 100_000) : nil
  }
}

extension TripScore.Counts {
  mutating func add(_ other: TripScore.Counts) {
    noticeable += other.noticeable
    harsh += other.harsh
    severe += other.severe
  }

  /// Events of at least a level.
  public func count(from level: HarshEvent.Level) -> UInt32 {
    switch level {
    case .noticeable: noticeable + harsh + severe
    case .harsh: harsh + severe
    case .severe: severe
    }
  }
}
