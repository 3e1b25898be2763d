import TriplineCore

/// One of several engines that share the tracks of a replay.
actor EngineShard {
  /// Events with the positions in the stream that put those of all shards in order.
  struct Result: Sendable {
    var events: [Event]
    var ordinals: [UInt32]
  }

  private var engine: Engine
  private var buffer = EventBuffer()
  private let number: UInt32
  private let count: UInt32

  /// The shard `number` of `count`.
  init(_ number: Int, of count: Int, fences: FenceSet, configuration: Engine.Configuration) {
    engine = Engine(fences: fences, configuration: configuration)
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

  /// All tracks are over.
  func finish() -> (result: Result, counts: GateCounts) {
    buffer.removeAll()
    engine.finish(into: &buffer)
    return (Result(events: buffer.events, ordinals: buffer.ordinals), engine.finishedCounts)
  }
}
