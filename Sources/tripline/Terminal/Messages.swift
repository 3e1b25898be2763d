import Foundation
import TriplineFormats

/// What the command has to say besides data, all of it on standard error.
enum Messages {
  static func error(_ error: some CustomStringConvertible) { line("error: \(error)") }
  static func warning(_ text: some CustomStringConvertible) { line("warning: \(text)") }
  static func note(_ text: some CustomStringConvertible) { line("\(text)") }

  /// The kept problems of a report and how many there are of each kind.
  static func problems(_ report: ReadReport) {
    guard !report.isClean else { return }
    for problem in report.problems { warning(problem) }
    let counts = report.counts.sorted { $0.key.description < $1.key.description }
      .map { "\($0.value) \($0.key)" }
    let rows = report.rows == 0 ? "no rows" : "\(report.problemCount) of \(report.rows) rows left out or in doubt"
    warning("\(rows): \(counts.joined(separator: ", "))")
  }

  private static func line(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
