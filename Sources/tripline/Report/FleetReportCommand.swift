public import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats
public import TriplineReports

/// `tripline report fleet`
struct FleetReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Many tracks: distribution of scores, ranking of vehicles or drivers, worst events.",
    discussion: """
      The page opens from disk with the network off, prints, and has at most a
      megabyte. Scores are those of tripline score.

      Examples:
        tripline report fleet drives.csv.gz -O fleet.html
        tripline report fleet *.csv.gz --by driver --from 2026-10-01 --to 2026-11-01 -O october.html
      """)

  @OptionGroup var options: ReportOptions

  @Option(help: "Rank by vehicle or driver.")
  var by = FleetReport.Grouping.vehicle

  func run() async throws {
    let (input, window, zone) = (options.input, options.window, options.scoring.zone)
    let configuration = try options.configuration
    let set = try options.fences.set(for: .live, isStrict: input.strict)
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    let replay = Replay(fences: set, configuration: configuration, jobs: jobs)
    let progress = ProgressLine(inputs: input.tracks.count)
    var report = FleetReport(by: by, from: window.start, to: window.end)
    let summary = try await replay.run(input.files, format: input.format, progress: progress.update) { events, tracks in
      report.take(events, tracks: tracks)
    }
    progress.finish()
    try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
    let (finished, scoring) = (report, configuration.scoring ?? ScoringParameters())
    try ExitStatus.exiting { () throws(FormatError) in
      try options.write(try finished.page(in: zone, counts: summary.counts, scoring: scoring))
    }
  }
}

extension FleetReport.Grouping: ExpressibleByArgument {}
