/// Follows vehicles for rules: fixes and changes with respect to fences in, what the listeners are to be told out.
///
/// A rule has a node for each fence that it was told a vehicle is inside of, or that something is pending with. As long
/// as a vehicle is far inside or far outside of everything, no fix costs more than a look at these.
struct RuleTracker: ~Copyable, Sendable {
  /// The end of a step, as far as rules look at it.
  struct Observation {
    var vehicle: UInt32
    var fixTime: Int64
    var coordinate: Coordinate
    /// Metres of accuracy, NaN where none is stated.
    var accuracy: Float
  }

  /// The conditions of each rule, apart from what would have to be counted as used for every fix.
  let conditions: [FenceConditions]
  private let selections: [FenceRule.Selection]
  /// For each rule whether it is about a fence; `nil` for all.
  private var selected: [Set<UInt32>?] = []
  private(set) var pool = RulePool()
  /// Accuracy in metres of fixes that state none.
  let assumedAccuracy: Double
  /// Whether what is made of each fix is recorded.
  private let recordsDecisions: Bool

  init(_ rules: [FenceRule], fences: FenceSet, assumedAccuracy: Double, recordsDecisions: Bool) {
    self.assumedAccuracy = assumedAccuracy
    self.recordsDecisions = recordsDecisions
    conditions = rules.map(\.conditions)
    selections = rules.map(\.fences)
    take(fences)
  }

  /// Is about the fences of another set from now on.
  mutating func take(_ fences: FenceSet) {
    selected = selections.map { selection in
      guard case .ids(let ids) = selection else { return nil }
      return Set(ids.compactMap { fences.index(of: $0) })
    }
  }

  var isEmpty: Bool { conditions.isEmpty }
  var ruleCount: Int { conditions.count }

  /// Takes a node as it was.
  mutating func insert(_ node: RuleNode, head: inout UInt32) { _ = pool.insert(node, head: &head) }

  /// Takes all nodes of a vehicle out.
  mutating func takeNodes(_ head: inout UInt32) -> [RuleNode] {
    var result: [RuleNode] = []
    while head != RulePool.none {
      result.append(pool[head])
      pool.remove(head, head: &head)
    }
    return result
  }

  func isAbout(_ rule: Int, _ fence: UInt32) -> Bool { selected[rule].map { $0.contains(fence) } ?? true }

  // MARK: Changes

  /// A change with respect to a fence, in the order of a step.
  mutating func note(
    _ kind: FenceEvent.Kind, of fence: UInt32, at time: Int64, _ place: Coordinate, until exitTime: Int64,
    _ exitPlace: Coordinate, _ seen: Observation, head: inout UInt32, events: inout EventBuffer
  ) {
    for rule in conditions.indices where isAbout(rule, fence) {
      switch kind {
      case .start: start(rule, fence, seen, &head, &events)
      case .enter: enter(rule, fence, time, place, seen, &head, &events)
      case .exit: exit(rule, fence, time, place, seen, &head, &events)
      case .cross:
        enter(rule, fence, time, place, seen, &head, &events)
        exit(rule, fence, exitTime, exitPlace, seen, &head, &events)
      case .end: break
      }
    }
  }

  mutating func start(
    _ rule: Int, _ fence: UInt32, _ seen: Observation, reason: FenceEvent.Reason = .moved, _ head: inout UInt32,
    _ events: inout EventBuffer
  ) {
    var node = RuleNode(rule: UInt32(rule), fence: fence)
    node.isInside = true
    node.isFixInside = true
    node.enterTime = seen.fixTime
    node.metTime = seen.fixTime
    node.metPlace = CompactCoordinate(seen.coordinate)
    let initial = conditions[rule].initialState
    node.isAnnounced = initial != .silent
    let index = pool.insert(node, head: &head)
    if initial != .silent {
      emit(
        initial == .state ? .start : .enter, pool[index], reason: reason, time: seen.fixTime, seen.coordinate, seen,
        &events)
    }
  }

