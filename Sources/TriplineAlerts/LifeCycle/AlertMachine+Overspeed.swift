import TriplineCore

/// Rules of overspeed inside of fences: what was too fast is known when it is over, and the vehicle may have left by then.
extension AlertMachine {
  /// Stays that are over of which a rule is told all the same, at most, where the time of driving too fast is not over yet.
  private static let mostPast = 32
  /// How long the part inside of a fence has to be, in milliseconds: as long as makes overspeed.
  private static let least = OverspeedParameters().duration

  /// Notes where a vehicle is and was.
  mutating func noteStay(_ event: RuleEvent, _ rule: Int, _ vehicle: UInt32, _ fences: FenceSet) {
    let fence = fences.id(of: event.fence)
    var own = stays[vehicle]?[rule] ?? []
    switch event.kind {
    case .start, .enter:
      own.append(FenceStay(fence: fence, name: fences.name(of: event.fence), start: event.time))
    case .exit, .end:
      if let index = own.lastIndex(where: { $0.fence == fence && $0.end == nil }) { own[index].end = event.time }
      let past = own.indices.filter { own[$0].end != nil }
      for index in past.dropLast(Self.mostPast).reversed() { own.remove(at: index) }
    case .dwell: return
    }
    stays[vehicle, default: [:]][rule] = own
  }

  /// Tells of driving too fast for each fence in which it was so for long enough.
  mutating func tellInside(_ event: OverspeedEvent, _ vehicle: Vehicle, _ reason: String) -> [AlertChange] {
    var changes: [AlertChange] = []
    for (rule, tier) in book.overspeeds {
      let own = stays[vehicle.index]?[rule] ?? []
      // What is over has been asked for by then.
      stays[vehicle.index]?[rule] = own.filter { $0.end == nil }
      guard event.tier >= tier, isAbout(rule, vehicle) else { continue }
      for stay in own {
        let (start, end) = (max(event.start, stay.start), min(event.end, stay.end ?? .max))
        guard end - start >= Self.least else { continue }
        var alert = make(
          rule, vehicle, fence: (stay.fence, stay.name), kind: "over", from: start, decided: event.end,
          at: event.coordinate, reason: reason)
        changes.append(.fired(alert))
        alert.resolvedAt = end
        changes.append(.resolved(alert))
      }
    }
    return changes
  }
}
