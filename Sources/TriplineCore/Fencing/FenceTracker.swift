/// Follows vehicles over a set of fences: state and position in, enter, exit and cross out.
///
/// The state a vehicle needs is a few words; memberships live in one pool. Between two fixes the vehicle is taken to
/// have moved on a straight line, where that may be inferred: then a fence that was passed through between the two is
/// a `cross`, and every change gets the instant and the place at which the line meets the boundary. A line that only
/// touches a boundary changes nothing.
struct FenceTracker: ~Copyable, Sendable {
  /// What the tracker remembers of one vehicle.
  struct State: Sendable, BitwiseCopyable {
    var cell = FenceGrid.Place.unknownCell
    var firstMember = MembershipPool.none
    /// The first of what rules know of the vehicle.
    var firstRuleNode = RulePool.none
  }

  /// The two ends of a step.
  struct Step {
    var vehicle: UInt32
    var fromTime: Int64
    var from: PlanarPoint
    var toTime: Int64
    var to: PlanarPoint
    var sequence: UInt32
    /// When the fences changed last: what the step does to them is not before that.
    var earliest = Int64.min
    /// Whether the way between the two may be taken as a straight line.
    var isInferable: Bool
    /// What the vehicle did on the way.
    var motion = StepMotion.unknown
    /// Metres at the two ends, NaN where the altitude is not known.
    var fromAltitude: Double
    var toAltitude: Double
  }

  /// A change on a step: `kind` at `fraction` of the way, of a cross also the fraction of leaving.
  struct Change: BitwiseCopyable {
    var fence: UInt32
    var kind: FenceEvent.Kind
    var fraction: Double
    var exitFraction: Double

    /// Along the step; what is left at an instant comes before what is entered.
    static func precedes(_ a: Change, _ b: Change) -> Bool {
      if a.fraction != b.fraction { return a.fraction < b.fraction }
      let aLeaves = a.kind == .exit
      if aLeaves != (b.kind == .exit) { return aLeaves }
      return a.fence < b.fence
    }
  }

  /// When the fences changed last, in milliseconds UTC.
  var changeTime = Int64.min
  /// Whether fences are there until their ends, or for ever.
  var heedsEnds = false
  /// The fences that vehicles have left because these ended while they were silent: not there for earlier fixes that come later.
  var leftInSilence: [UInt32: Set<UInt32>] = [:]
  /// What is thought of a fix without an altitude.
  let missingAltitude: MissingAltitude
  /// Whether steps say what the vehicle did on them.
  let isMeasuring: Bool
  /// What it has cost so far, apart from exact tests.
  private(set) var counts = FenceCounts()
  private(set) var pool = MembershipPool()
  /// The fences at the end of a step.
  var inside = FenceMatches()
  /// Where the step meets boundaries, by fence and fraction.
  var contacts: [Contact] = []
  /// The changes of the last step, in their order.
  private(set) var changes: [Change] = []

  init(missingAltitude: MissingAltitude, isMeasuring: Bool) {
    self.missingAltitude = missingAltitude
    self.isMeasuring = isMeasuring
  }

  // MARK: Fixes

  /// The first fix of a vehicle: a `start` for every fence that contains it.
  mutating func start(
    _ state: inout State, vehicle: UInt32, time: Int64, at point: PlanarPoint, altitude: Double, sequence: UInt32,
    in fences: FenceSet, events: inout EventBuffer
  ) {
    let place = fences.grid.place(x: point.x, y: point.y)
    state.cell = place.cell
    find(at: point, place, altitude: altitude, vehicle, time: time, in: fences)
    let coordinate = Coordinate(latitude: point.y, longitude: point.x)
    var previous = MembershipPool.none
    for index in 0..<inside.count {
      let fence = inside[index]
      var stay = Stay(fence: fence, enterTime: time, at: coordinate, wasInsideAtStart: true)
      stay.measures.fixes = isMeasuring ? 1 : 0
      previous = pool.insert(stay, after: previous, head: &state.firstMember)
      events.append(
        .fence(
          FenceEvent(
            kind: .start, isInterpolated: false, vehicle: vehicle, fence: fence, sequence: sequence, time: time,
            coordinate: coordinate, exitTime: time, exitCoordinate: coordinate, previousFixTime: time, fixTime: time)))
    }
  }

  /// Where a step leads that may have changed something.
  struct Destination {
    var place: FenceGrid.Place
    /// The cell that the vehicle was in before, or `unknownCell`.
    var cell: UInt64
  }

