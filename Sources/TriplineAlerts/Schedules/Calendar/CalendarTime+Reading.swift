import Foundation

extension CalendarTime {
  /// The one time of a line.
  static func time(of line: CalendarLine) throws(ConfigurationError) -> CalendarTime {
    let times = try times(of: line)
    guard times.count == 1 else { throw line.error("\(line.name) has to be one day or time") }
    return times[0]
  }

  /// The times of a line, apart by commas.
  static func times(of line: CalendarLine) throws(ConfigurationError) -> [CalendarTime] {
    let isOfDays: Bool
    switch line.parameters["VALUE"]?.uppercased() {
    case "DATE": isOfDays = true
    case nil, "DATE-TIME": isOfDays = false
    case let kind?: throw line.error("\(line.name) with VALUE=\(kind) is not supported; there are DATE and DATE-TIME")
    }
    var zone: TimeZone?
    if let name = line.parameters["TZID"] {
      zone = TimeZone(identifier: name)
      guard zone != nil else {
        throw line.error(
          "the TZID \(name) of \(line.name) is no name of IANA, like Europe/Prague; other ones are not supported")
      }
    }
    var times: [CalendarTime] = []
    for text in line.value.split(separator: ",", omittingEmptySubsequences: false) {
      guard let time = CalendarTime(text, zone), (time.second == nil) == isOfDays else {
        throw line.error(
          isOfDays
            ? "\(text) of \(line.name) is no day; those are like 20261224"
            : "\(text) of \(line.name) is no time; those are like 20261224T180000, and days need VALUE=DATE")
      }
      times.append(time)
    }
    return times
  }

  /// A day as `20261224`, or a time as `20261224T180000`, with a `Z` for UTC; a time without it is one of the zone.
  init?(_ text: Substring, _ zone: TimeZone?) {
    let parts = text.split(separator: "T", omittingEmptySubsequences: false)
    guard let day = CalendarDay(parts[0]) else { return nil }
    guard parts.count == 2 else {
      guard parts.count == 1 else { return nil }
      self.init(day: day, second: nil, zone: nil)
      return
    }
    let isUTC = parts[1].last == "Z"
    let clock = isUTC ? parts[1].dropLast() : parts[1]
    guard clock.utf8.count == 6, clock.utf8.allSatisfy({ (48...57).contains($0) }), let digits = Int(clock) else {
      return nil
    }
    let (hour, minute, second) = (digits / 10_000, digits / 100 % 100, digits % 100)
    guard hour < 24, minute < 60, second < 60 else { return nil }
    self.init(day: day, second: hour * 3600 + minute * 60 + second, zone: isUTC ? .gmt : zone)
  }
}
