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
  /// Weighs a fix that lies on the other side than what was told.
  func evidence(of seen: Observation, for node: RuleNode, in fences: FenceSet) -> RuleEvidence {
    let conditions = conditions[Int(node.rule)]
    let threshold = node.isInside ? conditions.exit : conditions.enter
    var evidence = RuleEvidence()
    if node.isInside, conditions.accuracyCap > 0, seen.accuracy > 0 {
      evidence.accuracy = min(seen.accuracy, Float(conditions.accuracyCap))
    }
    // Who has left a fence and yet is inside of it in the plane is above or below it.
    let isAboveOrBelow =
      node.isInside && !fences.altitudes.isEmpty && fences.location(of: seen.coordinate, in: node.fence) != .exterior
    evidence.reach = threshold.margin + Double(evidence.accuracy)
    if evidence.reach > 0 {
      evidence.distance = fences.distance(from: seen.coordinate, toBoundaryOf: node.fence, within: evidence.reach)
      if let distance = evidence.distance, abs(distance) < evidence.reach, !isAboveOrBelow {
        evidence.objection = .tooNear
      }
    }
    if let certainty = conditions.certainty, !isAboveOrBelow {
      let accuracy = seen.accuracy > 0 ? Double(seen.accuracy) : assumedAccuracy
      let probability = fences.probability(of: seen.coordinate, accuracy: accuracy, in: node.fence)
      evidence.probability = probability
      let isCertain = node.isInside ? probability <= certainty.exit : probability >= certainty.enter
      if !isCertain { evidence.objection = evidence.objection ?? .tooUncertain }
    }
    if let route = conditions.alongRoute, !node.isInside {
      evidence.progress = progress(of: seen, since: node, in: fences)
      if !route.isCovered(by: evidence.progress ?? 0) { evidence.objection = evidence.objection ?? .notAlong }
    }
    evidence.counts = evidence.objection == nil
    return evidence
  }

  /// Metres along the line of a corridor from where its boundary was met; `nil` of another fence.
  private func progress(of seen: Observation, since node: RuleNode, in fences: FenceSet) -> Double? {
    guard let now = fences.corridorPosition(of: seen.coordinate, in: node.fence),
      let then = fences.corridorPosition(of: node.metPlace.coordinate, in: node.fence)
    else { return nil }
    return now.distanceAlong - then.distanceAlong
  }

  /// Records what has been made of a fix.
  ///
  /// - Parameters:
  ///   - before: the node as it was.
  ///   - after: the node as it is.
  func record(
    _ evidence: RuleEvidence, _ seen: Observation, before: RuleNode, after: RuleNode, _ events: inout EventBuffer
  ) {
    let isPending = before.isInside != before.isFixInside
    let conditions = conditions[Int(before.rule)]
    let threshold = before.isInside ? conditions.exit : conditions.enter
    let fixesFor = (before.history << 1 | (evidence.counts ? 1 : 0)) & threshold.mask
    let outcome: RuleDecision.Outcome =
      if !isPending {
        .cameBack
      } else if after.isInside != before.isInside {
        .believed
      } else if let objection = evidence.objection {
        objection
      } else {
        fixesFor.nonzeroBitCount < threshold.fixes ? .tooFewFixes : .tooShort
      }
    events.append(
      .decision(
        RuleDecision(
          rule: before.rule, vehicle: seen.vehicle, fence: before.fence, fixTime: seen.fixTime,
          coordinate: seen.coordinate, isExit: before.isInside,
          verdict: evidence.objection != nil ? .undecided : before.isFixInside ? .inside : .outside, outcome: outcome,
          pendingSince: before.metTime, fixesFor: UInt8(fixesFor.nonzeroBitCount),
          fixesNeeded: UInt8(threshold.fixes), durationNeeded: threshold.duration,
          distance: evidence.distance.map { Float($0) }, distanceNeeded: Float(evidence.reach),
          accuracy: evidence.accuracy, probability: evidence.probability.map { Float($0) },
          progress: evidence.progress.map { Float($0) })))
  }
}
