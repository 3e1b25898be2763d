import ArgumentParser

/// The options that leave alerts out by their time; all fixes are read nonetheless, so that what is left does not depend on them.
struct AlertWindow: ParsableArguments {
  @Option(help: ArgumentHelp("Only alerts that begin at this time or later, like 2026-10-01.", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Only alerts that begin before this time.", valueName: "time"))
  var to: String?

  func validate() throws { try TimeWindow.validate(from: from, to: to) }

  /// The first instant, in milliseconds UTC.
  var start: Int64? { from.flatMap(TimeWindow.instant) }
  /// The first instant behind it.
  var end: Int64? { to.flatMap(TimeWindow.instant) }
}
