import Foundation

extension Schedule {
  private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  /// Reads the intervals of a schedule.
  init(_ name: String, _ sections: [YAMLSection], zone: TimeZone) throws(ConfigurationError) {
    var intervals: [Interval] = []
    for section in sections { intervals.append(try Self.interval(section, zone)) }
    self.init(name: name, intervals: intervals)
  }

  private static func interval(_ section: YAMLSection, _ zone: TimeZone) throws(ConfigurationError) -> Interval {
    var section = section
    var interval = Interval(zone: zone)
    if let name = try section.text("location") {
      guard let zone = TimeZone(identifier: name) else {
        throw section.error(
          "there is no time zone \(name); the names are those of IANA, like Europe/Prague", at: "location")
      }
      interval.zone = zone
    }
    for var times in try section.sections("times") {
      let start = try minute(&times, "start_time")
      let end = try minute(&times, "end_time")
      guard start < end else {
        throw times.error("start_time has to be before end_time; across midnight takes two of them")
      }
      try times.finish("an element of times")
      interval.times.append(start..<end)
    }
    interval.weekdays = try ranges(&section, "weekdays", names: weekdays, first: 0, in: 0...6)
    for (first, last) in try numbers(&section, "days_of_month", in: -31...31) {
      guard first != 0, last != 0, first < 0 ? last < 0 && first <= last : last < 0 || first <= last else {
        throw section.error("days of a month begin with 1, or -1 from its end, and go up", at: "days_of_month")
      }
      interval.daysOfMonth.append(Interval.Days(first: first, last: last))
    }
    interval.months = try ranges(&section, "months", names: months, first: 1, in: 1...12)
    interval.years = try ranges(&section, "years", in: 1970...9999)
    try section.finish("an interval")
    return interval
  }

  private static func minute(_ section: inout YAMLSection, _ key: String) throws(ConfigurationError) -> Int {
    let text = try section.required(key, of: "an element of times")
    let parts = text.split(separator: ":").map { Int($0) }
    guard text.count == 5, parts.count == 2, let hour = parts[0], let minute = parts[1],
      (0...23).contains(hour) && (0...59).contains(minute) || hour == 24 && minute == 0
    else { throw section.error("\(key) has to be a time of day like 06:30, at most 24:00, and not \(text)", at: key) }
    return hour * 60 + minute
  }

  private static func ranges(
    _ section: inout YAMLSection, _ key: String, names: [String] = [], first: Int = 0, in allowed: ClosedRange<Int>
  ) throws(ConfigurationError) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for (start, end) in try numbers(&section, key, names: names, first: first, in: allowed) {
      guard start <= end else { throw section.error("\(key) have to go up; write two of them instead", at: key) }
      ranges.append(start...end)
    }
    return ranges
  }

  private static func numbers(
    _ section: inout YAMLSection, _ key: String, names: [String] = [], first: Int = 0, in allowed: ClosedRange<Int>
  ) throws(ConfigurationError) -> [(first: Int, last: Int)] {
    var numbers: [(first: Int, last: Int)] = []
    for text in try section.texts(key) ?? [] {
      let parts = text.lowercased().split(separator: ":").map { part in
        names.firstIndex(of: String(part)).map { $0 + first } ?? Int(part)
      }
      guard let start = parts.first ?? nil, let end = parts.last ?? nil, parts.count <= 2, allowed.contains(start),
        allowed.contains(end)
      else { throw section.error("\(text) is none of \(key); they are written like 2:5, or by their names", at: key) }
      numbers.append((start, end))
    }
    return numbers
  }
}