  /// Looks where a further fix of a vehicle lies, whose place in the grid is known; `nil` where the way there has certainly
  /// changed nothing.
  ///
  /// - Complexity: O(1) while the vehicle stays in cells that no fence cuts; otherwise O(edges near it).
  @inline(__always)
  mutating func look(
    _ state: inout State, from: PlanarPoint, to: PlanarPoint, at place: FenceGrid.Place, in fences: FenceSet
  ) -> Destination? {
    if !changes.isEmpty { changes.removeAll(keepingCapacity: true) }
    counts.lookups &+= 1
    let before = state.cell
    state.cell = place.cell
    if fences.isPlain(from: from, to: to) {
      if place.cell != before {
        // From one cell into the next, and no boundary runs between the two fixes.
        if !fences.grid.mayMeet(from: from, in: before, to: to, at: place) { return nil }
      } else if place.isOutside {
        // Beside the grid at both ends: nothing can have happened unless the way leads through it.
        if fences.isBypassed(from: from, to: to) { return nil }
      } else if !fences.grid.mayMeet(from: from, to: to, at: place) {
        // The two fixes share a convex region, and no boundary runs between them.
        return nil
      }
    }
    return Destination(place: place, cell: before)
  }

  /// Adds a step to the stays of a vehicle.
  @inline(__always)
  mutating func measure(_ step: Step, for state: State) {
    var member = state.firstMember
    while member != MembershipPool.none {
      pool[member].add(step)
      member = pool[member].next
    }
  }

  /// A further fix of a vehicle that may change something; what it does change is what `changes` has then.
  ///
  /// - Complexity: O(fences and edges near the step).
  @inline(never)
  mutating func advance(
    _ state: inout State, _ step: Step, to destination: Destination, in fences: FenceSet, events: inout EventBuffer
  ) {
    let place = destination.place
    counts.searches &+= 1
    if !contacts.isEmpty { contacts.removeAll(keepingCapacity: true) }
    // Whole turns that bring the end next to the start. They are added to the end as it is, so that contacts are found
    // where lookups look.
    let turn: Double = step.to.x - step.from.x >= 180 ? -360 : step.to.x - step.from.x < -180 ? 360 : 0
    let end = PlanarPoint(x: step.to.x + turn, y: step.to.y)
    if step.isInferable {
      let isNear =
        fences.isSingle(from: step.from, to: step.to)
        && fences.collectNearContacts(from: step.from, in: destination.cell, to: step.to, at: place, into: &contacts)
      if !isNear { fences.collectContacts(from: step.from, to: step.to, turned: turn, into: &contacts) }
      if !fences.altitudes.isEmpty { appendAltitudeContacts(step, at: place, in: fences) }
      if heedsEnds { keepContacts(endingAfter: step.toTime, step.vehicle, in: fences) }
      counts.contacts &+= contacts.count
      // Without a boundary between the two fixes they lie inside and outside of the same fences, unless one of them has
      // no altitude.
      if destination.cell != FenceGrid.Place.unknownCell && contacts.isEmpty && fences.altitudes.isEmpty { return }
    }
    find(at: step.to, place, altitude: step.toAltitude, step.vehicle, time: step.toTime, in: fences)
    if !contacts.isEmpty { inferChanges(state, step, to: end, in: fences) }
    compareMemberships(state, isInferred: step.isInferable)
    if changes.isEmpty { return }
    counts.changes &+= changes.count
    if changes.count > 1 { changes.sort(by: Change.precedes) }
    for change in changes { apply(change, step, &state, &events) }
  }

  /// The changes of all fences whose boundary the step meets.
  private mutating func inferChanges(
    _ state: State, _ step: Step, to q: PlanarPoint, in fences: FenceSet
  ) {
    var first = 0
    while first < contacts.count {
      let fence = contacts[first].fence
      var end = first + 1
      while end < contacts.count, contacts[end].fence == fence { end += 1 }
      inferChanges(of: fence, contacts: first..<end, state, step, to: q, in: fences)
      first = end
    }
  }

