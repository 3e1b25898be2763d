public import TriplineCore

/// Writes the fence events of the sampled policy as CSV: `track_id,index,time,event,fence_id`, track by track.
///
/// `index` is the 0-based row of the fix in its track. Events are kept until `finish`, since the rows of several tracks
/// may be mixed; they come out in the order of the tracks and, within one, of the fixes.
public struct SampledEventWriter: ~Copyable {
  private var sink: OutputSink
  private var events: [FenceEvent] = []

  /// Creates a writer; nothing is written yet.
  public init(to sink: consuming OutputSink) { self.sink = sink }

  /// Takes events; what is no fence event is left out.
  public mutating func append(_ new: [Event]) {
    for case .fence(let event) in new { events.append(event) }
  }

  /// Writes the table.
  ///
  /// - Throws: `writeFailed`.
  public consuming func finish(names: EventNames) throws(FormatError) {
    try sink.write("track_id,index,time,event,fence_id\n")
    let order = events.indices.sorted { (events[$0].vehicle, $0) < (events[$1].vehicle, $1) }
    for index in order {
      let event = events[index]
      EventText.appendCSV(names.tracks[Int(event.vehicle)].trackID, to: &sink.buffer)
      sink.buffer.append(contentsOf: ",\(event.sequence),\(Timestamp.text(event.time) ?? ""),\(event.kind),".utf8)
      EventText.appendCSV(names.fenceIDs[Int(event.fence)], to: &sink.buffer)
      sink.buffer.append(UInt8(ascii: "\n"))
      try sink.flushIfFull()
    }
    try sink.flush()
  }
}
