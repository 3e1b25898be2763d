/// What the way from one fix to the next changes for rules.
extension RuleTracker {
  /// The changes on a step, in their order.
  ///
  /// - Parameter speed: metres a second on the way.
  mutating func advance(
    over step: FenceTracker.Step, speed: Double, _ changes: [FenceTracker.Change], _ seen: Observation,
    head: inout UInt32, events: inout EventBuffer
  ) {
    let isLine = step.toTime - step.fromTime <= shortestSilence && speed <= smallestSpeedLimit
    for (number, change) in changes.enumerated() {
      for rule in conditions.indices
      where isAbout(rule, change.fence, seen.vehicle) || knows(change.fence, rule, head) {
        if isLine || isInferable(step, speed, rule) {
          note(rule, change, on: step, seen, &head, &events)
        } else if !changes[(number + 1)...].contains(where: { $0.fence == change.fence }) {
          jump(rule, change.fence, isInside: change.kind == .enter, seen, &head, &events)
        }
      }
    }
  }

  /// Whether a rule has something open with a fence, perhaps of a vehicle that has left its groups since.
  private func knows(_ fence: UInt32, _ rule: Int, _ head: UInt32) -> Bool {
    pool.find(rule: UInt32(rule), fence: fence, head: head) != RulePool.none
  }

  private func isInferable(_ step: FenceTracker.Step, _ speed: Double, _ rule: Int) -> Bool {
    step.toTime - step.fromTime <= conditions[rule].longestInference ?? .max
      && speed <= conditions[rule].largestInferredSpeed ?? .infinity
  }

  private mutating func note(
    _ rule: Int, _ change: FenceTracker.Change, on step: FenceTracker.Step, _ seen: Observation, _ head: inout UInt32,
    _ events: inout EventBuffer
  ) {
    if change.kind != .exit {
      let (time, place) = (step.time(at: change.fraction), step.coordinate(at: change.fraction))
      enter(rule, change.fence, time, place, seen, isWayKnown: step.isInferable, &head, &events)
    }
    if change.kind != .enter {
      let (time, place) = (step.time(at: change.exitFraction), step.coordinate(at: change.exitFraction))
      exit(rule, change.fence, time, place, seen, isWayKnown: step.isInferable, &head, &events)
    }
  }

  /// A fix lies inside or outside of a fence, and nothing is known of the way there.
  private mutating func jump(
    _ rule: Int, _ fence: UInt32, isInside: Bool, _ seen: Observation, _ head: inout UInt32,
    _ events: inout EventBuffer
  ) {
    let index = pool.find(rule: UInt32(rule), fence: fence, head: head)
    let wasInside = index != RulePool.none && pool[index].isFixInside
    if isInside && !wasInside {
      enter(rule, fence, seen.fixTime, seen.coordinate, seen, isWayKnown: false, &head, &events)
    }
    if !isInside && wasInside {
      exit(rule, fence, seen.fixTime, seen.coordinate, seen, isWayKnown: false, &head, &events)
    }
  }
}
