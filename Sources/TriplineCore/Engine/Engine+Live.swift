/// What a live feed asks for, whose vehicles send at their own pace and are out of reach now and then.
extension Engine {
  /// Decides on the fixes of a vehicle that wait and are older than a time, in milliseconds UTC, without waiting for earlier ones
  /// any longer. Earlier ones that come all the same are late.
  public mutating func release(_ vehicle: UInt32, before time: Int64, into events: inout EventBuffer) {
    guard let slot = slot(ifKnown: vehicle) else { return }
    events.ordinal = vehicle
    pipeline.release(&states[slot], before: time, &events)
  }

  /// Tells rules that no fix has come from before a time, in milliseconds UTC, of vehicles that are silent until then: a stay
  /// reaches its length and an exit lasts, as if a watermark had come. Vehicles leave fences whose time is over by then, and do not come
  /// back to them with earlier fixes that come later. What waits to be sorted in is no silence.
  ///
  /// Unlike with a watermark, fixes from before that time are welcome when they come after all: what they make of the past is told
  /// from there on, and nothing is taken back.
  /// - Complexity: O(vehicles).
  public mutating func decideSilence(until time: Int64, into events: inout EventBuffer) {
    let time = min(max(time, InputGate.times.lowerBound), InputGate.times.upperBound)
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      events.ordinal = UInt32(vehicle)
      pipeline.decideSilence(until: time, &states[Int(slots[vehicle])], &events)
    }
  }

  /// The time of the newest fix of a vehicle that was accepted or may still be, in milliseconds UTC: what is newer has not come
  /// yet, or came to nothing. `nil` before any.
  public func lastTime(of vehicle: UInt32) -> Int64? {
    slot(ifKnown: vehicle).flatMap { pipeline.lastTime(of: states[$0]) }
  }

  /// Where a vehicle stands, as far as the fixes that have been decided on say; `nil` on the way, and where no trips
  /// are detected.
  public func standing(of vehicle: UInt32) -> Standing? {
    slot(ifKnown: vehicle).flatMap { pipeline.standing(of: states[$0]) }
  }

  /// What rules have seen of a vehicle and do not believe yet, by rule and fence.
  public func pending(of vehicle: UInt32) -> [RulePending] {
    slot(ifKnown: vehicle).map {
      pipeline.rules.pending(states[$0].fences.firstRuleNode, at: states[$0].last.coordinate)
    } ?? []
  }

  /// Has another reorder window from now on, in milliseconds: see `GateParameters.reorderWindow`.
  ///
  /// - Precondition: it is between 0 and 366 days.
  public mutating func setReorderWindow(_ window: Int64) { pipeline.setReorderWindow(window) }

  /// Goes over to other rules, between two batches. A rule that is there before and after, with the same id and the same
  /// conditions, goes on with all it knows; of others nothing more is told. What a vehicle is inside of is a state for a new rule, a
  /// `start` (`ruleAdded`), and no entry.
  ///
  /// - Parameters:
  ///   - rules: the rules from now on.
  ///   - ids: rules whose listeners know nothing of the dwells that were told: a stay that goes on, and is long enough, is told to them
  ///     again.
  ///   - events: where the events go.
  /// - Complexity: O(vehicles).
  public mutating func replaceRules(
    with rules: [FenceRule], retellingDwellsOf ids: Set<String> = [], into events: inout EventBuffer
  ) {
    let before = configuration.rules
    pipeline.take(rules)
    let retold = Set(rules.indices.filter { ids.contains(rules[$0].id) }.map { UInt32($0) })
    let places = before.map { rule in rules.firstIndex(of: rule).map { UInt32($0) } }
    for vehicle in slots.indices where slots[vehicle] != Engine.noSlot {
      events.ordinal = UInt32(vehicle)
      pipeline.settle(places: places, retold: retold, &states[Int(slots[vehicle])], &events)
    }
  }
}

extension Engine {
  /// Whether the way to each fix is told just now, of an engine whose configuration has `reportsTravel`: for whom nobody listens for a
  /// while, it is one event a fix for nothing. No part of a snapshot; nothing that is told later depends on it.
  package var tellsTravel: Bool {
    get { pipeline.tellsTravel }
    set { pipeline.tellsTravel = newValue && configuration.reportsTravel }
  }

  /// A fix that came to nothing.
  public struct Rejection: Sendable, BitwiseCopyable, Equatable {
    /// Why.
    public var reason: RejectionReason
    /// Its time, in milliseconds UTC.
    public var time: Int64
  }

  /// The fix that came to nothing since this was asked last, the last one where there were several; `nil` where none did.
  public mutating func takeRejection() -> Rejection? {
    defer { pipeline.lastRejection = nil }
    return pipeline.lastRejection
  }
}
