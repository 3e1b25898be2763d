/// An engine that late fixes do not pass by: what they change about the past is told as a revision.
///
/// Fixes within the reorder window are sorted in as by `Engine`. One that comes later, from a phone that uploads at
/// night, has to be weighed with what has been said since: the vehicle's last hours are run again with it in its place,
/// and what comes out otherwise than it was told is retracted, replaced or added. What has been said then, revised, is
/// what the same fixes in time would have made of it.
///
/// ```swift
/// var engine = RevisingEngine(fences: fences, window: 24 * 3_600_000)
/// engine.process(fixes.span, into: &events, revisions: &revisions)
/// ```
///
/// For that it keeps the fixes and events of `window` for each vehicle, some 60 bytes a fix, and a state every 256
/// fixes. They are in memory: after a restart from a snapshot, and after the fences have changed, the history begins
/// anew, and a fix older than that is counted as late and changes nothing.
public struct RevisingEngine: ~Copyable {
  private var engine: Engine
  /// Runs stretches of single vehicles again.
  private var workshop: Engine
  private var histories: [UInt32: VehicleHistory] = [:]
  private let window: Int64
  private var buffer = EventBuffer()

  /// Creates an engine that has seen nothing yet.
  ///
  /// - Parameters:
  ///   - fences: the fences.
  ///   - configuration: that of the engine; the policy has to be live.
  ///   - window: how much older than the newest fix of its vehicle a late one may be when it comes, in milliseconds.
  /// - Precondition: the policy is live, the configuration makes sense, and `window` is at most 366 days.
  public init(fences: FenceSet, configuration: Engine.Configuration = Engine.Configuration(), window: Int64) {
    precondition(configuration.policy == .live, "policies other than live sort nothing in")
    precondition((0...366 * 86_400_000).contains(window), "window must be between 0 and 366 days")
    engine = Engine(fences: fences, configuration: configuration)
    workshop = Engine(fences: fences, configuration: configuration)
    self.window = window
  }

  /// Goes on where a snapshot of this or of an `Engine` was taken.
  ///
  /// - Throws: `SnapshotError`, as `Engine` does.
  public init(
    restoring snapshot: [UInt8], fences: FenceSet, configuration: Engine.Configuration = Engine.Configuration(),
    window: Int64
  ) throws(SnapshotError) {
    self.init(fences: fences, configuration: configuration, window: window)
    engine = try Engine(restoring: snapshot, fences: fences, configuration: configuration)
  }

  /// The whole state but for the histories, as `Engine.snapshot()`.
  public borrowing func snapshot() -> [UInt8] { engine.snapshot() }

  /// What has become of a vehicle's fixes so far.
  public func counts(of vehicle: UInt32) -> GateCounts { engine.counts(of: vehicle) }

  /// The counts of all tracks that are over.
  public var finishedCounts: GateCounts { engine.finishedCounts }

  /// Takes fixes as `Engine.process` does; those that come late revise what was said.
  ///
  /// - Parameters:
  ///   - fixes: the fixes in the order of arrival.
  ///   - events: where what is told for the first time goes.
  ///   - revisions: where the revisions go, one a vehicle and call at most, by vehicle, after all events of the call.
  /// - Complexity: O(*n*), and for each vehicle with late fixes O(fixes since the oldest of them).
  public mutating func process(
    _ fixes: Span<Fix>, into events: inout EventBuffer, revisions: inout [Revision]
  ) {
    var late: [UInt32: [Fix]] = [:]
    for index in fixes.indices {
      let fix = fixes[index]
      let lateBefore = engine.lateCount(of: fix.vehicle)
      if histories[fix.vehicle]?.wantsCheckpoint ?? true {
        addCheckpoint(of: fix.vehicle, keeping: late[fix.vehicle]?.map(\.time).min())
      }
      let useless = engine.uselessCount(of: fix.vehicle)
      buffer.removeAll()
      engine.process(fixes.extracting(index..<(index + 1)), into: &buffer)
      if engine.lateCount(of: fix.vehicle) > lateBefore {
        let repaired = InputGate.repaired(fix)
        if isRevisable(repaired) { late[fix.vehicle, default: []].append(repaired) }
        continue
      }
      // What is nothing by itself would be nothing again.
      if engine.uselessCount(of: fix.vehicle) == useless {
        histories[fix.vehicle]?.add(fix, newest: engine.newestTime(of: fix.vehicle))
      }
      histories[fix.vehicle]?.add(buffer.events)
      events.append(buffer, ordinal: UInt32(truncatingIfNeeded: index))
    }
    for vehicle in late.keys.sorted() {
      if let revision = revise(vehicle, with: late[vehicle] ?? []) { revisions.append(revision) }
    }
  }

