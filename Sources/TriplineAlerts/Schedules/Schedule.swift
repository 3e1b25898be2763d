/// A named time: any of its intervals.
public struct Schedule: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// Its intervals.
  public var intervals: [Interval]

  /// Creates a schedule.
  public init(name: String, intervals: [Interval]) {
    self.name = name
    self.intervals = intervals
  }

  /// Whether a moment, in milliseconds UTC, is in it.
  public func contains(_ moment: Int64) -> Bool { intervals.contains { $0.contains(moment) } }

  /// The first whole minute, in milliseconds UTC, at which it is otherwise than at a moment; `nil` where that does not come
  /// within a year.
  public func nextChange(after moment: Int64) -> Int64? {
    let minute: Int64 = 60_000
    let isIn = contains(moment)
    let first = (moment / minute + 1) * minute
    return stride(from: first, through: moment + 366 * 86_400_000, by: Int(minute)).first { contains($0) != isIn }
  }
}