  /// The changes of one fence: the contacts cut the step into pieces, each of which lies inside or outside.
  private mutating func inferChanges(
    of fence: UInt32, contacts range: Range<Int>, _ state: State, _ step: Step, to q: PlanarPoint, in fences: FenceSet
  ) {
    let p = step.from
    let stay = pool.place(after: predecessor(of: fence, head: state.firstMember), head: state.firstMember)
    var isInside = stay != MembershipPool.none && pool[stay].fence == fence
    let endsInside = inside.contains(fence)
    // A boundary that is met at one place and no other is passed there, or only touched. Within rounding of a side that the step runs
    // along, this says it where looking at both sides of the place might not.
    let isMetOnce = contacts[range.lowerBound].fraction == contacts[range.upperBound - 1].fraction
    if isMetOnce && (fences.altitudes.isEmpty || !fences.altitudes[Int(fence)].isBounded) {
      guard isInside != endsInside else { return }
      let fraction = contacts[range.lowerBound].fraction
      return changes.append(
        Change(fence: fence, kind: isInside ? .exit : .enter, fraction: fraction, exitFraction: fraction))
    }
    var entry: Double?
    func change(at fraction: Double, _ changes: inout [Change]) {
      if isInside {
        if let entered = entry {
          changes.append(Change(fence: fence, kind: .cross, fraction: entered, exitFraction: fraction))
          entry = nil
        } else {
          changes.append(Change(fence: fence, kind: .exit, fraction: fraction, exitFraction: fraction))
        }
      } else {
        entry = fraction
      }
      isInside.toggle()
    }
    var previous = 0.0
    for index in range.lowerBound...range.upperBound {
      let next = index < range.upperBound ? contacts[index].fraction : 1
      if next <= previous { continue }
      let middle = previous + (next - previous) / 2
      let x = p.x + (q.x - p.x) * middle
      let y = p.y + (q.y - p.y) * middle
      let coordinate = Coordinate(latitude: y, longitude: wrappedLongitude(x))
      let isThere =
        fences.location(of: coordinate, in: fence) != .exterior
        && isWithin(fence, step.altitude(at: middle), in: fences)
      if isThere != isInside { change(at: previous, &changes) }
      previous = next
    }
    if isInside != endsInside { change(at: 1, &changes) }
    if let entry {
      changes.append(Change(fence: fence, kind: .enter, fraction: entry, exitFraction: entry))
    }
  }

  /// The changes of the fences that are not settled yet: inside before and not now, or the other way round.
  private mutating func compareMemberships(_ state: State, isInferred: Bool) {
    var node = state.firstMember
    var index = 0
    while node != MembershipPool.none || index < inside.count {
      let before = node == MembershipPool.none ? UInt32.max : pool[node].fence
      let now = index < inside.count ? inside[index] : UInt32.max
      if before == now {
        node = pool[node].next
        index += 1
        continue
      }
      let fence = min(before, now)
      if !isInferred || !hasContact(with: fence) {
        changes.append(
          Change(fence: fence, kind: before < now ? .exit : .enter, fraction: 1, exitFraction: 1))
      }
      if before < now { node = pool[node].next } else { index += 1 }
    }
  }

  private func hasContact(with fence: UInt32) -> Bool { contacts.contains { $0.fence == fence } }

  // MARK: Events

  private mutating func apply(
    _ change: Change, _ step: Step, _ state: inout State, _ events: inout EventBuffer
  ) {
    let time = step.time(at: change.fraction)
    let exitTime = step.time(at: change.exitFraction)
    events.append(
      .fence(
        FenceEvent(
          kind: change.kind, isInterpolated: step.isInferable && change.fraction < 1, vehicle: step.vehicle,
          fence: change.fence, sequence: step.sequence, time: time, coordinate: step.coordinate(at: change.fraction),
          exitTime: exitTime, exitCoordinate: step.coordinate(at: change.exitFraction),
          previousFixTime: step.fromTime, fixTime: step.toTime)))
    switch change.kind {
    case .enter:
      var stay = Stay(
        fence: change.fence, enterTime: time, at: step.coordinate(at: change.fraction), wasInsideAtStart: false)
      stay.measures.begin(with: step.motion, from: change.fraction)
      insert(stay, &state)
    case .exit:
      let previous = predecessor(of: change.fence, head: state.firstMember)
      var stay = pool[pool.place(after: previous, head: state.firstMember)]
      pool.remove(after: previous, head: &state.firstMember)
      stay.measures.end(with: step.motion, at: change.fraction)
      events.append(
        visit(stay, of: step.vehicle, until: time, at: step.coordinate(at: change.fraction), wasInsideAtEnd: false))
    case .cross:
      var stay = Stay(
        fence: change.fence, enterTime: time, at: step.coordinate(at: change.fraction), wasInsideAtStart: false)
      stay.measures.pass(with: step.motion, from: change.fraction, to: change.exitFraction)
      events.append(
        visit(
          stay, of: step.vehicle, until: exitTime, at: step.coordinate(at: change.exitFraction), wasInsideAtEnd: false))
    case .start, .end: break
    }
  }

