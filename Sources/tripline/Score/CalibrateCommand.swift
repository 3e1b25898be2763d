import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline score calibrate`
struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Measure what is ordinary in a fleet, as norms for its scores.",
    discussion: """
      Writes the medians of the trips' indices of acceleration, by range of speed, as
      a small JSON file: with --norms, score then compares with the fleet itself. A
      range with fewer than five trips of a kilometre keeps the figure that is
      shipped, which is said.

      Examples:
        tripline score calibrate drives.csv.gz > norms.json
      """)

  @OptionGroup var input: TrackFiles

  @OptionGroup var definitions: EngineOptions

  func run() async throws {
    var configuration = definitions.configuration
    configuration.scoring = ScoringParameters()
    let jobs = ProcessInfo.processInfo.activeProcessorCount
    let replay = Replay(fences: try FenceSet([]), configuration: configuration, jobs: jobs)
    let progress = ProgressLine(inputs: input.tracks.count)
    var trips = ScoredTrips()
    var calibration = NormsCalibration()
    let summary = try await replay.run(input.files, format: input.format, progress: progress.update) { events, _ in
      for (trip, score) in trips.take(events) { calibration.add(trip, score) }
    }
    progress.finish()
    let counts = calibration.counts
    for (range, count) in [
      ("below 50 km/h", counts.slow), ("from 50 to 90 km/h", counts.medium), ("above 90 km/h", counts.fast),
    ] where count < NormsCalibration.leastTrips {
      Messages.warning(
        "\(count) trips \(range), fewer than \(NormsCalibration.leastTrips): the figure that is shipped stands there")
    }
    let file = NormsFile(calibration.norms(), trips: calibration.trips, distance: calibration.distance)
    let text = try file.text
    try ExitStatus.exiting { () throws(FormatError) in
      var sink = OutputSink.standardOutput()
      try sink.write(text)
      try sink.flush()
    }
    try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
  }
}
