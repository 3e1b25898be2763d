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

  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @OptionGroup var definitions: ProfileOption

  @OptionGroup(title: "SCORING") var scoring: ScoringOptions

  @Option(help: "Rank by vehicle or driver.")
  var by = FleetReport.Grouping.vehicle

  @OptionGroup var window: TimeWindow

  @OptionGroup var page: PageFile

  func validate() throws {
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
    let norms = scoring.norms.map { [$0] } ?? []
    try WrittenFiles.refuseOverwriting(input.tracks + fences.files + norms, by: [page.outputFile])
  }

  func run() async throws {
    var configuration = definitions.configuration
    let parameters = try scoring.parameters
    configuration.scoring = parameters
    let set = try fences.set(for: .live, isStrict: input.strict)
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    let replay = Replay(fences: set, configuration: configuration, jobs: jobs)
    let progress = ProgressLine(inputs: input.tracks.count)
    var report = FleetReport(by: by, from: window.start, to: window.end)
    let summary = try await replay.run(input.files, format: input.format, progress: progress.update) { events, tracks in
      report.take(events, tracks: tracks)
    }
    progress.finish()
    try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
    let (finished, zone) = (report, scoring.zone)
    try ExitStatus.exiting { () throws(FormatError) in
      try page.write(try finished.page(in: zone, counts: summary.counts, scoring: parameters))
    }
  }
}

extension FleetReport.Grouping: ExpressibleByArgument {}
