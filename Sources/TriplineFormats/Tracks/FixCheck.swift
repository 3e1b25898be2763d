import TriplineCore

/// Tells of fixes that can be read but that the input gate will refuse: they are delivered and counted there, and this
/// is where a person learns the line.
struct FixCheck {
  private var axes = AxisCheck()

  /// Looks at a fix that is about to be delivered.
  @inline(__always)
  mutating func look(
    at fix: Fix, _ tracks: inout TrackTable, _ report: inout ReadReport, place: @autoclosure () -> FormatError.Place
  ) {
    if axes.notices(latitude: fix.latitude, longitude: fix.longitude) { report.record(AxisCheck.problem(at: place())) }
    let goesBack = tracks.noteTime(of: fix.vehicle, fix.time)
    if fix.coordinate.isInRange && !goesBack { return }
    report.record(FixCheck.problem(of: fix, goesBack: goesBack, at: place()))
  }

  /// Looks back at the end of an input.
  mutating func conclude(_ report: inout ReadReport, place: FormatError.Place) {
    if axes.noticesAtEnd() { report.record(AxisCheck.problem(at: place)) }
  }

  private static func problem(of fix: Fix, goesBack: Bool, at place: FormatError.Place) -> FormatError {
    guard fix.coordinate.isInRange else {
      return FormatError(
        .outOfRange, "\(fix.coordinate) is no position on Earth; the input gate refuses it. Correct or remove the row.",
        at: place)
    }
    return FormatError(
      .timeGoesBack,
      "the time is before that of an earlier row of the track: it is sorted in if it is not too late, and left out "
        + "otherwise. Sort the rows by time, and give files in the order of their times.", at: place)
  }
}