  /// The visit that a stay was.
  func visit(
    _ stay: Stay, of vehicle: UInt32, until time: Int64, at place: Coordinate, wasInsideAtEnd: Bool
  ) -> Event {
    var visit = stay.visit(of: vehicle, until: time, at: place, wasInsideAtEnd: wasInsideAtEnd)
    visit.isMeasured = isMeasuring
    return .visit(visit)
  }

  /// The last node of a list before the place of a fence, or `none`.
  private func predecessor(of fence: UInt32, head: UInt32) -> UInt32 {
    pool.last(of: head) { $0.fence < fence }
  }

  /// The end of a track: an `end` and a visit for every fence the vehicle is still inside of.
  mutating func finish(
    _ state: inout State, vehicle: UInt32, time: Int64, at point: PlanarPoint, sequence: UInt32,
    events: inout EventBuffer
  ) {
    let coordinate = Coordinate(latitude: point.y, longitude: point.x)
    while state.firstMember != MembershipPool.none {
      let node = pool[state.firstMember]
      events.append(
        .fence(
          FenceEvent(
            kind: .end, isInterpolated: false, vehicle: vehicle, fence: node.fence, sequence: sequence, time: time,
            coordinate: coordinate, exitTime: time, exitCoordinate: coordinate, previousFixTime: time, fixTime: time)))
      events.append(visit(node, of: vehicle, until: time, at: coordinate, wasInsideAtEnd: true))
      pool.remove(after: MembershipPool.none, head: &state.firstMember)
    }
    state = State()
  }

  /// Takes all stays of a vehicle out.
  mutating func takeStays(_ state: inout State) -> [Stay] {
    var result: [Stay] = []
    while state.firstMember != MembershipPool.none {
      result.append(pool[state.firstMember])
      pool.remove(after: MembershipPool.none, head: &state.firstMember)
    }
    return result
  }

  /// Puts a stay where it belongs.
  mutating func insert(_ node: Stay, _ state: inout State) {
    _ = pool.insert(node, after: predecessor(of: node.fence, head: state.firstMember), head: &state.firstMember)
  }

  /// The fences of a set at a position and an altitude, whose cell becomes the vehicle's.
  mutating func collect(
    at coordinate: Coordinate, altitude: Double, _ vehicle: UInt32, time: Int64, _ state: inout State,
    in fences: FenceSet
  ) -> [UInt32] {
    let point = PlanarPoint(x: coordinate.longitude, y: coordinate.latitude)
    let place = fences.grid.place(x: point.x, y: point.y)
    state.cell = place.cell
    find(at: point, place, altitude: altitude, vehicle, time: time, in: fences)
    return inside.array
  }

  /// Replaces `inside` by the fences that a vehicle is inside of at a position and at an altitude, and that are there at a time.
  @inline(__always)
  private mutating func find(
    at point: PlanarPoint, _ place: FenceGrid.Place, altitude: Double, _ vehicle: UInt32, time: Int64,
    in fences: FenceSet
  ) {
    inside.removeAll()
    fences.appendFences(x: point.x, y: point.y, at: place, to: &inside)
    if !fences.altitudes.isEmpty { keepFences(at: altitude, in: fences) }
    if heedsEnds { keepFences(endingAfter: time, vehicle, in: fences) }
  }

  /// The fences that a vehicle is inside of, in ascending order.
  func members(of state: State) -> [UInt32] {
    var result: [UInt32] = []
    var index = state.firstMember
    while index != MembershipPool.none {
      result.append(pool[index].fence)
      index = pool[index].next
    }
    return result
  }
}

extension FenceTracker.Step {
  /// The instant at a fraction of the step, to the millisecond; nothing is dated before the fences were what they are.
  func time(at fraction: Double) -> Int64 {
    if fraction >= 1 { return max(earliest, toTime) }
    return max(earliest, fromTime + Int64((fraction * Double(toTime - fromTime)).rounded()))
  }

  /// The place at a fraction of the step.
  func coordinate(at fraction: Double) -> Coordinate {
    if fraction >= 1 { return Coordinate(latitude: to.y, longitude: to.x) }
    return Coordinate(
      latitude: from.y + (to.y - from.y) * fraction,
      longitude: wrappedLongitude(from.x + wrappedLongitude(to.x - from.x) * fraction))
  }
}
