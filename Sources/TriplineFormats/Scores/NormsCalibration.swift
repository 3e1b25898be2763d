public import TriplineCore

/// Measures what is ordinary in a fleet: the medians of its own trips.
public struct NormsCalibration: Sendable {
  private var slow: [Double] = []
  private var medium: [Double] = []
  private var fast: [Double] = []
  /// Trips that were taken: those with a score but for their length.
  public private(set) var trips = 0
  /// Their distance in metres.
  public private(set) var distance = 0.0

  /// Fewer trips than this in a range of speeds say nothing of it.
  public static let leastTrips = 5
  /// Metres in a range of speeds that make a trip count there.
  public static let leastWay: Float = 1_000

  /// No trip.
  public init() {}

  /// Takes a trip: fixes at most 2 s apart with speeds, for other ones show less.
  public mutating func add(_ trip: Trip, _ score: TripScore) {
    guard let interval = score.interval, interval <= 2, score.driving.absence.map({ $0 == .tooShort }) ?? true else {
      return
    }
    trips += 1
    distance += trip.distance
    Self.add(score.smoothness.slow, to: &slow)
    Self.add(score.smoothness.medium, to: &medium)
    Self.add(score.smoothness.fast, to: &fast)
  }

  private static func add(_ smoothness: Smoothness, to indices: inout [Double]) {
    if smoothness.distance >= leastWay, let index = smoothness.index { indices.append(index) }
  }

  /// The norms: medians where there are trips enough, and the figures of `norms` elsewhere.
  public func norms(otherwise norms: ScoreNorms = ScoreNorms()) -> ScoreNorms {
    var result = norms
    if let value = Self.median(slow) { result.slow = value }
    if let value = Self.median(medium) { result.medium = value }
    if let value = Self.median(fast) { result.fast = value }
    return result
  }

  /// How many trips speak for each range of speeds: below 50 km/h, to 90 km/h, and above.
  public var counts: (slow: Int, medium: Int, fast: Int) { (slow.count, medium.count, fast.count) }

  private static func median(_ values: [Double]) -> Double? {
    guard values.count >= leastTrips else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
