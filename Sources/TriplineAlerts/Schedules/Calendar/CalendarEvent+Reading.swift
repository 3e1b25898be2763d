extension CalendarEvent {
  /// The event whose lines stand between those of its begin and its end.
  ///
  /// - Throws: where it has no beginning, an end before it, or something that is not supported and says when it is.
  init(_ lines: [CalendarLine], begin: CalendarLine) throws(ConfigurationError) {
    var single: [String: CalendarLine] = [:]
    var (additions, exceptions): ([(CalendarLine, CalendarTime)], [(CalendarLine, CalendarTime)]) = ([], [])
    for line in lines {
      switch line.name {
      case "DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "STATUS", "UID":
        guard single.updateValue(line, forKey: line.name) == nil else {
          throw line.error("a second \(line.name) of an event is not supported")
        }
      case "RDATE": for time in try CalendarTime.times(of: line) { additions.append((line, time)) }
      case "EXDATE": for time in try CalendarTime.times(of: line) { exceptions.append((line, time)) }
      case "EXRULE": throw line.error("EXRULE is not supported; write EXDATE")
      default: break
      }
    }
    guard let first = single["DTSTART"] else { throw begin.error("the event has no DTSTART") }
    let start = try CalendarTime.time(of: first)
    let length = try Self.length(from: start, single["DTEND"], single["DURATION"])
    self.init(line: begin.number, uid: single["UID"]?.value, start: start, length: length)
    rule = if let line = single["RRULE"] { try RecurrenceRule.rule(of: line) } else { nil }
    for (line, time) in additions {
      guard time.isAlike(start) else {
        throw line.error("RDATE has to be of the kind of DTSTART, with or without a zone")
      }
      self.additions.append(time)
    }
    for (line, time) in exceptions {
      guard time.second == nil || time.isAlike(start) else {
        throw line.error("EXDATE has to be a day, or of the kind of DTSTART, with or without a zone")
      }
      self.exceptions.append(time)
    }
    if let line = single["RECURRENCE-ID"] {
      guard line.parameters["RANGE"] == nil else { throw line.error("RANGE of RECURRENCE-ID is not supported") }
      guard rule == nil else { throw line.error("RECURRENCE-ID together with RRULE is not supported") }
      replaced = try CalendarTime.time(of: line)
    }
    isCancelled = single["STATUS"]?.value.uppercased() == "CANCELLED"
  }

  private static func length(
    from start: CalendarTime, _ end: CalendarLine?, _ duration: CalendarLine?
  ) throws(ConfigurationError) -> CalendarLength {
    let day = CalendarLength(days: 1)
    if let line = duration {
      guard end == nil else { throw line.error("an event has a DTEND or a DURATION, and not both") }
      guard let length = CalendarLength(line.value) else {
        throw line.error("\(line.value) of DURATION is no length of time; they are like P1D and PT1H30M")
      }
      guard start.second != nil || length.milliseconds == 0 else {
        throw line.error("DURATION of an event of whole days has to be days or weeks")
      }
      return start.second == nil && length.days == 0 ? day : length
    }
    guard let line = end else { return start.second == nil ? day : CalendarLength() }
    let end = try CalendarTime.time(of: line)
    guard end.isAlike(start) else { throw line.error("DTEND has to be of the kind of DTSTART, with or without a zone") }
    let milliseconds = end.milliseconds - start.milliseconds
    guard milliseconds >= 0 else { throw line.error("DTEND is before DTSTART") }
    guard start.second == nil else { return CalendarLength(milliseconds: milliseconds) }
    // That of the day itself, which some programs write, is meant to be that of the next one.
    return milliseconds == 0 ? day : CalendarLength(days: end.day.number - start.day.number)
  }
}
