/// What a track is like before anything is done to it: every fix with a position on Earth, in the order of the source.
public struct TrackSummary: Sendable {
  /// Fixes with a position.
  public private(set) var points = 0
  /// Time of the first fix in milliseconds UTC.
  public private(set) var start: Int64 = 0
  /// Time of the last fix in milliseconds UTC.
  public private(set) var end: Int64 = 0
  /// Sum of all steps from fix to fix in metres, errors and noise included.
  public private(set) var rawPath = 0.0
  /// The longest step in metres.
  public private(set) var longestStep = 0.0
  /// Fixes with the time of the one before.
  public private(set) var repeatedTimes = 0
  /// Fixes earlier than the one before.
  public private(set) var timesGoingBack = 0
  /// Southernmost, westernmost, northernmost and easternmost degrees of the fixes, as numbers: a track across ±180 has
  /// the whole width.
  public private(set) var south = 0.0, west = 0.0, north = 0.0, east = 0.0
  private var last: (time: Int64, coordinate: Coordinate)?
  private var intervals: [Int64: Int] = [:]

  /// A track without fixes.
  public init() {}

  /// Adds the next fix; one without a position on Earth is left out.
  ///
  /// - Complexity: O(1); memory grows with the number of different intervals.
  public mutating func add(_ fix: Fix) {
    let here = fix.coordinate
    guard here.isInRange else { return }
    points += 1
    end = fix.time
    guard let last else {
      start = fix.time
      (south, west, north, east) = (here.latitude, here.longitude, here.latitude, here.longitude)
      self.last = (fix.time, here)
      return
    }
    south = min(south, here.latitude)
    north = max(north, here.latitude)
    west = min(west, here.longitude)
    east = max(east, here.longitude)
    let step = Geodesic.step(from: last.coordinate, to: here)
    rawPath += step
    longestStep = max(longestStep, step)
    let interval = fix.time - last.time
    if interval == 0 { repeatedTimes += 1 }
    if interval < 0 { timesGoingBack += 1 }
    intervals[interval, default: 0] += 1
    self.last = (fix.time, here)
  }

  /// Median time from fix to fix in seconds; `nil` with fewer than two fixes.
  ///
  /// - Complexity: O(*n* log *n*) in the number of different intervals.
  public var medianInterval: Double? {
    guard points > 1 else { return nil }
    let sorted = intervals.sorted { $0.key < $1.key }
    func value(at rank: Int) -> Int64 {
      var below = 0
      for (interval, count) in sorted {
        below += count
        if rank < below { return interval }
      }
      return 0
    }
    let count = points - 1
    return Double(value(at: (count - 1) / 2) + value(at: count / 2)) / 2000
  }
}
