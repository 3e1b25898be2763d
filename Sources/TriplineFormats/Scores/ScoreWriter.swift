public import TriplineCore

/// Writes scored trips, and what the trips of vehicles, drivers or a fleet come to, as NDJSON or CSV.
///
/// All records of one writer have the same names, in one order. Times are ISO 8601 UTC with milliseconds, lengths of time
/// are in seconds, other lengths in metres: the unit is in the name. What is not known is `null`, or empty in CSV, never
/// 0; shares, confidences and components of quality are from 0 to 1, scores and qualities from 0 to 100.
public struct ScoreWriter: ~Copyable {
  private let isCSV: Bool
  private var sink: OutputSink
  private var hasHeader: Bool

  /// Creates a writer of CSV, or else of NDJSON.
  public init(isCSV: Bool, to sink: consuming OutputSink) {
    self.isCSV = isCSV
    // What goes on where another run left off has its header.
    hasHeader = sink.writtenCount > 0
    self.sink = sink
  }

  /// Bytes written so far, once `synchronize` has been called.
  public var writtenCount: Int { sink.writtenCount }

  /// Hands everything written so far to the disk.
  ///
  /// - Throws: `writeFailed`.
  public mutating func synchronize() throws(FormatError) { try sink.synchronize() }

  /// Writes a trip.
  ///
  /// - Throws: `writeFailed`, also of records that were written before.
  public mutating func write(_ trip: Trip, _ score: TripScore, of track: TrackTable.Track) throws(FormatError) {
    try write(ScoreRecord(trip, score, of: track))
  }

  /// Writes what the trips of one vehicle, driver or fleet come to.
  ///
  /// - Parameters:
  ///   - summary: the trips.
  ///   - key: the name of the id: `vehicle_id`, `driver_id` or `fleet`.
  ///   - id: the id.
  /// - Throws: `writeFailed`, also of records that were written before.
  public mutating func write(_ summary: ScoreSummary, key: String, id: String) throws(FormatError) {
    try write(ScoreRecord(summary, key: key, id: id))
  }

  private mutating func write(_ record: ScoreRecord) throws(FormatError) {
    if isCSV {
      if !hasHeader { appendLine(record.values.map { .text($0.0) }) }
      hasHeader = true
      appendLine(record.values.map(\.1))
    } else {
      EventText.appendObject(record.values, to: &sink.buffer)
      sink.buffer.append(UInt8(ascii: "\n"))
    }
    try sink.flushIfFull()
  }

  private mutating func appendLine(_ values: [EventValue]) {
    for (index, value) in values.enumerated() {
      if index > 0 { sink.buffer.append(UInt8(ascii: ",")) }
      EventText.appendCell(value, to: &sink.buffer)
    }
    sink.buffer.append(contentsOf: "\r\n".utf8)
  }
}
