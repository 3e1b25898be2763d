/// Reads the events of a file in the iCalendar format (RFC 5545): what says when they are, and of nothing else.
struct CalendarReader {
  /// The file, for errors.
  let file: String

  /// The events of a file in their order, those that are cancelled included.
  ///
  /// - Throws: the first mistake, with its line; also where there is no event.
  func events(_ bytes: [UInt8]) throws(ConfigurationError) -> [CalendarEvent] {
    let lines = try CalendarLine.lines(bytes, file: file)
    guard let first = lines.first, first.name == "BEGIN", first.value.uppercased() == "VCALENDAR" else {
      throw ConfigurationError(
        file: file, line: lines.first?.number,
        message: "this is no iCalendar file: it has to begin with BEGIN:VCALENDAR.")
    }
    // The components that a line lies in, from the outermost on.
    var open: [CalendarLine] = []
    var (events, own): ([CalendarEvent], [CalendarLine]) = ([], [])
    for line in lines {
      switch line.name {
      case "BEGIN":
        open.append(line)
        if open.count == 2 { own = [] }
      case "END":
        guard let begin = open.popLast(), begin.value.uppercased() == line.value.uppercased() else {
          throw line.error("END:\(line.value) has no BEGIN")
        }
        if open.count == 1, begin.value.uppercased() == "VEVENT" {
          events.append(try CalendarEvent(own, begin: begin))
        }
      default:
        // Not what belongs to a part of an event, its alarms for instance.
        if open.count == 2 { own.append(line) }
      }
    }
    if let begin = open.last { throw begin.error("BEGIN:\(begin.value) has no END") }
    guard !events.isEmpty else { throw ConfigurationError(file: file, message: "the calendar has no event.") }
    return events
  }
}
