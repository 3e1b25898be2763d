public import TriplineCore

/// Writes events as NDJSON, CSV or GeoJSON.
///
/// The keys, or columns, are in order: `type` (fence, visit, stop, trip), `event` (of a fence: start, enter, exit, end,
/// cross; of a stop: provisional, confirmed, ended), `kind` (of a stop: observed, silent, uncertain, data_gap, pause),
/// `track_id`, `vehicle_id`, `fence_id`, `time` and `end_time` (ISO 8601 UTC with milliseconds: of a fence event its
/// instant, with an end only for a cross; of a visit, stop or trip its start and end), `duration_s`, `latitude`,
/// `longitude`, `end_latitude`, `end_longitude` (WGS 84 degrees), `interpolated`, `previous_fix_time`, `fix_time`,
/// `row` (0-based row of the deciding fix in its track), `inside_at_start`, `inside_at_end`, `arrival_uncertainty_s`, `departure_uncertainty_s`, `radius_m`, `fixes`,
/// `shuffles`, `pauses`, `open_ended`, `stops`, `pass_through`, `distance_m`, `gap_distance_m`, `doppler_distance_m`,
/// `moving_s`, `stationary_s`, `stopped_s`, `gap_s`, `average_speed_mps`, `average_moving_speed_mps`, `maximum_speed_mps` and
/// `percentile95_speed_mps`. Coordinates are written so that they read back to the same value, metres and seconds with
/// at most three decimals. What is not known is `null`, or empty in CSV, never 0.
public struct EventWriter: ~Copyable {
  private let format: EventFormat
  private var sink: OutputSink
  private var record = EventRecord()
  private var hasBegun = false
  private var isFirst = true

  /// Creates a writer; nothing is written yet.
  public init(_ format: EventFormat, to sink: consuming OutputSink) {
    self.format = format
    self.sink = sink
  }

  /// Writes an event.
  ///
  /// - Throws: `writeFailed`, also of events that were written before and were waiting in the buffer.
  public mutating func write(_ event: Event, names: EventNames) throws(FormatError) {
    begin()
    record.fill(event, names: names)
    switch format {
    case .ndjson:
      EventText.appendObject(record, to: &sink.buffer)
      sink.buffer.append(UInt8(ascii: "\n"))
    case .csv:
      EventText.appendRow(record, to: &sink.buffer)
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
    case .csv: EventText.appendHeader(to: &sink.buffer)
    case .geojson: sink.buffer.append(contentsOf: #"{"type":"FeatureCollection","features":["#.utf8)
    }
  }
}
