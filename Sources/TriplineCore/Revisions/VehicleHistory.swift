/// The last hours of one vehicle: the fixes as they arrived, what was said of them, and states from which they can be
/// run again.
struct VehicleHistory: Sendable {
  /// A state of the vehicle, before any of the fixes that follow it.
  private struct Checkpoint: Sendable {
    /// The state; `nil` before the first fix of the vehicle.
    var state: [UInt8]?
    /// Where the fixes and the events begin that follow.
    var fix: Int
    var event: Int
  }

  /// Fixes between two checkpoints: what has to be run again at most beside what is late.
  private static let spacing = 256

  private var fixes: [Fix] = []
  private var events: [Event] = []
  private var checkpoints: [Checkpoint]

  /// A history that begins with a state.
  init(state: [UInt8]?) { checkpoints = [Checkpoint(state: state, fix: 0, event: 0)] }

  /// Whether the next fix wants a checkpoint before it.
  var wantsCheckpoint: Bool { fixes.count - checkpoints[checkpoints.count - 1].fix >= Self.spacing }

  mutating func addCheckpoint(_ state: [UInt8]?) {
    checkpoints.append(Checkpoint(state: state, fix: fixes.count, event: events.count))
  }

  /// A fix that was not late, with what was said of it.
  mutating func add(_ fix: Fix, _ told: some Sequence<Event>) {
    fixes.append(fix)
    events.append(contentsOf: told)
  }

  /// What a watermark has brought about.
  mutating func add(_ told: some Sequence<Event>) { events.append(contentsOf: told) }

  /// Forgets what is older than a time, as far as there is a state behind it.
  mutating func forget(before time: Int64) {
    var kept = 0
    while kept + 1 < checkpoints.count, fixes[..<checkpoints[kept + 1].fix].allSatisfy({ $0.time < time }) { kept += 1 }
    guard kept > 0 else { return }
    let (fix, event) = (checkpoints[kept].fix, checkpoints[kept].event)
    fixes.removeFirst(fix)
    events.removeFirst(event)
    checkpoints.removeFirst(kept)
    for index in checkpoints.indices {
      checkpoints[index].fix -= fix
      checkpoints[index].event -= event
    }
  }

  /// The state to begin with, the fixes to run from there, and the events that were told from there on.
  struct Rerun {
    var state: [UInt8]?
    var fixes: [Fix]
    var events: ArraySlice<Event>
    fileprivate var checkpoint: Int
  }

  /// Puts late fixes where they belong, each before the first one that is later.
  ///
  /// - Returns: what to run again; `nil` where all of them are older than the history. Those that are, are left out of
  ///   `late`.
  mutating func insert(_ late: inout [Fix]) -> Rerun? {
    late.sort { $0.time < $1.time }
    let isWhole = checkpoints[0].state == nil
    // Before the first fix that is kept the state may have seen later ones.
    if !isWhole { late.removeAll { fix in fixes.first.map { fix.time < $0.time } ?? true } }
    guard let first = late.first else { return nil }
    let start = fixes.firstIndex { $0.time > first.time } ?? fixes.count
    let checkpoint = checkpoints.lastIndex { $0.fix <= start } ?? 0
    var merged: [Fix] = []
    merged.reserveCapacity(fixes.count - start + late.count)
    var next = 0
    for fix in fixes[start...] {
      while next < late.count, late[next].time < fix.time {
        merged.append(late[next])
        next += 1
      }
      merged.append(fix)
    }
    merged.append(contentsOf: late[next...])
    fixes.replaceSubrange(start..., with: merged)
    let point = checkpoints[checkpoint]
    return Rerun(
      state: point.state, fixes: Array(fixes[point.fix...]), events: events[point.event...], checkpoint: checkpoint)
  }

  /// Takes what running again has told in place of what was told before.
  mutating func finish(_ rerun: Rerun, events told: [Event]) {
    events.replaceSubrange(checkpoints[rerun.checkpoint].event..., with: told)
    checkpoints.removeSubrange((rerun.checkpoint + 1)...)
  }
}
