import Foundation

/// Measures the engine beside what it claims to be faster than.
///
/// ```
/// bench [--case NAME] [--quick] [--markdown] [--json FILE]
/// bench count CASE --fixes N
/// ```
@main
struct Bench {
  static func main() {
    do {
      switch try Options(CommandLine.arguments.dropFirst()) {
      case .help: print(Options.usage)
      case .measure(let cases, let isQuick, let isMarkdown, let json):
        try measure(cases, isQuick: isQuick, isMarkdown: isMarkdown, json: json)
      case .count(let chosen, let fixes): try CountRun.run(chosen, fixes: fixes)
      }
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      leave(1)
    }
    leave(0)
  }

  /// Ends at once: MEOS brings a PROJ of its own, and the two tear one another down where they are left to it.
  private static func leave(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }

  private static func measure(_ cases: [BenchmarkCase], isQuick: Bool, isMarkdown: Bool, json: String?) throws {
    let fixtures = Fixtures(isQuick: isQuick)
    var report = Report()
    for chosen in cases {
      FileHandle.standardError.write(Data("\(chosen.name): \(chosen.summary)\n".utf8))
      report.rows += try chosen.run(fixtures)
    }
    print(isMarkdown ? report.markdown : report.table)
    if let json { try report.writeJSON(to: json) }
  }
}
