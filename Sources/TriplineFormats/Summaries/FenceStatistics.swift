public import Foundation
public import TriplineCore

/// How fences are visited: how often, for how long, when, and whether vehicles stop there or pass through.
public struct FenceStatistics: Sendable {
  /// What some visits have come to.
  public struct Figures: Sendable, Equatable {
    /// Stays, those at the two ends of a track included.
    public var visits = 0
    /// The length of the stay in the middle of all by length, in milliseconds (nearest rank); `nil` without visits.
    public var medianDwell: Int64?
    /// The length below which 95 of 100 stays are, in milliseconds (nearest rank).
    public var percentile95Dwell: Int64?
    /// All stays together, in milliseconds.
    public var totalDwell: Int64 = 0
    /// Visits that only passed through (`Visit.isPassThrough`).
    public var driveThroughs = 0

    /// The share of visits that only passed through, from 0 to 1; `nil` without visits.
    public var driveThroughShare: Double? { visits > 0 ? Double(driveThroughs) / Double(visits) : nil }

    init(_ visits: [Visit]) {
      self.visits = visits.count
      let lengths = visits.map(\.duration).sorted()
      medianDwell = Self.quantile(0.5, of: lengths)
      percentile95Dwell = Self.quantile(0.95, of: lengths)
      totalDwell = lengths.reduce(0, +)
      driveThroughs = visits.count(where: \.isPassThrough)
    }

    /// The smallest value that a share of all is not above.
    private static func quantile(_ share: Double, of sorted: [Int64]) -> Int64? {
      guard !sorted.isEmpty else { return nil }
      return sorted[min(sorted.count - 1, max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
    }
  }

  /// What is known of one fence.
  public struct Row: Sendable {
    /// The fence, by its index in the set.
    public var fence: UInt32
    /// All its visits.
    public var total: Figures
    /// Vehicles, or tracks, that were there.
    public var vehicles: Int
    /// The instant of the first entry, in milliseconds UTC.
    public var firstEntry: Int64?
    /// The instant of the last exit.
    public var lastExit: Int64?
    /// Visits by the day of the week of their entry, Monday first, in the time zone asked for.
    public var byWeekday: [Figures]
    /// Visits by the hour of the day of their entry.
    public var byHour: [Figures]
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
    var ofFence: [[Visit]] = Array(repeating: [], count: fenceCount)
    for visit in visits { ofFence[Int(visit.fence)].append(visit) }
    return ofFence.enumerated().map { fence, visits in
      var byWeekday: [[Visit]] = Array(repeating: [], count: 7)
      var byHour: [[Visit]] = Array(repeating: [], count: 24)
      for visit in visits {
        let parts = calendar.dateComponents(
          [.weekday, .hour], from: Date(timeIntervalSince1970: Double(visit.enterTime) / 1000))
        // Calendars count from Sunday, 1.
        byWeekday[((parts.weekday ?? 1) + 5) % 7].append(visit)
        byHour[parts.hour ?? 0].append(visit)
      }
      return Row(
        fence: UInt32(fence), total: Figures(visits), vehicles: Set(visits.map(\.vehicle)).count,
        firstEntry: visits.map(\.enterTime).min(), lastExit: visits.map(\.exitTime).max(),
        byWeekday: byWeekday.map { Figures($0) }, byHour: byHour.map { Figures($0) })
    }
  }
}
