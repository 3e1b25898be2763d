/// Follows vehicles for rules: fixes and changes with respect to fences in, what the listeners are to be told out.
///
/// A rule has a node for each fence that it was told a vehicle is inside of, or that something is pending with. As long
/// as a vehicle is far inside or far outside of everything, no fix costs more than a look at these.
struct RuleTracker: ~Copyable, Sendable {
  /// A fix, as far as rules look at it.
  struct Observation {
    var vehicle: UInt32
    var fixTime: Int64
    /// Time and place of the fix before, where there is a way from there.
    var previousFixTime = Int64.max
    var previousCoordinate = Coordinate(latitude: .nan, longitude: .nan)
    var coordinate: Coordinate
    /// Metres of accuracy, NaN where none is stated.
    var accuracy: Float
  }

  /// The conditions of each rule, apart from what would have to be counted as used for every fix.
  private(set) var conditions: [FenceConditions]
  /// The same as far as each fix asks for it.
  private(set) var terms = GrowingBuffer<RuleTerms>()
  private(set) var selections: [FenceRule.Selection]
  private(set) var fences: FenceSet
  private var groups: [VehicleGroups?]
  /// For each rule the fences it names by their ids.
  private var named: [Set<UInt32>] = []
  /// The groups of each vehicle that is in any.
  private var memberships: [UInt32: VehicleGroups] = [:]
  var pool = RulePool()
  /// Accuracy in metres of fixes that state none.
  let assumedAccuracy: Double
  /// Whether what is made of each fix is recorded.
  let recordsDecisions: Bool
  /// Milliseconds of silence from which on something of some rule goes on as it was.
  private(set) var shortestSilence: Int64
  /// Metres a second up to which every rule takes the way between two fixes as a straight line.
  private(set) var smallestSpeedLimit: Double
  let longestInference: Int64

  init(_ rules: [FenceRule], fences: FenceSet, _ configuration: Engine.Configuration) {
    assumedAccuracy = Double(configuration.gate.assumedAccuracy)
    recordsDecisions = configuration.recordsDecisions
    longestInference = configuration.longestInference
    (conditions, selections, groups) = ([], [], [])
    (shortestSilence, smallestSpeedLimit) = (0, 0)
    self.fences = fences
    replaceRules(with: rules, configuration)
  }

  /// Is about other rules from now on; what is known of vehicles has to be settled with them.
  mutating func replaceRules(with rules: [FenceRule], _ configuration: Engine.Configuration) {
    conditions = rules.map(\.conditions)
    terms.removeAll()
    for conditions in conditions { terms.append(RuleTerms(conditions, postponesFixes: !recordsDecisions)) }
    selections = rules.map(\.fences)
    groups = rules.map(\.vehicles)
    shortestSilence = conditions.compactMap(\.longestInference).reduce(configuration.longestInference, min)
    smallestSpeedLimit = conditions.compactMap(\.largestInferredSpeed).min() ?? .infinity
    take(fences)
  }

