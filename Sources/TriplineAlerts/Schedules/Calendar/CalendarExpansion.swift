/// All times of the events of a calendar that are not over when 1970 begins, and begin before 2100 is over.
struct CalendarExpansion {
  /// Those of a zone of their own, in milliseconds UTC.
  private(set) var moments: [Range<Int64>] = []
  /// All other ones, in milliseconds since 1970 of a clock on the wall.
  private(set) var wallTimes: [Range<Int64>] = []

  private static let last = CalendarDay(year: 2100, month: 12, day: 31)
  private static let mostTimes = 1_000_000

  /// Finds the times of events. Those within a minute count for all of it, for schedules change with whole minutes.
  ///
  /// - Throws: where there are more than a million of them.
  init(_ events: [CalendarEvent], file: String) throws(ConfigurationError) {
    var replaced: [String: [CalendarTime]] = [:]
    for event in events {
      if let uid = event.uid, let time = event.replaced { replaced[uid, default: []].append(time) }
    }
    var count = 0
    for event in events where !event.isCancelled {
      let others = event.replaced == nil ? event.uid.flatMap { replaced[$0] } ?? [] : []
      let starts = event.starts(through: Self.last, without: others)
      count += starts.count
      guard count <= Self.mostTimes else {
        throw ConfigurationError(
          file: file, line: event.line, message: "the events come more than \(Self.mostTimes) times until 2100.")
      }
      for start in starts where start.day <= Self.last { add(start, event.length) }
    }
  }

  private mutating func add(_ start: CalendarTime, _ length: CalendarLength) {
    let (first, end) = (start.milliseconds, start.end(after: length))
    guard first < end, end > 0 else { return }
    let times = WallTime.minutes(of: first) * 60_000..<(WallTime.minutes(of: end - 1) + 1) * 60_000
    if start.zone == nil { wallTimes.append(times) } else { moments.append(times) }
  }
}
