import ArgumentParser
import Foundation
import TriplineCore
import TriplineFormats

/// `tripline replay`
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Run recorded tracks through the engine: trips, stops, visits and fence events.",
    discussion: """
      The live policy reads fixes as a service would: the input gate is on, late
      fixes are sorted in, and between two fixes a vehicle is taken to move on a
      straight line. The clean policy does the same with fixes that are clean
      already: each counts that is after the last one of its track, none is held
      against its neighbours, and nothing waits. The sampled policy takes every fix
      by itself, in the order of the file, and gives fence events only; its CSV is
      track_id,index,time,event,fence_id.

      With conditions, a rule over all fences tells of entries, exits and dwells
      as well, once they hold: see --steady. With --decisions, every fix that the
      rule weighed is told of too, with what it lacked.

      With --revise, rows that come too late to be sorted in revise what was told
      of their track, each time some thousand rows have been read. What is left is
      what the same rows in time would have given. A column or key, revision, is
      empty for what is told for the first time; it says retracted of what did not
      happen, replaced of what happened otherwise, with the replacement right
      behind it, and added of what had not been told. A map of the GeoJSON shows
      all of these unless they are filtered. Rows and events of as many hours are
      kept in memory, a hundred bytes a row, of each track until the end.

      Examples:
        tripline replay drives.csv.gz --fences depots.geojson
        tripline replay drives.csv.gz --fences zones.geojson -o ndjson > events.ndjson
        tripline replay drives.csv.gz --fences zones.geojson --steady --decisions
        tripline replay cleaned.csv.gz --fences zones.geojson --policy clean --no-trips
        tripline replay drives.csv.gz --fences zones.geojson --revise 48 -o ndjson
      """)

  @OptionGroup var input: TrackFiles

  @OptionGroup var fences: TrackFences

  @OptionGroup var definitions: EngineOptions

  @OptionGroup(title: "CONDITIONS") var conditions: ConditionOptions

  @Flag(
    help: "Tell of everything that the rule decided, by fix, by silence or otherwise: why it told of it, and why not.")
  var decisions = false

  @Flag(help: "Tell of the ways between visits: from which fence to which, how far, how long, with how many stops.")
  var routes = false

  @Option(help: "live; clean for fixes that are clean already; sampled for comparison with other tools.")
  var policy = Policy.live

  @Flag(
    help:
      "Look for no stops and trips, which takes less time: events of fences and rules, and visits without what was done inside."
  )
  var noTrips = false

  @Option(name: .shortAndLong, help: "table, ndjson, csv or geojson.")
  var output = Format.table

  @Option(
    help: ArgumentHelp(
      "How many hours a row may be behind the newest of its track and still change what was told: events are retracted, replaced or added.",
      valueName: "hours"))
  var revise: Double?

  @Option(
    help: ArgumentHelp(
      "Seconds between two fixes up to which a crossing between them is told.", valueName: "s"))
  var inferenceGap = 300

  @Option(
    help: "Where a fix without an altitude is for a floor or a ceiling: last, as high as before; inside; outside.")
  var missingAltitude = Altitude.last

  @Option(help: "Number of engines that share the tracks; one for each core unless given.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  /// Seconds that rows are sorted in within, unless given.
  private static let reorderWindow = Int(GateParameters().reorderWindow / 1000)

  enum Altitude: String, ExpressibleByArgument, CaseIterable { case last, inside, outside }
  enum Policy: String, ExpressibleByArgument, CaseIterable { case live, clean, sampled }
  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson, csv, geojson }

  func validate() throws {
    guard policy != .sampled || conditions.rule == nil else {
      throw ValidationError("the sampled policy knows no conditions; leave them out, or take --policy live or clean")
    }
    guard policy != .sampled || !routes else {
      throw ValidationError("the sampled policy knows no routes; leave --routes out, or take --policy live or clean")
    }
    guard policy != .sampled || definitions.profile == .fleet else {
      throw ValidationError("the sampled policy knows no trips; leave --profile out, or take --policy live or clean")
    }
    guard !noTrips || !routes else {
      throw ValidationError("routes are told by trips; leave --routes or --no-trips out")
    }
    guard policy == .live || definitions.reorderWindow == nil else {
      throw ValidationError("only the live policy sorts fixes in; leave --reorder-window out, or take --policy live")
    }
    guard policy == .live || revise == nil else {
      throw ValidationError("only the live policy revises what it told; leave --revise out, or take --policy live")
    }
    guard revise.map({ $0 > 0 && $0 <= 8784 }) ?? true else {
      throw ValidationError("--revise takes hours, more than 0 and at most 8784, a year")
    }
    guard revise.map({ $0 * 3600 > Double(definitions.reorderWindow ?? Self.reorderWindow) }) ?? true else {
      throw ValidationError(
        "--revise takes more time than --reorder-window, within which rows are sorted in: \(definitions.reorderWindow ?? Self.reorderWindow) s"
      )
    }
    guard !decisions || conditions.rule != nil else {
      throw ValidationError("--decisions needs a rule; give --steady or another condition")
    }
    guard jobs >= 1 else { throw ValidationError("--jobs takes a number from 1") }
    try FenceFiles.refuseTwoInputs(fences.files + input.tracks)
    guard (0...3600).contains(inferenceGap) else {
      throw ValidationError("--inference-gap takes seconds from 0 to 3600, after which a trip is split")
    }
  }

  func run() async throws {
    var configuration = definitions.configuration
    configuration.policy = policy.policy
    configuration.detectsTrips = !noTrips
    configuration.longestInference = Int64(inferenceGap) * 1000
    configuration.missingAltitude = missingAltitude.policy
    if let rule = conditions.rule { configuration.rules = [rule] }
    configuration.recordsDecisions = decisions
    configuration.reportsRoutes = routes
    let ruleIDs = configuration.rules.map(\.id)
    let set = try fences.set(for: configuration.policy, isStrict: input.strict)
    let replay = Replay(
      fences: set, configuration: configuration, jobs: jobs,
      revisionWindow: revise.map { Int64(($0 * 3_600_000).rounded()) })
    let progress = ProgressLine(inputs: input.tracks.count)
    var output = try ReplayOutput(self.output, configuration, tellsRevisions: revise != nil)
    let summary: Replay.Summary
    do {
      func names(_ tracks: [TrackTable.Track]) -> EventNames {
        EventNames(tracks: tracks, fenceIDs: set.ids, ruleIDs: ruleIDs)
      }
      summary = try await replay.run(
        input.files, format: input.format, progress: progress.update,
        revise: { revisions, tracks in try output.write(revisions: revisions, names: names(tracks)) },
        write: { events, tracks in try output.write(events, names: names(tracks)) })
      progress.finish()
      try output.finish(summary, names: names(summary.tracks))
    } catch let error as FormatError {
      progress.finish()
      Messages.error(error)
      throw ExitStatus.status(of: error)
    }
    try ExitStatus.check(summary.report, failures: summary.failures, isStrict: input.strict)
  }
}

extension ReplayCommand.Policy {
  fileprivate var policy: Engine.Policy {
    switch self {
    case .live: .live
    case .clean: .clean
    case .sampled: .sampled
    }
  }
}

extension ReplayCommand.Altitude {
  fileprivate var policy: MissingAltitude {
    switch self {
    case .last: .last
    case .inside: .inside
    case .outside: .outside
    }
  }
}
