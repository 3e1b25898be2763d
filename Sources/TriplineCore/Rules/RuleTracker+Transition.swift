extension RuleTracker {
  /// Goes over to another set of fences with a vehicle at its last fix. What a change of a fence makes of a vehicle is
  /// certain, and takes no conditions; what is pending with a fence that is still there goes on.
  ///
  /// - Parameters:
  ///   - members: the fences of the new set that the vehicle is inside of.
  ///   - before: those of them that it was inside of already.
  mutating func settle(
    _ seen: Observation, members: [UInt32], before: [UInt32], in transition: borrowing FenceTransition,
    head: inout UInt32,
    closing: inout EventBuffer, events: inout EventBuffer
  ) {
    var known: Set<RuleAndFence> = []
    for var node in takeNodes(&head) {
      let isTold = node.isInside && node.isAnnounced
      guard let fence = transition.index(of: node.fence) else {
        if isTold {
          emit(
            .exit, node, reason: transition.reasonOfRemoval(node.fence), basis: .fenceChange, time: seen.fixTime,
            seen.coordinate, seen, &closing)
        }
        continue
      }
      node.fence = fence
      let wasFixInside = node.isFixInside
      node.isFixInside = members.contains(fence)
      if node.isInside && !node.isFixInside && wasFixInside {
        if isTold {
          emit(
            .exit, node, reason: .fenceChanged, basis: .fenceChange, time: seen.fixTime, seen.coordinate, seen, &events)
        }
        continue
      }
      // A fence drawn around a vehicle that was outside is entered, whatever was pending.
      if !node.isInside && !wasFixInside && node.isFixInside { continue }
      if node.isFixInside != wasFixInside { node.history = 0 }
      guard node.isInside || node.isFixInside || node.history != 0 else { continue }
      known.insert(RuleAndFence(rule: node.rule, fence: fence))
      insert(node, head: &head)
    }
    for fence in members {
      for rule in 0..<ruleCount where isAbout(rule, fence, seen.vehicle) {
        if known.contains(RuleAndFence(rule: UInt32(rule), fence: fence)) { continue }
        // It was inside, and the rule has not followed it: it has joined a group since, or the fence has got a tag.
        if before.contains(fence) { continue }
        if transition.wasThere(fence) {
          var node = RuleNode(rule: UInt32(rule), fence: fence)
          node.isInside = true
          node.isFixInside = true
          node.enterTime = seen.fixTime
          node.metTime = seen.fixTime
          insert(node, head: &head)
          emit(
            .enter, node, reason: .fenceChanged, basis: .fenceChange, time: seen.fixTime, seen.coordinate, seen,
            &events)
        } else {
          start(rule, fence, seen, reason: .fenceAdded, &head, &events)
        }
      }
    }
  }

  /// Goes over to other rules with a vehicle at its last fix: what is known for a rule that stays goes on, what it is inside of is a
  /// state for a new one, and one that is gone says nothing more.
  ///
  /// - Parameters:
  ///   - members: the fences that the vehicle is inside of.
  ///   - places: for each old rule its place among the new ones, `nil` for one that is gone.
  ///   - retold: those of the new ones whose dwells are told again.
  mutating func settle(
    _ seen: Observation, members: [UInt32], places: [UInt32?], retold: Set<UInt32>, head: inout UInt32,
    events: inout EventBuffer
  ) {
    for var node in takeNodes(&head) {
      guard let rule = places[Int(node.rule)] else { continue }
      node.rule = rule
      if retold.contains(rule) { node.hasDwelt = false }
      insert(node, head: &head)
    }
    let known = Set(places.compactMap { $0 })
    for rule in 0..<ruleCount where !known.contains(UInt32(rule)) {
      for fence in members where isAbout(rule, fence, seen.vehicle) {
        start(rule, fence, seen, reason: .ruleAdded, &head, &events)
      }
    }
  }

  private struct RuleAndFence: Hashable {
    var rule: UInt32
    var fence: UInt32
  }
}
