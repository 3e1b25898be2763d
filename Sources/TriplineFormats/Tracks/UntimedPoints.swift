/// Track points without a time: each is a problem of its own, unless no point of the file has a time, which is one.
struct UntimedPoints {
  private var lines: [Int] = []
  private var count = 0
  private var sawTime = false

  /// Counts a point without a time.
  mutating func add(line: Int, file: String, to report: inout ReadReport) {
    if sawTime {
      report.record(Self.problem(line: line, file: file))
    } else {
      count += 1
      if lines.count < ReadReport.keptProblems { lines.append(line) }
    }
  }

  /// A point with a time: those before it are problems of their own after all.
  mutating func sawTime(file: String, report: inout ReadReport) {
    guard !sawTime else { return }
    sawTime = true
    for line in lines { report.record(Self.problem(line: line, file: file)) }
    for _ in lines.count..<count { report.record(Self.problem(line: lines.last ?? 1, file: file)) }
  }

  /// The one problem of a file in which no point has a time.
  func problemAtEnd(file: String) -> FormatError? {
    guard !sawTime, let first = lines.first else { return nil }
    return FormatError(
      .missingTime,
      "none of its \(count) track points has a time: this is a drawing or a planned route. Export the recorded track.",
      at: .init(file: file, line: first))
  }

  private static func problem(line: Int, file: String) -> FormatError {
    FormatError(
      .missingTime, "the track point has no time and was left out. Export the track with times.",
      at: .init(file: file, line: line))
  }
}
