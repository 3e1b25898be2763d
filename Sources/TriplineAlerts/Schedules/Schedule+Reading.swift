import Foundation
import Yams

extension Schedule {
  private static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  /// Reads the schedule of a name: a list of intervals and calendars, or one calendar.
  ///
  /// - Parameters:
  ///   - zone: the zone of what names none.
  ///   - files: gives the bytes of a file that is named.
  init(
    _ name: String, in section: inout YAMLSection, zone: TimeZone, files: (String) throws -> [UInt8]
  ) throws(ConfigurationError) {
    var parts: [YAMLSection] = []
    if section.node(name)?.mapping != nil {
      if let part = try section.section(name) { parts = [part] }
    } else {
      parts = try section.sections(name)
    }
    guard !parts.isEmpty else { throw section.error("the schedule \(name) has no intervals", at: name) }
    self.init(name: name, intervals: [])
    for part in parts {
      if part.has("ics") {
        calendars += try Self.calendars(part, zone, files)
      } else {
        intervals.append(try Self.interval(part, zone))
      }
    }
  }

  private static func calendars(
    _ section: YAMLSection, _ zone: TimeZone, _ files: (String) throws -> [UInt8]
  ) throws(ConfigurationError) -> [Events] {
    var section = section
    let location = try Self.location(&section, zone)
    var calendars: [Events] = []
    for file in try section.texts("ics") ?? [] {
      let bytes: [UInt8]
      do {
        bytes = try files(file)
      } catch {
        let reason = "\(error)"
        throw section.error(reason.hasSuffix(".") ? String(reason.dropLast()) : reason, at: "ics")
      }
      calendars.append(try Events(bytes, file: file, zone: location.zone, place: location.place))
    }
    try section.finish("a calendar")
    return calendars
  }

  /// Where it is the time that is asked for.
  private static func location(
    _ section: inout YAMLSection, _ zone: TimeZone
  ) throws(ConfigurationError) -> (place: Place?, zone: TimeZone) {
    if let place = try section.text("location").flatMap({ Place(rawValue: $0) }) { return (place, zone) }
    return (nil, try section.zone("location") ?? zone)
  }

  private static func interval(_ section: YAMLSection, _ zone: TimeZone) throws(ConfigurationError) -> Interval {
    var section = section
    let location = try Self.location(&section, zone)
    var interval = Interval(zone: location.zone)
    interval.place = location.place
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
      guard start <= end else {
        let hint =
          key == "weekdays"
          ? "weekdays begin with Sunday and go up; leave them out for all of them, or write two, like friday:saturday and sunday"
          : "\(key) have to go up; write two of them instead"
        throw section.error(hint, at: key)
      }
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
