import ArgumentParser
import TriplineFormats

/// The options that leave trips out by their time; all fixes are read nonetheless, so that what is left does not depend
/// on them.
struct TimeWindow: ParsableArguments {
  @Option(help: ArgumentHelp("Only trips that start at this time or later, like 2026-10-01.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Only trips that start before this time.", valueName: "time"))
  var to: String?

  func validate() throws { try Self.validate(from: from, to: to) }

  /// Refuses what is no time, and an end that is not behind the start.
  static func validate(from: String?, to: String?) throws {
    for (name, text) in [("--from", from), ("--to", to)] {
      guard let text, instant(text) == nil else { continue }
      throw ValidationError("\(name) takes a day or a time in UTC, like 2026-10-01 or 2026-10-01T06:00:00Z")
    }
    if let start = from.flatMap(instant), let end = to.flatMap(instant), end <= start {
      throw ValidationError("--to has to be behind --from: there is nothing between \(from ?? "") and \(to ?? "")")
    }
  }

  /// The first instant, in milliseconds UTC.
  var start: Int64? { from.flatMap(Self.instant) }
  /// The first instant behind it.
  var end: Int64? { to.flatMap(Self.instant) }

  /// A day or a time in UTC, in milliseconds.
  static func instant(_ text: String) -> Int64? {
    Timestamp.milliseconds(text.utf8.count == 10 ? text + "T00:00:00Z" : text)
  }
}
