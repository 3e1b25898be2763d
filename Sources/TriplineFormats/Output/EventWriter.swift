public import TriplineCore

/// Writes events as NDJSON, CSV or GeoJSON.
///
/// The keys, or columns, are those of `EventColumn`, in its order; an event has those that say something of it. Times are
/// ISO 8601 UTC with milliseconds; lengths of time are in seconds, other lengths in metres, speeds in metres a second,
/// places in WGS 84 degrees: the unit is in the name.
///
/// - `type`: fence, visit, route, stop, trip, rule or decision. `event`: of a fence start, enter, exit, end, cross; of a
///   stop provisional, confirmed, ended; of a rule start, enter, exit, dwell, end; of a decision what is told or pending.
///   `kind`: of a stop observed, silent, uncertain, data_gap, pause; of a decision inside, outside, undecided.
/// - `basis`: what brought a decision about: fix, passage, silence, start, fence_change, end. `stated_accuracy_m`: what the
///   fix states, `accuracy_taken_m`: what of it was taken off. `origin_fence_id`: of a route where it came from.
/// - `time` and `end_time`: of a fence event its instant, with an end only for a cross; of a visit, stop or trip its
///   start and end; of a rule when it became true, and `decided_time` when that was believed.
/// - `row`: 0-based row of the deciding fix in its track. `reason`: why a fence or a rule told of a change, and what came
///   of a decision.
///
/// - `revision`: only where late fixes revise what was told: retracted, what did not happen; replaced, what happened
///   otherwise, and right behind it the replacement; added, what had not been told. Missing of an event that is told for
///   the first time.
///
/// Coordinates are written so that they read back to the same value, metres and seconds with at most three decimals.
/// What is not known is `null`, or empty in CSV, never 0.
public struct EventWriter: ~Copyable {
  private let format: EventFormat
  private var sink: OutputSink
  private var record = EventRecord()
  private var hasBegun = false
  private var isFirst = true
  private let columns: ArraySlice<EventColumn>
  private let tellsRevisions: Bool

  /// Creates a writer, with a column for revisions or without; nothing is written yet.
  public init(_ format: EventFormat, to sink: consuming OutputSink, tellsRevisions: Bool = false) {
    self.tellsRevisions = tellsRevisions
    columns = EventColumn.allCases.dropLast(tellsRevisions ? 0 : 1)
    self.format = format
    self.sink = sink
  }

  /// Writes an event.
  ///
  /// - Throws: `writeFailed`, also of events that were written before and were waiting in the buffer.
  public mutating func write(_ event: Event, names: EventNames) throws(FormatError) {
    try write(event, names: names, revision: .missing)
  }

  /// Writes what a revision changes, event by event.
  ///
  /// - Precondition: the writer tells revisions.
  /// - Throws: as for an event.
  public mutating func write(_ revision: Revision, names: EventNames) throws(FormatError) {
    precondition(tellsRevisions, "the writer has no column for revisions")
    for change in revision.changes {
      switch change {
      case .retracted(let event): try write(event, names: names, revision: .text("retracted"))
      case .added(let event): try write(event, names: names, revision: .text("added"))
      case .replaced(let event, let replacement):
        try write(event, names: names, revision: .text("replaced"))
        try write(replacement, names: names, revision: .text("replacement"))
      }
    }
  }

  private mutating func write(_ event: Event, names: EventNames, revision: EventValue) throws(FormatError) {
    begin()
    record.fill(event, names: names, revision: tellsRevisions ? revision : nil)
    switch format {
    case .ndjson:
      EventText.appendObject(record, to: &sink.buffer)
      sink.buffer.append(UInt8(ascii: "\n"))
    case .csv:
      EventText.appendRow(record, columns: columns.count, to: &sink.buffer)
    case .geojson:
      sink.buffer.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
      EventText.appendFeature(record, to: &sink.buffer)
    }
    isFirst = false
    try sink.flushIfFull()
  }

  /// Hands everything written so far to the operating system.
  ///
  /// - Throws: `writeFailed`.
  public mutating func flush() throws(FormatError) { try sink.flush() }

  /// Completes the document, which is valid without any event too, and flushes it.
  ///
  /// - Throws: `writeFailed`.
  public consuming func finish() throws(FormatError) {
    begin()
    if format == .geojson { sink.buffer.append(contentsOf: "\n]}\n".utf8) }
    try sink.flush()
  }

  private mutating func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    switch format {
    case .ndjson: break
    case .csv: EventText.appendHeader(columns, to: &sink.buffer)
    case .geojson: sink.buffer.append(contentsOf: #"{"type":"FeatureCollection","features":["#.utf8)
    }
  }
}