  /// Whether a late fix that has just come may revise something. What was before the fences changed was under other fences.
  private func isRevisable(_ fix: Fix) -> Bool {
    guard let newest = engine.newestTime(of: fix.vehicle) else { return false }
    return fix.time >= max(newest - window, engine.changeTime)
  }

  /// - Parameter time: the time of the oldest late fix for which the history is still needed.
  private mutating func addCheckpoint(of vehicle: UInt32, keeping time: Int64?) {
    let newest = engine.newestTime(of: vehicle)
    let checkpoint = VehicleHistory.Checkpoint(
      state: engine.state(of: vehicle), newest: newest, watermark: engine.watermark)
    if histories[vehicle] == nil {
      histories[vehicle] = VehicleHistory(checkpoint)
    } else {
      histories[vehicle]?.add(checkpoint)
      histories[vehicle]?.forget(before: min(newest.map { $0 - window } ?? .max, time ?? .max))
    }
  }

  /// Runs a vehicle's last hours again with late fixes in their places; `nil` where nothing comes out otherwise.
  private mutating func revise(_ vehicle: UInt32, with fixes: [Fix]) -> Revision? {
    var late = fixes.sorted { $0.time < $1.time }
    guard let rerun = histories[vehicle]?.cut(for: &late) else { return nil }
    workshop.begin(vehicle, from: rerun.checkpoint.state, asOf: engine)
    let base = workshop.vehicleCounts(of: vehicle)
    var told: [Event] = []
    for index in rerun.fixes.indices {
      if histories[vehicle]?.wantsCheckpoint == true {
        histories[vehicle]?.add(
          VehicleHistory.Checkpoint(state: workshop.state(of: vehicle), newest: workshop.newestTime(of: vehicle)))
      }
      let useless = workshop.uselessCount(of: vehicle)
      buffer.removeAll()
      workshop.process(rerun.fixes.span.extracting(index..<(index + 1)), into: &buffer)
      if workshop.uselessCount(of: vehicle) == useless {
        histories[vehicle]?.add(rerun.fixes[index], newest: workshop.newestTime(of: vehicle))
      }
      histories[vehicle]?.add(buffer.events)
      told += buffer.events
    }
    buffer.removeAll()
    workshop.advanceWatermark(to: engine.watermark, into: &buffer)
    histories[vehicle]?.add(buffer.events)
    told += buffer.events
    engine.take(vehicle, from: &workshop, since: base)
    let changes = Revision.changes(from: rerun.events, to: told)
    return changes.isEmpty ? nil : Revision(vehicle: vehicle, lateFixes: late, changes: changes)
  }

  /// Tells the engine that no fix older than `time` is to be expected in time; one that comes all the same is late.
  public mutating func advanceWatermark(to time: Int64, into events: inout EventBuffer) {
    buffer.removeAll()
    engine.advanceWatermark(to: time, into: &buffer)
    note(buffer.events)
    events.append(buffer)
  }

  private mutating func note(_ told: [Event]) {
    for event in told { histories[event.vehicle]?.add(CollectionOfOne(event)) }
  }

  /// Goes over to another set of fences as `Engine.replaceFences` does; what lies before that is not revised any more.
  public mutating func replaceFences(
    with fences: FenceSet, at time: Int64, closing: inout EventBuffer, into events: inout EventBuffer
  ) {
    engine.replaceFences(with: fences, at: time, closing: &closing, into: &events)
    workshop = Engine(fences: fences, configuration: engine.configuration)
    histories = [:]
  }

  /// Puts a vehicle into groups, as `Engine.assign`. What was before that is revised as if it had been in them.
  public mutating func assign(_ vehicle: UInt32, to groups: VehicleGroups) { engine.assign(vehicle, to: groups) }

  /// The fences that a vehicle is inside of, as `Engine.fences(holding:)`.
  public func fences(holding vehicle: UInt32) -> [UInt32] { engine.fences(holding: vehicle) }

  /// The track of a vehicle is over: it is forgotten, and nothing of it can be revised any more.
  ///
  /// - Returns: what became of its fixes.
  @discardableResult
  public mutating func finish(_ vehicle: UInt32, into events: inout EventBuffer) -> GateCounts {
    histories[vehicle] = nil
    return engine.finish(vehicle, into: &events)
  }

  /// All tracks are over; nothing of them can be revised any more.
  public mutating func finish(into events: inout EventBuffer) {
    engine.finish(into: &events)
    histories = [:]
  }
}
