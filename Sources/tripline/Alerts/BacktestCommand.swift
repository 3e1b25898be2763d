import ArgumentParser
import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats
import TriplineReports

/// `tripline backtest`
struct BacktestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Tell what rules would have alerted of, on recorded tracks or an archive.",
    discussion: """
      With --baseline it tells what would be otherwise than with these rules: alerts
      gained, lost and changed. Tracks go through the very code of the live path.
      Where there are no fixes, nothing can be told for certain: how much that is
      stands at the end.

      Examples:
        tripline backtest --rules new.yaml tripline.db --from 2026-10-01
        tripline backtest --rules new.yaml --baseline current.yaml tripline.db -o ndjson
        tripline backtest --rules new.yaml --baseline current.yaml tripline.db -o html -O new.html
      """)

  @OptionGroup var input: TrackFiles

  @Option(help: ArgumentHelp("The file of rules.", valueName: "file"))
  var rules: String

  @Option(help: ArgumentHelp("The rules of now, to compare with.", valueName: "file"))
  var baseline: String?

  @Option(help: ArgumentHelp("Fences besides those of the rules; may be repeated.", valueName: "file"))
  var fences: [String] = []

  @OptionGroup(title: "FENCES") var fenceFiles: FenceFiles

  @OptionGroup var window: AlertWindow

  @Flag(help: "Exit with status 1 where there is a difference.")
  var failOnDiff = false

  @Option(help: "Number of engines that share the tracks; one for each core unless given.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    name: .shortAndLong,
    help: "table, ndjson, cloudevents: what would be told, an event a line; or html: a page that needs no network.")
  var output = Format.table

  @Option(
    name: [.customShort("O"), .long],
    help: ArgumentHelp("The file to write, in place of standard output.", valueName: "file"))
  var outputFile: String?

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, cloudevents, html }

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs takes a number from 1") }
    guard baseline == nil || output != .cloudevents else {
      throw ValidationError("events are those of one set of rules; leave --baseline out")
    }
    guard baseline != nil || !failOnDiff else { throw ValidationError("--fail-on-diff needs a --baseline") }
    try FenceFiles.refuseTwoInputs(fences + input.tracks)
    let named = [rules] + (baseline.map { [$0] } ?? [])
    try WrittenFiles.refuseOverwriting(input.tracks + fences + named, by: [outputFile])
  }

  func run() async throws {
    let others = try fenceFiles.read(fences, isStrict: input.strict)
    let candidate = try RuleFile(rules, reader: fenceFiles.reader)
    let before = try baseline.map { try RuleFile($0, reader: fenceFiles.reader) }
    let progress = ProgressLine(inputs: input.tracks.count)
    let result = try await run(candidate, others, progress)
    let other = if let before { try await run(before, others, progress) } else { nil as BacktestResult? }
    progress.finish()
    let times = (window.start ?? .min)..<(window.end ?? .max)
    let zone = candidate.configuration.zone
    let differences = other.map { result.differences(from: $0).filter { times.contains($0.alert.startsAt) } }
    let alerts = result.alerts.filter { times.contains($0.startsAt) }
    let texts =
      if output == .html {
        [try page(result, other, times, zone)]
      } else {
        try lines(alerts, differences, AlertText(zone: zone))
      }
    try write(texts)
    report(result, alerts, times)
    if let other, let differences {
      report(differences, before: other.alerts.count { times.contains($0.startsAt) })
    }
    try ExitStatus.check(result.report, failures: result.failures, isStrict: input.strict)
    if failOnDiff, differences?.isEmpty == false { throw ExitStatus.answerIsNo }
  }

  /// Each with the fences of its own rules.
  private func run(_ file: RuleFile, _ fences: [Fence], _ progress: ProgressLine) async throws -> BacktestResult {
    let set = RuleFile.set(file.fences + fences)
    _ = file.warnOfMissingFences(in: set)
    return try await Backtest(file.configuration.rules, fences: set, jobs: jobs)
      .run(input.files, format: input.format, progress: progress.update)
  }

  private func page(
    _ result: BacktestResult, _ other: BacktestResult?, _ times: Range<Int64>, _ zone: TimeZone
  ) throws -> String {
    try ExitStatus.exiting { () throws(FormatError) in
      try BacktestReport(result, baseline: other, in: times).page(in: zone)
    }
  }

  private func write(_ texts: [String]) throws {
    try ExitStatus.exiting { () throws(FormatError) in
      var sink = if let outputFile { try OutputSink(path: outputFile) } else { OutputSink.standardOutput() }
      for text in texts { try sink.write(text) }
      try sink.flush()
    }
  }

  private func lines(
    _ alerts: [Alert], _ differences: [BacktestResult.Difference]?, _ text: AlertText
  ) throws -> [String] {
    guard output != .cloudevents else { return AlertText.events(alerts) }
    let output = output == .table ? ListFormat.table : .ndjson
    guard let differences else {
      let head = output == .table && !alerts.isEmpty ? [text.header()] : []
      return try head + alerts.map { try text.line($0, as: output) }
    }
    var lines = output == .table && !differences.isEmpty ? [text.header("CHANGE")] : []
    for difference in differences {
      switch difference {
      case .gained(let alert): lines.append(try text.line(alert, as: output, sign: "gained"))
      case .lost(let alert): lines.append(try text.line(alert, as: output, sign: "lost"))
      case .changed(let alert, let other):
        lines.append(try text.line(alert, as: output, sign: "changed", from: other))
      }
    }
    return lines
  }

  private func report(_ result: BacktestResult, _ alerts: [Alert], _ times: Range<Int64>) {
    let coverage = result.coverage(of: times)
    Messages.note(
      "\(CountText.text(coverage.vehicles, "vehicle")) with \(TimeSpan.text(coverage.covered)) of trips and stops, and \(TimeSpan.text(coverage.gaps)) without fixes; \(CountText.text(result.fixes, "fix", "fixes")) read, \(result.accepted) of them used"
    )
    let muted = alerts.count { $0.muting != nil }
    Messages.note(CountText.text(alerts.count, "alert") + (muted > 0 ? ", \(muted) of them muted" : ""))
  }

  private func report(_ differences: [BacktestResult.Difference], before: Int) {
    let gained = differences.count { if case .gained = $0 { true } else { false } }
    let lost = differences.count { if case .lost = $0 { true } else { false } }
    Messages.note(
      "\(before) with the rules of now; \(gained) gained, \(lost) lost, \(differences.count - gained - lost) changed")
  }
}
