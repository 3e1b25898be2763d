public import TriplineCore

/// Reads recorded tracks and sums up each of them.
public struct TrackSummaries: Sendable {
  /// The tracks in the order of their first rows.
  public private(set) var tracks: [TrackTable.Track] = []
  /// What each track is like before anything is done to it.
  public private(set) var summaries: [TrackSummary] = []
  /// What the input gate made of the fixes of each.
  public private(set) var counts: [GateCounts] = []
  /// What reading came to.
  public private(set) var report = ReadReport()
  /// Inputs that could not be read, or not to their end.
  public private(set) var failures: [FormatError] = []

  /// Reads all inputs.
  ///
  /// - Parameters:
  ///   - inputs: the inputs, in order. A track that goes on in a later one stays one track.
  ///   - format: their format; `nil` where each tells its own.
  ///   - configuration: the gate whose counts are wanted.
  ///   - progress: called after each batch.
  public init(
    of inputs: [InputFile], format: TrackFormat? = nil,
    configuration: Engine.Configuration = Engine.Configuration(), progress: (Replay.Progress) -> Void = { _ in }
  ) {
    var problems: [FenceError] = []
    var engine = Engine(fences: FenceSet([], problems: &problems), configuration: configuration)
    var events = EventBuffer()
    var summaries: [TrackSummary] = []
    let read = TrackInputs(reading: inputs, format: format, progress: progress) { batch, tracks in
      while summaries.count < tracks.count { summaries.append(TrackSummary()) }
      for fix in batch { summaries[Int(fix.vehicle)].add(fix) }
      engine.process(batch.span, into: &events)
      events.removeAll()
    }
    self.summaries = summaries
    (report, failures) = (read.report, read.failures)
    tracks = read.tracks.tracks
    counts = tracks.indices.map { engine.finish(UInt32($0), into: &events) }
  }
}
