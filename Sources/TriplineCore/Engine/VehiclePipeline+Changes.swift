/// What other fences and other rules change for a vehicle, between two fixes.
extension VehiclePipeline {
  /// What the fences still decide of a vehicle before they are others: its fixes are held against them, and it is told of their ends
  /// by a time.
  mutating func settleBefore(_ time: Int64, _ state: inout VehicleState, _ events: inout EventBuffer) {
    guard state.hasLast else { return }
    endFences(by: gate.silence(of: state.gate, until: time), state.last, &state, &events)
    rules.weighPostponed(of: state.fences.firstRuleNode, at: state.last.coordinate)
  }

  /// Settles a vehicle with another set of fences, at its last fix. What closes because its fence is gone goes to
  /// `closing`.
  mutating func settle(
    in transition: borrowing FenceTransition, at time: Int64, _ state: inout VehicleState,
    closing: inout EventBuffer, _ events: inout EventBuffer
  ) {
    guard state.hasLast else {
      state.fences.cell = FenceGrid.Place.unknownCell
      return
    }
    let before = rules.isEmpty ? [] : tracker.members(of: state.fences).compactMap { transition.index(of: $0) }
    tracker.settle(
      &state.fences, vehicle: state.vehicle, at: state.last, altitude: Double(state.trips.altitude), time: time,
      in: transition, closing: &closing,
      events: &events)
    if tellsRoutes {
      routes.settle(
        state.vehicle, isInside: state.fences.firstMember != MembershipPool.none, at: time, state.last.coordinate,
        in: transition, events: &events)
    }
    if rules.isEmpty { return }
    let seen = RuleTracker.Observation(
      vehicle: state.vehicle, fixTime: time, coordinate: state.last.coordinate, accuracy: .nan)
    rules.settle(
      seen, members: tracker.members(of: state.fences), before: before, in: transition,
      head: &state.fences.firstRuleNode,
      closing: &closing, events: &events)
  }

  /// Settles a vehicle with other rules, at its last fix; `places` has for each old rule its place among the new ones, `retold` are
  /// those of the new ones whose dwells are told again.
  mutating func settle(
    places: [UInt32?], retold: Set<UInt32>, _ state: inout VehicleState, _ events: inout EventBuffer
  ) {
    guard state.hasLast else { return }
    let seen = RuleTracker.Observation(
      vehicle: state.vehicle, fixTime: max(state.last.time, tracker.changeTime), coordinate: state.last.coordinate,
      accuracy: .nan)
    rules.settle(
      seen, members: tracker.members(of: state.fences), places: places, retold: retold,
      head: &state.fences.firstRuleNode, events: &events)
  }
}
