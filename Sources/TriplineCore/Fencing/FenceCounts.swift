/// What the fences have cost an engine since it was created: for metrics. Not part of its state; a snapshot has none.
public struct FenceCounts: Sendable, BitwiseCopyable, Equatable {
  /// Steps whose end was looked up.
  public internal(set) var lookups = 0
  /// Steps that the cells of their ends did not settle, so that boundaries on the way were looked for.
  public internal(set) var searches = 0
  /// Places where steps met boundaries: what was found to be a candidate for a change.
  public internal(set) var contacts = 0
  /// Positions too near an edge for the index, which were decided by the exact shapes.
  public internal(set) var exactTests = 0
  /// Changes that came of it: entries, exits and crossings.
  public internal(set) var changes = 0
}

extension Engine {
  /// What the fences have cost so far.
  public var fenceCounts: FenceCounts {
    var counts = pipeline.tracker.counts
    counts.exactTests = pipeline.tracker.inside.exactCount
    return counts
  }
}
