import TriplineCore

/// One of several engines that share the tracks of a replay.
actor EngineShard {
  /// Events with the positions in the stream that put those of all shards in order.
  struct Result: Sendable {
    var events: [Event]
    var ordinals: [UInt32]
    /// What late fixes have changed, one for each track at most, by track.
    var revisions: [Revision] = []
  }

  private var engine: Engine
  /// Takes the fixes in its place, where late ones revise what was told.
  private var revising: RevisingEngine?
  private var buffer = EventBuffer()
  private let number: UInt32
  private let count: UInt32

  /// The shard `number` of `count`. Fixes that are late by up to `revisionWindow` milliseconds revise what was told; with `nil` they
  /// are counted and change nothing.
  init(
    _ number: Int, of count: Int, fences: FenceSet, configuration: Engine.Configuration, revisionWindow: Int64? = nil
  ) {
    engine = Engine(fences: fences, configuration: configuration)
    if let revisionWindow {
      revising = RevisingEngine(fences: fences, configuration: configuration, window: revisionWindow)
    }
    self.number = UInt32(number)
    self.count = UInt32(count)
  }

  /// The shard `number` of `count` as it was when a snapshot was taken.
  init(
    _ number: Int, of count: Int, restoring snapshot: [UInt8], fences: FenceSet, configuration: Engine.Configuration
  ) throws(SnapshotError) {
    engine = try Engine(restoring: snapshot, fences: fences, configuration: configuration)
    self.number = UInt32(number)
    self.count = UInt32(count)
  }

  /// The state of its engine.
  func snapshot() -> [UInt8] { engine.snapshot() }

  /// Takes the fixes of its own tracks out of a batch.
  func process(_ fixes: [Fix]) -> Result {
    buffer.removeAll()
    if revising != nil { return revise(with: fixes) }
    var first = 0
    while first < fixes.count {
      // Rows of one track mostly follow one another: they go through in one piece.
      let isOwn = fixes[first].vehicle % count == number
      var end = first + 1
      while end < fixes.count, (fixes[end].vehicle % count == number) == isOwn { end += 1 }
      if isOwn { engine.process(fixes.span.extracting(first..<end), firstOrdinal: UInt32(first), into: &buffer) }
      first = end
    }
    return Result(events: buffer.events, ordinals: buffer.ordinals)
  }

  /// The same at once, whatever the number of shards: a track is revised once a batch.
  private func revise(with fixes: [Fix]) -> Result {
    let own = fixes.indices.filter { fixes[$0].vehicle % count == number }
    let ownFixes = own.map { fixes[$0] }
    var revisions: [Revision] = []
    revising?.process(ownFixes.span, into: &buffer, revisions: &revisions)
    return Result(
      events: buffer.events, ordinals: buffer.ordinals.map { UInt32(own[Int($0)]) }, revisions: revisions)
  }

  /// All tracks are over.
  func finish() -> (result: Result, counts: GateCounts) {
    buffer.removeAll()
    revising?.finish(into: &buffer)
    if let counts = revising?.finishedCounts {
      return (Result(events: buffer.events, ordinals: buffer.ordinals), counts)
    }
    engine.finish(into: &buffer)
    return (Result(events: buffer.events, ordinals: buffer.ordinals), engine.finishedCounts)
  }
}
