import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// `tripline backtest`
struct BacktestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Tell what rules would have alerted of, on recorded tracks or an archive.",
    discussion: """
      With --baseline it tells what would be otherwise than with these rules: alerts
      gained, lost and moved. Tracks go through the very code of the live path.
      Where there are no fixes, nothing can be told for certain: how much that is
      stands at the end.

      Examples:
        tripline backtest --rules new.yaml tripline.db --from 2026-10-01
        tripline backtest --rules new.yaml --baseline current.yaml tripline.db -o ndjson
      """)

  @OptionGroup var input: TrackFiles

  @Option(help: ArgumentHelp("The file of rules.", valueName: "file"))
  var rules: String

  @Option(help: ArgumentHelp("The rules of now, to compare with.", valueName: "file"))
  var baseline: String?

  @Option(help: ArgumentHelp("Fences besides those of the rules; may be repeated.", valueName: "file"))
  var fences: [String] = []

  @OptionGroup(title: "FENCES") var fenceFiles: FenceFiles

  @OptionGroup var window: TimeWindow

  @Flag(help: "Exit with status 1 where there is a difference.")
  var failOnDiff = false

  @Option(help: "Number of engines that share the tracks; one for each core unless given.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .shortAndLong, help: "table, ndjson, or cloudevents: what would be told, an event a line.")
  var output = Format.table

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, cloudevents }

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs takes a number from 1") }
    guard baseline == nil || output != .cloudevents else {
      throw ValidationError("events are those of one set of rules; leave --baseline out")
    }
    guard baseline != nil || !failOnDiff else { throw ValidationError("--fail-on-diff needs a --baseline") }
    try FenceFiles.refuseTwoInputs(fences + input.tracks)
  }

  func run() async throws {
    let candidate = try RuleFile(rules, reader: fenceFiles.reader)
    let before = try baseline.map { try RuleFile($0, reader: fenceFiles.reader) }
    let set = RuleFile.set(
      candidate.fences + (before?.fences ?? []) + (try fenceFiles.read(fences, isStrict: input.strict)))
    let progress = ProgressLine(inputs: input.tracks.count)
    let result = try await Backtest(
      candidate.configuration.rules, baseline: before?.configuration.rules, fences: set, jobs: jobs
    ).run(
      input.files, format: input.format, from: window.start, to: window.end, progress: progress.update)
    progress.finish()
    let text = AlertText(zone: candidate.configuration.zone)
    let differences = result.baseline == nil ? nil : result.differences
    for line in try lines(result, differences, text) { print(line, terminator: "") }
    report(result, differences)
    try ExitStatus.check(result.report, failures: result.failures, isStrict: input.strict)
    if failOnDiff, differences?.isEmpty == false { throw ExitStatus.answerIsNo }
  }

  private func lines(
    _ result: BacktestResult, _ differences: [BacktestResult.Difference]?, _ text: AlertText
  ) throws -> [String] {
    guard output != .cloudevents else { return AlertText.events(result.alerts) }
    let output = output == .table ? ListFormat.table : .ndjson
    guard let differences else { return try result.alerts.map { try text.line($0, as: output) } }
    return try differences.map { difference in
      switch difference {
      case .gained(let alert): try text.line(alert, as: output, sign: "gained")
      case .lost(let alert): try text.line(alert, as: output, sign: "lost")
      case .moved(let alert, let other): try text.line(alert, as: output, sign: "moved", from: other)
      }
    }
  }

  private func report(_ result: BacktestResult, _ differences: [BacktestResult.Difference]?) {
    let coverage = result.coverage
    Messages.note(
      "\(coverage.vehicles) vehicles, \(coverage.fixes) fixes, \(coverage.accepted) of them used; \(TimeSpan.text(coverage.covered)) of trips and stops, \(TimeSpan.text(coverage.gaps)) without fixes"
    )
    let muted = result.alerts.count { $0.muting != nil }
    Messages.note("\(result.alerts.count) alerts" + (muted > 0 ? ", \(muted) of them muted" : ""))
    guard let differences else { return }
    func count(_ isWanted: (BacktestResult.Difference) -> Bool) -> Int { differences.count(where: isWanted) }
    let gained = count { if case .gained = $0 { true } else { false } }
    let lost = count { if case .lost = $0 { true } else { false } }
    Messages.note(
      "\(result.baseline?.count ?? 0) with the rules of now; \(gained) gained, \(lost) lost, \(differences.count - gained - lost) moved"
    )
  }
}
