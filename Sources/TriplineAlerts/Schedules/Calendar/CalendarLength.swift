/// How long something lasts: days of the calendar, and milliseconds besides.
struct CalendarLength: Sendable, Hashable {
  /// Days, however long they are.
  var days = 0
  /// Milliseconds after those.
  var milliseconds: Int64 = 0

  /// No time at all, or as long as is said.
  init(days: Int = 0, milliseconds: Int64 = 0) {
    self.days = days
    self.milliseconds = milliseconds
  }

  /// A length that is written as `P1D`, `PT1H30M` or `P2W`; `nil` where it is none, or is below zero.
  init?(_ text: String) {
    var rest = text.hasPrefix("+") ? text.dropFirst() : text[...]
    guard rest.first == "P" else { return nil }
    rest = rest.dropFirst()
    var (isOfDay, isEmpty) = (false, true)
    while !rest.isEmpty {
      if rest.first == "T", !isOfDay {
        isOfDay = true
        rest = rest.dropFirst()
        guard !rest.isEmpty else { return nil }
      }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard digits.count <= 7, let number = Int(digits), let unit = rest.dropFirst(digits.count).first else {
        return nil
      }
      rest = rest.dropFirst(digits.count + 1)
      isEmpty = false
      switch (unit, isOfDay) {
      case ("W", false): days += number * 7
      case ("D", false): days += number
      case ("H", true): milliseconds += Int64(number) * 3_600_000
      case ("M", true): milliseconds += Int64(number) * 60_000
      case ("S", true): milliseconds += Int64(number) * 1000
      default: return nil
      }
    }
    guard !isEmpty else { return nil }
  }
}
