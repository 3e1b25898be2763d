/// How far a fix speaks for the change that is pending with a fence.
struct RuleEvidence {
  /// Whether it counts.
  var counts = false
  /// Why it does not.
  var objection: RuleDecision.Outcome?
  /// Metres from the boundary, negative inside; `nil` where it did not matter or is more than `reach`.
  var distance: Double?
  /// Metres that it has to be beyond the boundary.
  var reach = 0.0
  /// Metres of accuracy that were taken off.
  var accuracy: Float = 0
  var probability: Double?
  /// Metres gone along a corridor.
  var progress: Double?
}

extension RuleTracker {
  /// Metres that a fix has to be beyond the boundary, with so many that are taken off for its accuracy.
  @inline(__always)
  private func reach(of node: RuleNode, less accuracy: Float) -> Double {
    let rule = Int(node.rule)
    return (node.isInside ? terms[rule].exit.margin : terms[rule].enter.margin) + Double(accuracy)
  }

  /// Metres of a fix's accuracy that are taken off its distance.
  @inline(__always)
  private func accuracyTaken(from seen: Observation, for node: RuleNode) -> Float {
    node.isInside && seen.accuracy > 0 ? min(seen.accuracy, terms[Int(node.rule)].accuracyCap) : 0
  }

  /// Weighs a fix that lies on the other side than what was told.
  func evidence(of seen: Observation, for node: RuleNode) -> RuleEvidence {
    let rule = Int(node.rule)
    var evidence = RuleEvidence()
    evidence.accuracy = accuracyTaken(from: seen, for: node)
    // Who has left a fence and yet is inside of it in the plane is above or below it.
    let isAboveOrBelow =
      node.isInside && !fences.altitudes.isEmpty && fences.location(of: seen.coordinate, in: node.fence) != .exterior
    evidence.reach = reach(of: node, less: evidence.accuracy)
    if evidence.reach > 0 {
      evidence.distance = fences.distance(
        from: seen.coordinate, isInside: node.isFixInside || isAboveOrBelow, toBoundaryOf: node.fence,
        within: evidence.reach)
      if let distance = evidence.distance, abs(distance) < evidence.reach, !isAboveOrBelow {
        evidence.objection = .tooNear
      }
    }
    if let certainty = conditions[rule].certainty, !isAboveOrBelow {
      let accuracy = seen.accuracy > 0 ? Double(seen.accuracy) : assumedAccuracy
      let probability = fences.probability(of: seen.coordinate, accuracy: accuracy, in: node.fence)
      evidence.probability = probability
      let isCertain = node.isInside ? probability <= certainty.exit : probability >= certainty.enter
      if !isCertain { evidence.objection = evidence.objection ?? .tooUncertain }
    }
    if let route = conditions[rule].alongRoute, !node.isInside {
      evidence.progress = progress(to: seen.coordinate, since: node)
      if !route.isCovered(by: evidence.progress ?? 0) { evidence.objection = evidence.objection ?? .notAlong }
    }
    evidence.counts = evidence.objection == nil
    return evidence
  }

  /// Metres along the line of a corridor from where its boundary was met to a place; `nil` of another fence.
  func progress(to place: Coordinate, since node: RuleNode) -> Double? {
    guard let now = fences.corridorPosition(of: place, in: node.fence),
      let then = fences.corridorPosition(of: node.metPlace.coordinate, in: node.fence)
    else { return nil }
    return now.distanceAlong - then.distanceAlong
  }

  /// Records a decision, where these are recorded.
  ///
  /// - Parameters:
  ///   - node: what is known of vehicle and fence once the fix has been weighed, before the change takes place.
  ///   - isGone: whether its fence is none of the set any more.
  func record(
    _ change: RuleEvent.Kind, _ outcome: RuleDecision.Outcome = .believed, of node: RuleNode,
    basis: RuleDecision.Basis, at time: Int64, _ seen: Observation, by evidence: RuleEvidence = RuleEvidence(),
    isGone: Bool = false, _ events: inout EventBuffer
  ) {
    guard recordsDecisions else { return }
    var needed = FenceConditions.Threshold(fixes: 0)
    switch (change, basis) {
    case (_, .start), (_, .fenceChange), (_, .end): break
    case (.enter, _): needed = conditions[Int(node.rule)].enter
    case (.exit, _): needed = conditions[Int(node.rule)].exit
    default: needed.duration = conditions[Int(node.rule)].dwell ?? 0
    }
    events.append(
      .decision(
        RuleDecision(
          rule: node.rule, vehicle: seen.vehicle, fence: node.fence, change: change, basis: basis, time: time,
          fixTime: seen.fixTime, coordinate: seen.coordinate,
          statedAccuracy: seen.accuracy.isNaN || basis == .passage ? nil : seen.accuracy,
          verdict: evidence.objection != nil ? .undecided : node.isFixInside ? .inside : .outside, outcome: outcome,
          pendingSince: change == .enter || change == .exit ? node.metTime : node.enterTime,
          fixesFor: UInt8(node.history.nonzeroBitCount), fixesNeeded: UInt8(needed.fixes),
          durationNeeded: needed.duration,
          distance: isGone ? nil : distance(of: seen, for: node, by: evidence, isBelieved: outcome == .believed),
          distanceNeeded: Float(evidence.reach), accuracy: evidence.accuracy,
          probability: evidence.probability.map { Float($0) }, progress: evidence.progress.map { Float($0) })))
  }

  /// Metres from the boundary as far as a record tells them.
  private func distance(
    of seen: Observation, for node: RuleNode, by evidence: RuleEvidence, isBelieved: Bool
  ) -> Float? {
    if let distance = evidence.distance { return Float(distance) }
    if let near = fences.distance(from: seen.coordinate, toBoundaryOf: node.fence, within: 100) { return Float(near) }
    // Looking far takes long, where a vehicle that stands near many fences is weighed with each of its fixes.
    guard isBelieved else { return nil }
    return fences.distance(from: seen.coordinate, toBoundaryOf: node.fence, within: 1000).map { Float($0) }
  }
}