  private mutating func enter(
    _ rule: Int, _ fence: UInt32, _ time: Int64, _ place: Coordinate, _ seen: Observation, _ head: inout UInt32,
    _ events: inout EventBuffer
  ) {
    var index = pool.find(rule: UInt32(rule), fence: fence, head: head)
    if index == RulePool.none { index = pool.insert(RuleNode(rule: UInt32(rule), fence: fence), head: &head) }
    settle(index, at: time, seen, bySilence: false, &events)
    meet(index, at: time, place, isInside: true)
  }

  /// The boundary is met. Where one fix beyond it would do, the way beyond it does, even if no fix follows there.
  private mutating func meet(_ index: UInt32, at time: Int64, _ place: Coordinate, isInside: Bool) {
    pool[index].isFixInside = isInside
    pool[index].metTime = time
    pool[index].metPlace = CompactCoordinate(place)
    let conditions = conditions[Int(pool[index].rule)]
    let threshold = isInside ? conditions.enter : conditions.exit
    pool[index].hasMet =
      pool[index].isInside != isInside && threshold.fixes == 1 && threshold.margin == 0
      && (isInside ? conditions.alongRoute == nil : conditions.accuracyCap == 0) && conditions.certainty == nil
  }

  private mutating func exit(
    _ rule: Int, _ fence: UInt32, _ time: Int64, _ place: Coordinate, _ seen: Observation, _ head: inout UInt32,
    _ events: inout EventBuffer
  ) {
    let index = pool.find(rule: UInt32(rule), fence: fence, head: head)
    guard index != RulePool.none else { return }
    // What had lasted long enough by then has been.
    settle(index, at: time, seen, bySilence: false, &events)
    dwell(index, at: time, place, seen, &events)
    meet(index, at: time, place, isInside: false)
  }

  // MARK: Fixes

  /// A fix, after its changes: how far it speaks for the changes that are pending.
  mutating func observe(_ seen: Observation, head: inout UInt32, in fences: FenceSet, events: inout EventBuffer) {
    var index = head
    while index != RulePool.none {
      let next = pool[index].next
      if isSettled(index) {
        index = next
        continue
      }
      weigh(index, seen, in: fences, &events)
      if pool[index].history == 0 && !pool[index].isInside && !pool[index].isFixInside {
        pool.remove(index, head: &head)
      }
      index = next
    }
  }

  /// Whether a fix without a change says nothing new: far inside, and nothing to wait for.
  @inline(__always)
  private func isSettled(_ index: UInt32) -> Bool {
    let node = pool[index]
    return node.isInside && node.isFixInside && node.history == 0
      && (node.hasDwelt || conditions[Int(node.rule)].dwell == nil)
  }

  private mutating func weigh(
    _ index: UInt32, _ seen: Observation, in fences: FenceSet, _ events: inout EventBuffer
  ) {
    pool[index].hasMet = false
    let node = pool[index]
    let isPending = node.isInside != node.isFixInside
    if !isPending && node.history == 0 {
      dwell(index, at: seen.fixTime, seen.coordinate, seen, &events)
      return
    }
    let evidence = isPending ? evidence(of: seen, for: node, in: fences) : RuleEvidence()
    let conditions = conditions[Int(node.rule)]
    let threshold = node.isInside ? conditions.exit : conditions.enter
    pool[index].history = (node.history << 1 | (evidence.counts ? 1 : 0)) & threshold.mask
    settle(index, at: seen.fixTime, seen, bySilence: false, by: evidence, &events)
    if recordsDecisions { record(evidence, seen, before: node, after: pool[index], &events) }
    dwell(index, at: seen.fixTime, seen.coordinate, seen, &events)
  }

  /// When what is pending with a node has lasted long enough, if enough fixes have counted, the last one too.
  ///
  /// It has lasted since the boundary was met last: a vehicle that comes back in between starts anew.
  private func due(_ node: RuleNode) -> Int64? {
    guard node.isInside != node.isFixInside, node.history & 1 != 0 || node.hasMet else { return nil }
    let conditions = conditions[Int(node.rule)]
    let threshold = node.isInside ? conditions.exit : conditions.enter
    guard max(node.history.nonzeroBitCount, node.hasMet ? 1 : 0) >= threshold.fixes else { return nil }
    return node.metTime + threshold.duration
  }

