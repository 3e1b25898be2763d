import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineFormats

/// `tripline test`
struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run tests of rules: tracks, and the alerts there have to be; exit status 1 if one fails.",
    discussion: """
      A file of tests names a file of rules and tracks, which are looked for beside
      it, or has fixes of its own. Tracks go through the very code of the live path.

      Examples:
        tripline test rules/*.test.yaml
        tripline test rules/*.test.yaml --junit results.xml
      """)

  @Argument(help: "Files of tests.")
  var files: [String]

  @Option(help: ArgumentHelp("Write the results as JUnit's XML.", valueName: "file"))
  var junit: String?

  @OptionGroup(title: "FENCES") var fenceFiles: FenceFiles

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("give a file of tests") }
    try WrittenFiles.refuseOverwriting(files, by: [junit])
  }

  func run() async throws {
    var results = JUnitReport()
    for file in files {
      let tests = try read(file)
      let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
      let rules = try RuleFile(
        URL(fileURLWithPath: tests.ruleFile, relativeTo: folder).path, reader: fenceFiles.reader)
      let set = RuleFile.set(rules.fences)
      // What is not there is never entered, which a test that expects nothing would not tell.
      guard rules.warnOfMissingFences(in: set) else { throw ExitStatus.badConfiguration }
      let backtest = Backtest(rules.configuration.rules, fences: set, jobs: 1)
      for test in tests.tests {
        let result = try await backtest.run([test.input])
        let problems = Self.inputProblems(result) + test.problems(with: result.alerts)
        results.add(file: file, test: test.name, problems: problems)
        print("\(problems.isEmpty ? "ok" : "FAILED")  \(test.name)")
        for problem in problems { print("  \(file):\(test.line): \(problem)") }
      }
    }
    Messages.note("\(CountText.text(results.count, "test")), \(results.failures) failed")
    if let junit {
      try ExitStatus.exiting { () throws(FormatError) in
        var sink = try OutputSink(path: junit)
        try sink.write(results.text)
        try sink.flush()
      }
    }
    if results.failures > 0 { throw ExitStatus.answerIsNo }
  }

  private func read(_ file: String) throws -> RuleTestFile {
    let text = try RuleFile.text(file)
    do throws(ConfigurationError) {
      return try RuleTestFile(text, file: file, folder: URL(fileURLWithPath: file).deletingLastPathComponent().path)
    } catch {
      Messages.error("\(error)")
      throw ExitStatus.badConfiguration
    }
  }

  /// What of the track could not be read: a test of half a track tests nothing.
  private static func inputProblems(_ result: BacktestResult) -> [String] {
    result.failures.map { "the track cannot be read: \($0.message)" }
      + result.report.problems.map { "\($0.message)" }
  }
}
