public import Foundation
public import TriplineCore

/// How fences are visited: how often, for how long, when, and whether vehicles stop there or pass through.
public struct FenceStatistics: Sendable {
  /// What is known of one fence.
  public struct Row: Sendable {
    /// The fence, by its index in the set.
    public var fence: UInt32
    /// Stays, those at the two ends of a track included.
    public var visits = 0
    /// Vehicles, or tracks, that were there.
    public var vehicles = 0
    /// The length of the stay in the middle of all by length, in milliseconds (nearest rank); `nil` without visits.
    public var medianDwell: Int64?
    /// The length below which 95 of 100 stays are, in milliseconds (nearest rank).
    public var percentile95Dwell: Int64?
    /// All stays together, in milliseconds.
    public var totalDwell: Int64 = 0
    /// The instant of the first entry, in milliseconds UTC.
    public var firstEntry: Int64?
    /// The instant of the last exit.
    public var lastExit: Int64?
    /// Visits without a stop (`Visit.isPassThrough`).
    public var driveThroughs = 0
    /// Entries by day of the week, Monday first, in the time zone asked for.
    public var byWeekday = Array(repeating: 0, count: 7)
    /// Entries by hour of the day.
    public var byHour = Array(repeating: 0, count: 24)

    /// The share of visits that only passed through, from 0 to 1; `nil` without visits.
    public var driveThroughShare: Double? { visits > 0 ? Double(driveThroughs) / Double(visits) : nil }
  }

  private var visits: [Visit] = []
  private let calendar: Calendar

  /// Statistics of nothing so far, with days and hours of a time zone.
  public init(timeZone: TimeZone) {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = timeZone
    self.calendar = calendar
  }

  /// Takes events in any order; visits count.
  public mutating func add(_ events: [Event]) {
    for case .visit(let visit) in events { visits.append(visit) }
  }

  /// A row for each of `fenceCount` fences, in their order.
  ///
  /// - Complexity: O(*n* log *n*) in the number of visits.
  public func rows(fenceCount: Int) -> [Row] {
    var rows = (0..<fenceCount).map { Row(fence: UInt32($0)) }
    var durations: [[Int64]] = Array(repeating: [], count: fenceCount)
    var vehicles: [Set<UInt32>] = Array(repeating: [], count: fenceCount)
    for visit in visits {
      let fence = Int(visit.fence)
      rows[fence].visits += 1
      rows[fence].totalDwell += visit.duration
      rows[fence].firstEntry = min(rows[fence].firstEntry ?? .max, visit.enterTime)
      rows[fence].lastExit = max(rows[fence].lastExit ?? .min, visit.exitTime)
      if visit.isPassThrough { rows[fence].driveThroughs += 1 }
      let parts = calendar.dateComponents(
        [.weekday, .hour], from: Date(timeIntervalSince1970: Double(visit.enterTime) / 1000))
      // Calendars count from Sunday, 1.
      rows[fence].byWeekday[((parts.weekday ?? 1) + 5) % 7] += 1
      rows[fence].byHour[parts.hour ?? 0] += 1
      durations[fence].append(visit.duration)
      vehicles[fence].insert(visit.vehicle)
    }
    for fence in rows.indices {
      durations[fence].sort()
      rows[fence].vehicles = vehicles[fence].count
      rows[fence].medianDwell = Self.quantile(0.5, of: durations[fence])
      rows[fence].percentile95Dwell = Self.quantile(0.95, of: durations[fence])
    }
    return rows
  }

  /// The smallest value that a share of all is not above.
  private static func quantile(_ share: Double, of sorted: [Int64]) -> Int64? {
    guard !sorted.isEmpty else { return nil }
    return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
  }
}
