import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline report …`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write trips as a page for people: one HTML file that needs no network.",
    discussion: """
      Examples:
        tripline report trip drive.gpx -O trip.html
        tripline report fleet drives.csv.gz -O fleet.html
      """,
    subcommands: [TripReportCommand.self, FleetReportCommand.self])
}

/// What both pages are made from, and where they go.
struct ReportOptions: ParsableArguments {
  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @OptionGroup var definitions: EngineOptions

  @OptionGroup(title: "SCORING") var scoring: ScoringOptions

  @OptionGroup var window: TimeWindow

  @Option(
    name: [.customShort("O"), .long],
    help: ArgumentHelp("The HTML file to write, in place of standard output.", valueName: "file"))
  var outputFile: String?

  func validate() throws {
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
    let norms = scoring.norms.map { [$0] } ?? []
    try WrittenFiles.refuseOverwriting(input.tracks + fences.files + norms, by: [outputFile])
  }

  /// What the engine is told; reads the file of norms.
  var configuration: Engine.Configuration {
    get throws {
      var configuration = definitions.configuration
      configuration.scoring = try scoring.parameters
      return configuration
    }
  }

  func write(_ page: String) throws(FormatError) {
    var sink = if let outputFile { try OutputSink(path: outputFile) } else { OutputSink.standardOutput() }
    try sink.write(page)
    try sink.flush()
  }
}
