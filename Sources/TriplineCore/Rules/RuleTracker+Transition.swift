extension RuleTracker {
  /// Goes over to another set of fences with a vehicle at its last fix. What a change of a fence makes of a vehicle is
  /// certain, and takes no conditions; what is pending with a fence that is still there goes on. A fence that has got a tag, or lost
  /// it, is added for the rules that go by it, or removed.
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
      let next = transition.index(of: node.fence)
      guard let fence = next, !hasLost(node.rule, fence, in: transition) else {
        if isTold {
          emit(
            .exit, node, reason: next == nil ? transition.reasonOfRemoval(node.fence) : .fenceRemoved,
            basis: .fenceChange, time: seen.fixTime, seen.coordinate, seen, &closing)
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
        let isNew = !transition.wasThere(fence) || hasGained(rule, fence, in: transition)
        // It was inside, and the rule has not followed it: it has joined a group since.
        if before.contains(fence) && !isNew { continue }
        if !isNew {
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

  /// Whether a rule was about a fence that is still there by a tag which that has no longer.
  private func hasLost(_ rule: UInt32, _ fence: UInt32, in transition: borrowing FenceTransition) -> Bool {
    guard case .tags(let tags) = selections[Int(rule)] else { return false }
    return tags.isDisjoint(with: transition.new.tags(of: fence))
  }

  /// Whether a rule is about a fence by a tag which that did not have before.
  private func hasGained(_ rule: Int, _ fence: UInt32, in transition: borrowing FenceTransition) -> Bool {
    guard case .tags(let tags) = selections[rule], let old = transition.old.index(of: transition.new.id(of: fence))
    else { return false }
    return tags.isDisjoint(with: transition.old.tags(of: old))
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