  /// Is about the fences of another set from now on.
  mutating func take(_ fences: FenceSet) {
    self.fences = fences
    named = selections.map { selection in
      guard case .ids(let ids) = selection else { return [] }
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

  /// All vehicles that are in any group, by index.
  var groupMembers: [(vehicle: UInt32, groups: VehicleGroups)] {
    memberships.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Takes all vehicles out of their groups.
  mutating func clearGroups() { memberships = [:] }

  /// The groups that a vehicle is in.
  subscript(groupsOf vehicle: UInt32) -> VehicleGroups {
    get { memberships[vehicle] ?? [] }
    set { memberships[vehicle] = newValue.isEmpty ? nil : newValue }
  }

  func isAbout(_ rule: Int, _ fence: UInt32, _ vehicle: UInt32) -> Bool {
    if let groups = groups[rule], groups.isDisjoint(with: self[groupsOf: vehicle]) { return false }
    return switch selections[rule] {
    case .all: true
    case .ids: named[rule].contains(fence)
    case .tags(let tags): !tags.isDisjoint(with: fences.tags(of: fence))
    }
  }

  // MARK: Changes

  /// The first fix of a vehicle lies inside of a fence.
  mutating func start(_ fence: UInt32, _ seen: Observation, head: inout UInt32, events: inout EventBuffer) {
    for rule in conditions.indices where isAbout(rule, fence, seen.vehicle) { start(rule, fence, seen, &head, &events) }
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
    let basis: RuleDecision.Basis = reason == .moved ? .start : .fenceChange
    if initial == .silent {
      record(.start, of: pool[index], basis: basis, at: seen.fixTime, seen, &events)
    } else {
      emit(
        initial == .state ? .start : .enter, pool[index], reason: reason, basis: basis, time: seen.fixTime,
        seen.coordinate, seen, &events)
    }
  }

  mutating func enter(
    _ rule: Int, _ fence: UInt32, _ time: Int64, _ place: Coordinate, _ seen: Observation, isWayKnown: Bool,
    _ head: inout UInt32, _ events: inout EventBuffer
  ) {
    var index = pool.find(rule: UInt32(rule), fence: fence, head: head)
    if index == RulePool.none { index = pool.insert(RuleNode(rule: UInt32(rule), fence: fence), head: &head) }
    conclude(index, at: time, place, seen, isWayKnown: isWayKnown, &events)
    if isOver(index, seen.vehicle) { return pool.remove(index, head: &head) }
    meet(index, at: time, place, isInside: true)
  }

  /// The boundary is met. Where one fix beyond it would do, the way beyond it does, even if no fix follows there.
  private mutating func meet(_ index: UInt32, at time: Int64, _ place: Coordinate, isInside: Bool) {
    pool[index].isFixInside = isInside
    pool[index].metTime = time
    pool[index].metPlace = CompactCoordinate(place)
    let rule = Int(pool[index].rule)
    let side = terms[rule].side(isInside: !isInside)
    pool[index].hasMet =
      pool[index].isInside != isInside && side.fixes == 1 && side.margin == 0
      && (isInside ? conditions[rule].alongRoute == nil : conditions[rule].accuracyCap == 0)
      && conditions[rule].certainty == nil
  }

  mutating func exit(
    _ rule: Int, _ fence: UInt32, _ time: Int64, _ place: Coordinate, _ seen: Observation, isWayKnown: Bool,
    _ head: inout UInt32, _ events: inout EventBuffer
  ) {
    let index = pool.find(rule: UInt32(rule), fence: fence, head: head)
    guard index != RulePool.none else { return }
    conclude(index, at: time, place, seen, isWayKnown: isWayKnown, &events)
    dwell(index, at: time, place, seen, basis: .passage, &events)
    meet(index, at: time, place, isInside: false)
  }

  /// Whether nothing has been told of a vehicle that has left the groups of a rule: then nothing more is.
  private func isOver(_ index: UInt32, _ vehicle: UInt32) -> Bool {
    !pool[index].isInside && !isAbout(Int(pool[index].rule), pool[index].fence, vehicle)
  }

  /// The boundary is met again: what is pending has lasted long enough by then, or is over.
  private mutating func conclude(
    _ index: UInt32, at time: Int64, _ place: Coordinate, _ seen: Observation, isWayKnown: Bool,
    _ events: inout EventBuffer
  ) {
    weighPostponed(index, at: seen.previousCoordinate)
    let evidence = isWayKnown ? passage(index, to: place) : RuleEvidence()
    let node = pool[index]
    guard !settle(index, at: time, seen, basis: .passage, by: evidence, &events), recordsDecisions,
      node.isInside != node.isFixInside, node.history == 0
    else { return }
    record(
      node.isInside ? .exit : .enter,
      evidence.objection
        ?? (node.hasMet ? .tooShort : node.metTime >= seen.previousFixTime ? .tooFewFixes : .cameBack),
      of: node, basis: .passage, at: seen.fixTime, seen, by: evidence, &events)
  }

  /// Where the way along a corridor is all that its entry lacked, the way up to here may be enough.
  private mutating func passage(_ index: UInt32, to place: Coordinate) -> RuleEvidence {
    var evidence = RuleEvidence()
    let node = pool[index]
    let conditions = conditions[Int(node.rule)]
    guard !node.isInside, node.isFixInside, node.history & 1 == 0, let route = conditions.alongRoute,
      conditions.certainty == nil,
      conditions.enter.fixes == 1, conditions.enter.margin == 0
    else { return evidence }
    evidence.progress = progress(to: place, since: node)
    if route.isCovered(by: evidence.progress ?? 0) {
      pool[index].hasMet = true
    } else {
      evidence.objection = .notAlong
    }
    return evidence
  }

  // MARK: Fixes

  /// A fix, after its changes: how far it speaks for the changes that are pending.
  mutating func observe(_ seen: Observation, head: inout UInt32, events: inout EventBuffer) {
    var index = head
    while index != RulePool.none {
      let next = pool[index].next
      if pool[index].isSettledInside {
        if isDwelling(index, at: seen.fixTime) {
          dwell(index, at: seen.fixTime, seen.coordinate, seen, basis: .fix, &events)
        }
      } else if isIdle(pool[index]) || isOver(index, seen.vehicle) {
        pool.remove(index, head: &head)
      } else if isPostponed(index, at: seen.fixTime) {
        pool[index].postpone(seen)
      } else {
        weigh(index, seen, &events)
        if isIdle(pool[index]) { pool.remove(index, head: &head) }
      }
      index = next
    }
  }

  /// Whether a fix that changes nothing says nothing either: the vehicle is where it was told to be, and no dwell is due.
  @inline(__always)
  func isQuiet(_ head: UInt32, at time: Int64) -> Bool {
    var index = head
    while index != RulePool.none {
      if !pool[index].isSettledInside || isDwelling(index, at: time) { return false }
      index = pool[index].next
    }
    return true
  }

  /// Whether something is pending that no fix at a time can bring about.
  @inline(__always)
  private func isPostponed(_ index: UInt32, at time: Int64) -> Bool {
    pool[index].isInside != pool[index].isFixInside && time < pool[index].metTime + postponement(of: pool[index])
  }

  /// Whether there is nothing to know: outside, by what was told and by the last fixes.
  @inline(__always)
  private func isIdle(_ node: RuleNode) -> Bool { !node.isInside && !node.isFixInside && node.history == 0 }

  /// A fix while a change is pending, or while fixes are remembered that spoke for one.
  @inline(never)
  private mutating func weigh(_ index: UInt32, _ seen: Observation, _ events: inout EventBuffer) {
    weighPostponed(index, at: seen.previousCoordinate, isFollowed: true)
    pool[index].hasMet = false
    let node = pool[index]
    let isPending = node.isInside != node.isFixInside
    let evidence = isPending ? evidence(of: seen, for: node) : RuleEvidence()
    let side = terms[Int(node.rule)].side(isInside: node.isInside)
    pool[index].history = (node.history << 1 | (evidence.counts ? 1 : 0)) & side.mask
    if let due = due(pool[index]), due <= seen.fixTime {
      settle(index, at: seen.fixTime, seen, basis: .fix, by: evidence, &events)
    } else {
      let hasEnough = pool[index].history.nonzeroBitCount >= side.fixes
      record(
        node.isInside ? .exit : .enter,
        isPending ? evidence.objection ?? (hasEnough ? .tooShort : .tooFewFixes) : .cameBack, of: pool[index],
        basis: .fix, at: seen.fixTime, seen, by: evidence, &events)
    }
    dwell(index, at: seen.fixTime, seen.coordinate, seen, basis: .fix, &events)
  }

  /// When what is pending with a node has lasted long enough, if enough fixes have counted, the last one too.
  ///
  /// It has lasted since the boundary was met last: a vehicle that comes back in between starts anew.
  func due(_ node: RuleNode) -> Int64? {
    guard node.isInside != node.isFixInside, node.history & 1 != 0 || node.hasMet else { return nil }
    let side = terms[Int(node.rule)].side(isInside: node.isInside)
    guard max(node.history.nonzeroBitCount, node.hasMet ? 1 : 0) >= side.fixes else { return nil }
    return node.metTime + side.duration
  }

  /// When a stay that is not being left reaches the length asked for. Where the last fix lies inside, no exit will be dated before it,
  /// whatever those before it counted for. Where it lies outside, one may be, also if it is not believed yet.
  func dwellDue(_ node: RuleNode) -> Int64? {
    let dwell = terms[Int(node.rule)].dwell
    guard node.isInside, node.isFixInside, node.isAnnounced, !node.hasDwelt, dwell != .max else { return nil }
    return node.enterTime + dwell
  }

  /// Whether a stay has reached the length asked for at an instant, and that has not been told.
  @inline(__always)
  private func isDwelling(_ index: UInt32, at time: Int64) -> Bool {
    !pool[index].hasDwelt && pool[index].isAnnounced
      && time - pool[index].enterTime >= terms[Int(pool[index].rule)].dwell
  }

  /// Believes a pending change if it is due at an instant; returns whether it was.
  @discardableResult
  mutating func settle(
    _ index: UInt32, at time: Int64, _ seen: Observation, basis: RuleDecision.Basis,
    by evidence: RuleEvidence = RuleEvidence(), _ events: inout EventBuffer
  ) -> Bool {
    let node = pool[index]
    guard let due = due(node), due <= time else { return false }
    pool[index].isInside.toggle()
    pool[index].history = 0
    pool[index].hasMet = false
    pool[index].hasDwelt = false
    pool[index].enterTime = node.metTime
    // Of a vehicle of which nothing has been told, nothing is told before it has left and comes back.
    pool[index].isAnnounced = true
    let decided = basis == .silence ? due : seen.fixTime
    if node.isAnnounced {
      emit(
        node.isInside ? .exit : .enter, node, basis: basis, time: node.metTime, node.metPlace.coordinate, seen,
        decided: decided, by: evidence, &events)
    } else {
      record(node.isInside ? .exit : .enter, of: node, basis: basis, at: decided, seen, by: evidence, &events)
    }
    return true
  }

  /// Tells of a stay that has reached the length asked for by an instant.
  mutating func dwell(
    _ index: UInt32, at time: Int64, _ place: Coordinate, _ seen: Observation, basis: RuleDecision.Basis,
    _ events: inout EventBuffer
  ) {
    let node = pool[index]
    guard let due = dwellDue(node), due <= time else { return }
    pool[index].hasDwelt = true
    emit(
      .dwell, node, basis: basis, time: due, place, seen,
      decided: basis == .silence ? max(due, seen.fixTime) : seen.fixTime, &events)
  }

  /// Tells of something, and records why.
  func emit(
    _ kind: RuleEvent.Kind, _ node: RuleNode, reason: FenceEvent.Reason = .moved, basis: RuleDecision.Basis,
    time: Int64, _ coordinate: Coordinate, _ seen: Observation, decided: Int64? = nil,
    by evidence: RuleEvidence = RuleEvidence(), _ events: inout EventBuffer
  ) {
    record(
      kind, of: node, basis: basis, at: decided ?? seen.fixTime, seen, by: evidence,
      isGone: reason == .fenceRemoved || reason == .fenceExpired, &events)
    events.append(
      .rule(
        RuleEvent(
          kind: kind, reason: reason, rule: node.rule, vehicle: seen.vehicle, fence: node.fence, time: time,
          coordinate: coordinate, decidedTime: decided ?? seen.fixTime, isBySilence: basis == .silence,
          fixesFor: kind == .enter || kind == .exit ? UInt8(node.history.nonzeroBitCount) : 0,
          distance: evidence.distance.map { Float($0) }, accuracy: evidence.accuracy,
          probability: evidence.probability.map { Float($0) })))
  }
}
