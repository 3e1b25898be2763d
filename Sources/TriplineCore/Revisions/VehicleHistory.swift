/// The last hours of one vehicle: the fixes as they arrived, what was said of them, and states from which they can be
/// run again.
struct VehicleHistory: Sendable {
  /// A state of the vehicle, before any of the fixes that follow it.
  struct Checkpoint: Sendable {
    /// The state; `nil` before the first fix of the vehicle.
    var state: [UInt8]?
    /// The newest time seen by then: an older fix would be late there.
    var newest = Int64.min
    /// The watermark by then: what silence up to it has decided is in the state.
    var watermark = Int64.min
    /// Where the fixes and the events begin that follow.
    fileprivate var fix = 0
    fileprivate var event = 0

    init(state: [UInt8]?, newest: Int64? = nil, watermark: Int64 = .min) {
      self.state = state
      self.newest = newest ?? .min
      self.watermark = watermark
    }

    /// Whether a fix of a time can be run in its place from here.
    fileprivate func precedes(_ time: Int64) -> Bool { state == nil || (newest <= time && watermark <= time) }
  }

  /// A fix, and the newest time seen once it had arrived.
  private struct Entry: Sendable {
    var fix: Fix
    var newest: Int64
  }

  /// Fixes between two checkpoints: what has to be run again at most beside what is late.
  private static let spacing = 256

  private var entries: [Entry] = []
  private var events: [Event] = []
  private var checkpoints: [Checkpoint]

  /// A history that begins with a state.
  init(_ first: Checkpoint) { checkpoints = [first] }

  /// Whether the next fix wants a checkpoint before it.
  var wantsCheckpoint: Bool { entries.count - checkpoints[checkpoints.count - 1].fix >= Self.spacing }

  mutating func add(_ checkpoint: Checkpoint) {
    var checkpoint = checkpoint
    checkpoint.fix = entries.count
    checkpoint.event = events.count
    checkpoints.append(checkpoint)
  }

  /// A fix that has arrived; `newest` is the newest time seen then.
  mutating func add(_ fix: Fix, newest: Int64?) { entries.append(Entry(fix: fix, newest: newest ?? .min)) }

  /// What was said since the last fix.
  mutating func add(_ told: some Sequence<Event>) { events.append(contentsOf: told) }

  /// Forgets what no fix of a time or later has to be run again from.
  mutating func forget(before time: Int64) {
    guard let kept = checkpoints.lastIndex(where: { $0.precedes(time) && $0.state != nil }), kept > 0 else { return }
    let (fix, event) = (checkpoints[kept].fix, checkpoints[kept].event)
    entries.removeFirst(fix)
    events.removeFirst(event)
    checkpoints.removeFirst(kept)
    for index in checkpoints.indices {
      checkpoints[index].fix -= fix
      checkpoints[index].event -= event
    }
  }

  /// What to run again: a state, the fixes from there on, and the events that were told from there on.
  struct Rerun {
    var checkpoint: Checkpoint
    var fixes: [Fix]
    var events: [Event]
  }

  /// Cuts off what late fixes, by time, may change, with each of them put before the first fix that made it late. What is
  /// run again is then added anew.
  ///
  /// - Returns: `nil` where all of them are older than the history. Those that are, are left out of `late`.
  mutating func cut(for late: inout [Fix]) -> Rerun? {
    late.removeAll { !checkpoints[0].precedes($0.time) }
    guard let first = late.first else { return nil }
    // The newest time never goes back.
    func place(of time: Int64) -> Int { entries.firstIndex { $0.newest > time } ?? entries.count }
    let start = place(of: first.time)
    guard let index = checkpoints.lastIndex(where: { $0.fix <= start && $0.precedes(first.time) }) else { return nil }
    let checkpoint = checkpoints[index]
    var fixes: [Fix] = []
    fixes.reserveCapacity(entries.count - checkpoint.fix + late.count)
    var next = 0
    for entry in entries[checkpoint.fix...] {
      while next < late.count, entry.newest > late[next].time {
        fixes.append(late[next])
        next += 1
      }
      fixes.append(entry.fix)
    }
    fixes.append(contentsOf: late[next...])
    let rerun = Rerun(checkpoint: checkpoint, fixes: fixes, events: Array(events[checkpoint.event...]))
    entries.removeSubrange(checkpoint.fix...)
    events.removeSubrange(checkpoint.event...)
    checkpoints.removeSubrange((index + 1)...)
    return rerun
  }
}