  /// When a stay that is not being left reaches the length asked for.
  private func dwellDue(_ node: RuleNode) -> Int64? {
    guard node.isInside, node.isFixInside, node.history == 0, node.isAnnounced, !node.hasDwelt,
      let dwell = conditions[Int(node.rule)].dwell
    else { return nil }
    return node.enterTime + dwell
  }

  /// Believes a pending change if it is due at an instant.
  private mutating func settle(
    _ index: UInt32, at time: Int64, _ seen: Observation, bySilence: Bool, by evidence: RuleEvidence = RuleEvidence(),
    _ events: inout EventBuffer
  ) {
    let node = pool[index]
    guard let due = due(node), due <= time else { return }
    pool[index].isInside.toggle()
    pool[index].history = 0
    pool[index].hasMet = false
    pool[index].hasDwelt = false
    pool[index].enterTime = node.metTime
    // Of a vehicle of which nothing has been told, nothing is told before it has left and comes back.
    pool[index].isAnnounced = true
    guard node.isAnnounced else { return }
    emit(
      node.isInside ? .exit : .enter, node, time: node.metTime, node.metPlace.coordinate, seen,
      decided: bySilence ? due : seen.fixTime, bySilence: bySilence, fixesFor: node.history.nonzeroBitCount,
      by: evidence,
      &events)
  }

  /// Tells of a stay that has reached the length asked for by an instant.
  private mutating func dwell(
    _ index: UInt32, at time: Int64, _ place: Coordinate, _ seen: Observation, bySilence: Bool = false,
    _ events: inout EventBuffer
  ) {
    let node = pool[index]
    guard let due = dwellDue(node), due <= time else { return }
    pool[index].hasDwelt = true
    emit(.dwell, node, time: due, place, seen, decided: bySilence ? due : seen.fixTime, bySilence: bySilence, &events)
  }

  // MARK: Silence and the end

  /// A vehicle has been silent too long for the way to its next fix to be known: what is pending goes on as it was, up
  /// to, but not at, an instant.
  mutating func wait(
    until time: Int64, _ seen: Observation, head: inout UInt32, events: inout EventBuffer
  ) {
    // In the order in which they come due, which does not depend on how far a watermark comes at a time.
    while let (index, due) = firstDue(head), due < time {
      settle(index, at: due, seen, bySilence: true, &events)
      dwell(index, at: due, seen.coordinate, seen, bySilence: true, &events)
    }
  }

  private func firstDue(_ head: UInt32) -> (index: UInt32, due: Int64)? {
    var first: (index: UInt32, due: Int64)?
    var index = head
    while index != RulePool.none {
      let node = pool[index]
      if let due = due(node) ?? dwellDue(node), due < first?.due ?? .max { first = (index, due) }
      index = node.next
    }
    return first
  }

  /// The track is over.
  mutating func finish(_ seen: Observation, head: inout UInt32, events: inout EventBuffer) {
    while head != RulePool.none {
      if pool[head].isInside && pool[head].isAnnounced {
        emit(.end, pool[head], time: seen.fixTime, seen.coordinate, seen, &events)
      }
      pool.remove(head, head: &head)
    }
  }

  func emit(
    _ kind: RuleEvent.Kind, _ node: RuleNode, reason: FenceEvent.Reason = .moved, time: Int64,
    _ coordinate: Coordinate, _ seen: Observation,
    decided: Int64? = nil, bySilence: Bool = false, fixesFor: Int = 0, by evidence: RuleEvidence = RuleEvidence(),
    _ events: inout EventBuffer
  ) {
    events.append(
      .rule(
        RuleEvent(
          kind: kind, reason: reason, rule: node.rule, vehicle: seen.vehicle, fence: node.fence, time: time,
          coordinate: coordinate,
          decidedTime: decided ?? seen.fixTime, isBySilence: bySilence, fixesFor: UInt8(fixesFor),
          distance: evidence.distance.map { Float($0) }, accuracy: evidence.accuracy,
          probability: evidence.probability.map { Float($0) })))
  }
}
