import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline score …`
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Score trips: how they were driven, and how good their data are.",
    discussion: """
      Examples:
        tripline score drives.csv.gz
        tripline score calibrate drives.csv.gz > norms.json
        tripline score drives.csv.gz --norms norms.json --by vehicle
      """,
    subcommands: [ScoreTripsCommand.self, CalibrateCommand.self], defaultSubcommand: ScoreTripsCommand.self)
}

/// `tripline score trips`, which is what `tripline score` is
struct ScoreTripsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trips",
    abstract: "Score trips; this is what score does by itself.",
    discussion: """
      The driving score, from 0 to 100, rests on the receiver's speeds: how smoothly
      was driven, compared within ranges of speed, how often was braked severely,
      and how much was too fast where limits are known (a speed_limit column or
      property of fences, or --speed-limit). It has an interval, a confidence, and a
      reason where there is none. The data quality, from 0 to 100, knows nothing of
      driving. With --by, trips are summed up: scores weighted by distance, rates
      over all trips; brakes in 100 km are harsh and severe ones.

      Examples:
        tripline score trips drives.csv.gz
        tripline score trips drives.csv.gz --by vehicle -o csv > vehicles.csv
        tripline score trips drives.csv.gz --speed-limit 90 --time-zone Europe/Prague
      """)

  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @OptionGroup var definitions: EngineOptions

  @OptionGroup(title: "SCORING") var scoring: ScoringOptions

  @Option(help: "trip, vehicle, driver or fleet.")
  var by = Grouping.trip

  @OptionGroup var window: TimeWindow

  @Option(help: "Number of engines that share the tracks; one for each core unless given.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .shortAndLong, help: "table, ndjson or csv.")
  var output = Format.table

  @Option(
    name: [.customShort("O"), .long], help: ArgumentHelp("A file for CSV or NDJSON, in place of standard output."))
  var outputFile: String?

  @Option(
    help: ArgumentHelp(
      "A file to keep in where the job is: interrupted, it goes on there when it is given again. Needs -O.",
      valueName: "state"))
  var resume: String?

  @Option(help: ArgumentHelp("Fixes from one state that is kept to the next.", valueName: "fixes", visibility: .hidden))
  var checkpoint = 4_000_000

  enum Grouping: String, ExpressibleByArgument, CaseIterable { case trip, vehicle, driver, fleet }
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, csv }

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs takes a number from 1") }
    guard outputFile == nil || output != .table else {
      throw ValidationError("a table is for people to look at; give --output csv or ndjson with a file")
    }
    guard resume == nil || outputFile != nil else {
      throw ValidationError("--resume needs --output-file, to know what has been written")
    }
    guard resume == nil || !input.tracks.contains("-") else {
      throw ValidationError("standard input cannot be read from again; give --resume with files")
    }
    guard checkpoint >= 1 else { throw ValidationError("--checkpoint takes a number from 1") }
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
    try WrittenFiles.refuseOverwriting(readFiles, by: [outputFile, resume])
  }

  func run() async throws {
    var configuration = definitions.configuration
    configuration.scoring = try scoring.parameters
    let set = try fences.set(for: .live, isStrict: input.strict)
    let replay = Replay(fences: set, configuration: configuration, jobs: jobs)
    let progress = ProgressLine(inputs: input.tracks.count)
    do {
      let job = resume.map { ScoreJob(path: $0, arguments: Array(CommandLine.arguments.dropFirst()), files: readFiles) }
      let known = try job?.load()
      if let status = known?.status {
        if let outputFile, !FileManager.default.fileExists(atPath: outputFile) {
          Messages.error(
            "\(outputFile): is gone, and the job that wrote it is done; remove \(resume ?? "") to do it again")
          throw ExitStatus.noInput
        }
        // Whoever tries again until it succeeds must not take for done what was left out.
        guard status == 0 else {
          Messages.error("the job has ended with status \(status); remove \(resume ?? "") to do it again")
          throw ExitCode(status)
        }
        return Messages.note("the job is done; remove \(resume ?? "") to do it again")
      }
      try WrittenFiles.requireInput(input.files)
      var trips = ScoredTrips(from: window.start, to: window.end)
      var output = try ScoreOutput(self.output, by: by, to: outputFile, from: known?.state)
      try output.begin()
      let summary = try await replay.run(
        input.files, format: input.format, from: known?.state?.replay, every: job == nil ? .max : checkpoint,
        save: { try job?.save(output.state(at: $0)) }, progress: progress.update
      ) { events, tracks in
        for (trip, score) in trips.take(events) {
          try output.write(trip, score, of: tracks[Int(trip.vehicle)])
        }
      }
      progress.finish()
      try output.finish()
      do {
        try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
        try job?.finish(0)
      } catch let status as ExitCode {
        try job?.finish(status.rawValue)
        throw status
      }
    } catch let error as FormatError {
      progress.finish()
      Messages.error(error)
      throw ExitStatus.status(of: error)
    } catch let error as SnapshotError {
      progress.finish()
      Messages.error("\(resume ?? ""): \(error)")
      throw ExitStatus.badData
    }
  }

  /// All files that are read.
  private var readFiles: [String] { input.tracks + fences.files + (scoring.norms.map { [$0] } ?? []) }
}
