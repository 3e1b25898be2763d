import ArgumentParser
import TriplineCore
import TriplineFormats

/// `tripline tracks …`
struct TracksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tracks", abstract: "Look at recorded tracks, and at those of an account.",
    discussion: """
      Examples:
        tripline tracks summary drives.csv.gz
        tripline tracks summary *.gpx -o ndjson
        tripline tracks export drives.csv.gz -o gpx > drives.gpx
      """,
    subcommands: [SummaryCommand.self, ExportCommand.self, TrackListCommand.self])
}

/// `tripline tracks summary`
struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Sum up each track as recorded, and what the input gate makes of its fixes.",
    discussion: """
      Over all rows with a position, in the order of the file: number of points,
      first and last time, raw_path_m (sum of all steps), longest_step_m, box,
      median_interval_s, repeated times; and how many fixes the gate rejects, by
      reason.

      Examples:
        tripline tracks summary drives.csv.gz -o ndjson
        zcat feed.ndjson.gz | tripline tracks summary -
      """)

  @OptionGroup var input: TrackFiles

  @Option(name: .shortAndLong, help: "table or ndjson.")
  var output = Format.table

  enum Format: String, ExpressibleByArgument, CaseIterable { case table, ndjson }

  func run() throws {
    let progress = ProgressLine(inputs: input.tracks.count)
    let summaries = TrackSummaries(of: input.files, format: input.format, progress: progress.update)
    progress.finish()
    var sink = OutputSink.standardOutput()
    let table = TableText(widths: [24, 16, 9, 24, 24, 12, 10, 9])
    if output == .table {
      let header = table.line([
        "TRACK", "VEHICLE", "POINTS", "START", "END", "RAW PATH", "INTERVAL", "REJECTED", "BY REASON",
      ])
      try ExitStatus.exiting { () throws(FormatError) in try sink.write(header) }
    }
    for index in summaries.tracks.indices {
      let record = SummaryRecord(summaries, index)
      let line = output == .ndjson ? try JSONLine.text(record) : table.line(record.cells)
      try ExitStatus.exiting { () throws(FormatError) in try sink.write(line) }
    }
    try ExitStatus.exiting { () throws(FormatError) in try sink.flush() }
    try ExitStatus.check(summaries.report, failures: summaries.failures, isStrict: input.strict)
  }
}

/// A summary as it stands in NDJSON.
private struct SummaryRecord: Encodable {
  var trackID: String
  var vehicleID: String
  var source: String
  var points: Int
  var start: String?
  var end: String?
  var rawPathM: Double
  var longestStepM: Double
  var bbox: [Double]?
  var medianIntervalS: Double?
  var repeatedTimes: Int
  var timesGoingBack: Int
  var received: Int
  var accepted: Int
  var rejected: [String: Int]
  /// Times moved by a multiple of 1,024 weeks, the receiver's counter having started anew.
  var repaired: Int

  init(_ summaries: TrackSummaries, _ index: Int) {
    let track = summaries.tracks[index]
    let summary = summaries.summaries[index]
    let counts = summaries.counts[index]
    trackID = track.trackID
    vehicleID = track.vehicleID
    source = track.source
    points = summary.points
    start = summary.points > 0 ? Timestamp.text(summary.start) : nil
    end = summary.points > 0 ? Timestamp.text(summary.end) : nil
    rawPathM = (summary.rawPath * 1e4).rounded() / 1e4
    longestStepM = (summary.longestStep * 1e4).rounded() / 1e4
    bbox = summary.points > 0 ? [summary.west, summary.south, summary.east, summary.north] : nil
    medianIntervalS = summary.medianInterval
    repeatedTimes = summary.repeatedTimes
    timesGoingBack = summary.timesGoingBack
    received = counts.received
    accepted = counts.accepted
    repaired = counts.repaired
    rejected = Dictionary(
      uniqueKeysWithValues: RejectionReason.allCases.filter { counts[$0] > 0 }.map { ($0.code, counts[$0]) })
  }

  var cells: [String] {
    var reasons = rejected.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    if repaired > 0 { reasons += (reasons.isEmpty ? "" : "; ") + "\(repaired) repaired" }
    return [
      trackID, vehicleID, "\(points)", start ?? "", end ?? "", "\(rawPathM.rounded()) m",
      medianIntervalS.map { "\($0) s" } ?? "", "\(received - accepted)", reasons,
    ]
  }
}
