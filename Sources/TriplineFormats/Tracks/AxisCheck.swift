/// Notices columns of latitude and longitude that are exchanged, from the first positions of an input.
struct AxisCheck {
  /// The number of positions that are looked at.
  static let sample = 100

  private var seen = 0
  private var swapped = 0
  private var isDone = false

  /// Looks at a position; returns whether now, once, most positions turn out to make sense only the other way round.
  mutating func notices(latitude: Double, longitude: Double) -> Bool {
    guard !isDone else { return false }
    seen += 1
    if abs(latitude) > 90, abs(latitude) <= 180, abs(longitude) <= 90 { swapped += 1 }
    return seen == Self.sample && conclude()
  }

  /// Decides at the end of an input with fewer positions than the sample.
  mutating func noticesAtEnd() -> Bool { !isDone && seen > 0 && conclude() }

  private mutating func conclude() -> Bool {
    isDone = true
    return swapped * 2 > seen
  }

  /// The problem to report.
  static func problem(at place: FormatError.Place) -> FormatError {
    FormatError(
      .swappedAxes,
      "most latitudes are beyond 90 degrees and would be right as longitudes: lat and lon look swapped. "
        + "Exchange the two column names.",
      at: place)
  }
}
