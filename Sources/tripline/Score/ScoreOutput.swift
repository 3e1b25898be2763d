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

  init(_ format: ScoreTripsCommand.Format, by grouping: ScoreTripsCommand.Grouping) throws(FormatError) {
    self.format = format
    self.grouping = grouping
    writer = ScoreWriter(isCSV: format == .csv, to: .standardOutput())
    table = ScoreTable(by: grouping)
    if format == .table { try sink.write(table.header) }
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
      try writer.flush()
    }
  }
}
