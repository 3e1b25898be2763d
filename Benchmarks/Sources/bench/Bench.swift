import Foundation

/// Measures the engine beside what it claims to be faster than.
///
/// ```
/// bench [--case NAME] [--quick] [--json FILE]
/// bench count CASE --fixes N
/// ```
@main
struct Bench {
  static func main() {
    do {
      switch try Options(CommandLine.arguments.dropFirst()) {
      case .help: print(Options.usage)
      case .measure(let cases, let isQuick, let json): try measure(cases, isQuick: isQuick, json: json)
      case .count(let chosen, let fixes): try CountRun.run(chosen, fixes: fixes)
      }
    } catch {
      FileHandle.standardError.write(Data("bench: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func measure(_ cases: [BenchmarkCase], isQuick: Bool, json: String?) throws {
    let fixtures = Fixtures(isQuick: isQuick)
    var report = Report()
    for chosen in cases {
      FileHandle.standardError.write(Data("\(chosen.name): \(chosen.summary)\n".utf8))
      report.rows += try chosen.run(fixtures)
    }
    print(report.table)
    if let json { try report.writeJSON(to: json) }
  }
}
