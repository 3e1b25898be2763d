import ArgumentParser
import Foundation
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

/// Where a page goes.
struct PageFile: ParsableArguments {
  @Option(
    name: [.customShort("O"), .long],
    help: ArgumentHelp("The HTML file to write, in place of standard output.", valueName: "file"))
  var outputFile: String?

  func write(_ page: String) throws(FormatError) {
    var sink = if let outputFile { try OutputSink(path: outputFile) } else { OutputSink.standardOutput() }
    try sink.write(page)
    try sink.flush()
  }
}
