import Foundation
public import TriplineCore

/// Runs recorded tracks through the engine on all cores.
///
/// The inputs are read in their order; while one batch is decoded, the batch before it goes through several engines,
/// each of which owns a share of the tracks. Events come out in the order of the fixes that brought them about,
/// whatever the number of engines; those that a track's end brings about come last, in the order of the tracks.
public struct Replay: Sendable {
  /// What a replay came to.
  public struct Summary: Sendable {
    /// What reading came to.
    public internal(set) var report = ReadReport()
    /// Inputs that could not be read, or not to their end.
    public internal(set) var failures: [FormatError] = []
    /// What became of the fixes.
    public internal(set) var counts = GateCounts()
    /// All tracks by index.
    public internal(set) var tracks: [TrackTable.Track] = []
  }

  /// How far a replay is.
  public struct Progress: Sendable {
    /// Fixes read so far.
    public var fixes: Int
    /// 1-based number of the input being read.
    public var input: Int
    /// How much of it has been read, from 0 to 1; `nil` where its size is not known.
    public var portion: Double?

    /// Creates a state of things.
    public init(fixes: Int, input: Int, portion: Double?) {
      self.fixes = fixes
      self.input = input
      self.portion = portion
    }
  }

  /// Where a replay is between two batches: what it takes to go on from there as if nothing had been.
  public struct Checkpoint: Codable, Sendable {
    var position: TrackDecoder.Position
    var engines: [Data]
    var fixes: Int
  }

  private let fences: FenceSet
  private let configuration: Engine.Configuration
  private let jobs: Int
  private let revisionWindow: Int64?

  /// Creates a replay.
  ///
  /// - Parameters:
  ///   - fences: the fences.
  ///   - configuration: that of the engines.
  ///   - jobs: the number of engines that share the tracks.
  ///   - revisionWindow: how late a fix may be, in milliseconds, to revise what was told of its track, as by
  ///     `RevisingEngine`; with `nil` a late fix is counted and changes nothing. There are no checkpoints of revisions.
  /// - Precondition: with a `revisionWindow` the policy is live; the window is at most 366 days.
  public init(
    fences: FenceSet, configuration: Engine.Configuration = Engine.Configuration(), jobs: Int,
    revisionWindow: Int64? = nil
  ) {
    self.fences = fences
    self.revisionWindow = revisionWindow
    self.configuration = configuration
    self.jobs = max(1, jobs)
  }

  /// Reads all inputs and hands out the events, batch by batch.
  ///
  /// - Parameters:
  ///   - inputs: the inputs, in order. A track that goes on in a later one stays one track.
  ///   - format: their format; `nil` where each tells its own.
  ///   - checkpoint: where to go on, with the same inputs, fences, configuration and number of engines.
  ///   - interval: fixes from one checkpoint to the next.
  ///   - save: takes a checkpoint, at which all events so far have been handed out.
  ///   - progress: called after each batch.
  ///   - revise: takes what late fixes have changed, behind the events that came with them.
  ///   - write: takes the next events, and all tracks known so far by index.
  /// - Precondition: there is no `revisionWindow`, or no checkpoint is asked for or given.
  /// - Throws: what `write` and `save` throw, and `SnapshotError` where the checkpoint does not belong to this replay. Bad
  ///   rows and unreadable inputs are in the summary.
  public func run(
    _ inputs: [InputFile], format: TrackFormat? = nil, from checkpoint: Checkpoint? = nil, every interval: Int = .max,
    save: (Checkpoint) throws -> Void = { _ in }, progress: (Progress) -> Void = { _ in },
    revise: ([Revision], [TrackTable.Track]) throws -> Void = { _, _ in },
    write: ([Event], [TrackTable.Track]) throws -> Void
  ) async throws -> Summary {
    precondition(
      revisionWindow == nil || (checkpoint == nil && interval == .max), "there are no checkpoints of revisions")
    let decoder = TrackDecoder(inputs, format: format, from: checkpoint?.position ?? TrackDecoder.Position())
    let shards = try shards(from: checkpoint)
    var summary = Summary()
    var fixes = checkpoint?.fixes ?? 0
    var nextCheckpoint = fixes.addingReportingOverflow(interval)
    var batch = await decoder.next()
    while let current = batch {
      async let following = decoder.next()
      let results = await Self.process(current.fixes, on: shards)
      let events = Self.merged(results)
      summary.tracks.append(contentsOf: current.newTracks)
      fixes += current.fixes.count
      if !events.isEmpty { try write(events, summary.tracks) }
      let revisions = results.flatMap(\.revisions).sorted { $0.vehicle < $1.vehicle }
      if !revisions.isEmpty { try revise(revisions, summary.tracks) }
      progress(Progress(fixes: fixes, input: current.input + 1, portion: current.portion))
      if !nextCheckpoint.overflow && fixes >= nextCheckpoint.partialValue {
        var engines: [Data] = []
        for shard in shards { engines.append(Data(await shard.snapshot())) }
        try save(Checkpoint(position: current.position, engines: engines, fixes: fixes))
        nextCheckpoint = fixes.addingReportingOverflow(interval)
      }
      batch = await following
    }
    // A run that goes on at the end of the last input gets no batch of it.
    summary.tracks = await decoder.allTracks
    var endings: [EngineShard.Result] = []
    for shard in shards {
      let (result, counts) = await shard.finish()
      endings.append(result)
      summary.counts.add(counts)
    }
    let last = Self.merged(endings)
    if !last.isEmpty { try write(last, summary.tracks) }
    summary.report = await decoder.report
    summary.failures = await decoder.failures
    return summary
  }

  private func shards(from checkpoint: Checkpoint?) throws(SnapshotError) -> [EngineShard] {
    guard let checkpoint else {
      return (0..<jobs).map {
        EngineShard($0, of: jobs, fences: fences, configuration: configuration, revisionWindow: revisionWindow)
      }
    }
    guard checkpoint.engines.count == jobs else { throw .otherConfiguration }
    var shards: [EngineShard] = []
    for (number, snapshot) in checkpoint.engines.enumerated() {
      shards.append(
        try EngineShard(
          number, of: jobs, restoring: Array(snapshot), fences: fences, configuration: configuration))
    }
    return shards
  }

  private static func process(_ fixes: [Fix], on shards: [EngineShard]) async -> [EngineShard.Result] {
    if shards.count == 1 { return [await shards[0].process(fixes)] }
    return await withTaskGroup(of: EngineShard.Result.self) { group in
      for shard in shards { group.addTask { await shard.process(fixes) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  /// The events of all shards in the order of the stream. No two shards have an event of one ordinal.
  private static func merged(_ results: [EngineShard.Result]) -> [Event] {
    if results.count == 1 { return results[0].events }
    var positions = Array(repeating: 0, count: results.count)
    var events: [Event] = []
    events.reserveCapacity(results.reduce(0) { $0 + $1.events.count })
    while true {
      var best: Int?
      for (shard, result) in results.enumerated() where positions[shard] < result.events.count {
        if let chosen = best, results[chosen].ordinals[positions[chosen]] <= result.ordinals[positions[shard]] {
          continue
        }
        best = shard
      }
      guard let best else { return events }
      events.append(results[best].events[positions[best]])
      positions[best] += 1
    }
  }
}
