extension RecurrenceRule {
  private static let dayNames = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]

  /// The rule of a line.
  static func rule(of line: CalendarLine) throws(ConfigurationError) -> RecurrenceRule {
    var parts: [String: String] = [:]
    for part in line.value.uppercased().split(separator: ";") {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, parts.updateValue(pair[1], forKey: pair[0]) == nil else {
        throw line.error("\(part) of \(line.name) is no name with a value, or is there twice")
      }
    }
    guard let frequency = parts.removeValue(forKey: "FREQ") else { throw line.error("\(line.name) needs a FREQ") }
    guard let known = Frequency(rawValue: frequency) else {
      throw line.error(
        "FREQ=\(frequency) is not supported; there are \(Frequency.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    var rule = RecurrenceRule(known)
    for (name, text) in parts.sorted(by: { $0.key < $1.key }) { try rule.read(name, text, line) }
    guard rule.count == nil || rule.until == nil else { throw line.error("\(line.name) has a COUNT and an UNTIL") }
    guard known == .monthly || known == .yearly || rule.weekdays.allSatisfy({ $0.ordinal == nil }) else {
      throw line.error("BYDAY has numbers only with FREQ=MONTHLY and FREQ=YEARLY")
    }
    guard known != .weekly || rule.monthDays.isEmpty else {
      throw line.error("FREQ=WEEKLY has no BYMONTHDAY")
    }
    return rule
  }

  private mutating func read(_ name: String, _ text: String, _ line: CalendarLine) throws(ConfigurationError) {
    switch name {
    case "INTERVAL": interval = try Self.number(text, in: 1...10_000, name, line)
    case "COUNT": count = try Self.number(text, in: 1...1_000_000, name, line)
    case "UNTIL":
      guard let time = CalendarTime(text[...], nil) else {
        throw line.error("\(text) of UNTIL is no day and no time; they are like 20261224 and 20261224T180000Z")
      }
      until = time
    case "WKST":
      guard let day = Self.dayNames.firstIndex(of: text) else { throw line.error("\(text) of WKST is no day") }
      weekStart = day
    case "BYDAY":
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let number = part.dropLast(2)
        guard let day = Self.dayNames.firstIndex(of: String(part.suffix(2))),
          number.isEmpty || Int(number).map({ $0 != 0 && abs($0) <= 53 }) ?? false
        else { throw line.error("\(part) of BYDAY is no day of a week; they are like MO, 1MO and -1MO") }
        weekdays.append(Weekday(ordinal: Int(number), weekday: day))
      }
    case "BYMONTH": months = try Self.numbers(text, in: 1...12, name, line)
    case "BYMONTHDAY":
      monthDays = try Self.numbers(text, in: -31...31, name, line)
      guard !monthDays.contains(0) else { throw line.error("0 is no BYMONTHDAY") }
    default: throw line.error("\(name) of \(line.name) is not supported")
    }
  }

  private static func numbers(
    _ text: String, in allowed: ClosedRange<Int>, _ name: String, _ line: CalendarLine
  ) throws(ConfigurationError) -> [Int] {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      numbers.append(try number(String(part), in: allowed, name, line))
    }
    return numbers
  }

  private static func number(
    _ text: String, in allowed: ClosedRange<Int>, _ name: String, _ line: CalendarLine
  ) throws(ConfigurationError) -> Int {
    guard let number = Int(text), allowed.contains(number) else {
      throw line.error(
        "\(name) has to be a whole number from \(allowed.lowerBound) to \(allowed.upperBound), and not \(text)")
    }
    return number
  }
}
