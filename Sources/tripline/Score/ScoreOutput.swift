import TriplineCore
import TriplineFormats

/// Where scores go, in the form and by what was asked for.
struct ScoreOutput: ~Copyable {
  private let format: ScoreTripsCommand.Format
  private let grouping: ScoreTripsCommand.Grouping
  private var writer: ScoreWriter
  /// For people; of the two only one is ever written to.
  private var sink = OutputSink.standardOutput()
  private let table: ScoreTable
  private var summaries: [String: ScoreSummary] = [:]
  private var total = ScoreSummary()

  /// - Parameters:
  ///   - path: a file for CSV or NDJSON, or else standard output.
  ///   - state: where to go on.
  init(
    _ format: ScoreTripsCommand.Format, by grouping: ScoreTripsCommand.Grouping, to path: String?,
    from state: ScoreJob.State?
  ) throws(FormatError) {
    writer = ScoreWriter(isCSV: format == .csv, to: try Self.sink(path, from: state))
    self.format = format
    self.grouping = grouping
    table = ScoreTable(by: grouping)
    if let state { (summaries, total) = (state.summaries, state.total) }
  }

  private static func sink(_ path: String?, from state: ScoreJob.State?) throws(FormatError) -> OutputSink {
    guard let path else { return .standardOutput() }
    guard let state else { return try OutputSink(path: path) }
    return try OutputSink(continuing: path, from: state.written)
  }

  /// Writes what stands above everything else.
  mutating func begin() throws(FormatError) {
    if format == .table { try sink.write(table.header) }
  }

  /// Hands everything to the disk, and says where to go on.
  mutating func state(at checkpoint: Replay.Checkpoint) throws(FormatError) -> ScoreJob.State {
    try writer.synchronize()
    return ScoreJob.State(
      replay: checkpoint, written: writer.writtenCount, summaries: summaries, total: total)
  }

  mutating func write(_ trip: Trip, _ score: TripScore, of track: TrackTable.Track) throws(FormatError) {
    total.add(trip, score)
    switch grouping {
    case .vehicle: summaries[track.vehicleID, default: ScoreSummary()].add(trip, score)
    case .driver: summaries[track.driverID, default: ScoreSummary()].add(trip, score)
    case .fleet: break
    case .trip:
      if format == .table {
        try sink.write(table.line(trip, score, of: track))
      } else {
        try writer.write(trip, score, of: track)
      }
    }
  }

  /// Writes what is only known in the end.
  mutating func finish() throws(FormatError) {
    if grouping == .fleet { summaries["all"] = total }
    for (id, summary) in summaries.sorted(by: { $0.key < $1.key }) {
      if format == .table {
        try sink.write(table.line(summary, id: id))
      } else {
        try writer.write(summary, key: grouping == .fleet ? "fleet" : "\(grouping)_id", id: id)
      }
    }
    if format == .table {
      if grouping != .fleet { try sink.write(table.footer(total)) }
      try sink.flush()
    } else {
      try writer.synchronize()
    }
  }
}
