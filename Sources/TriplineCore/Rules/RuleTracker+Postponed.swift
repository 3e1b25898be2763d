/// Fixes that are weighed later, or never: while a change has not lasted for long enough yet, none of them can make it believed, and
/// what is asked of the last two in the end is not asked of those before. Where decisions are recorded, each is weighed at once.
extension RuleNode {
  /// A fix while something is pending that it cannot bring about.
  @inline(__always)
  mutating func postpone(_ seen: RuleTracker.Observation) {
    hasMet = false
    (placeBefore, accuracyBefore) = (seen.previousCoordinate, lastAccuracy)
    unweighed = unweighed == 0 ? 1 : 2
    lastAccuracy = seen.accuracy
  }
}

extension RuleTracker {
  /// How long, in milliseconds from when the boundary was met, fixes are not weighed.
  @inline(__always)
  func postponement(of node: RuleNode) -> Int64 {
    let rule = Int(node.rule)
    return node.isInside ? terms[rule].exit.postponement : terms[rule].enter.postponement
  }

  /// Weighs what has been postponed of a vehicle, whose last fix lies at `last`.
  mutating func weighPostponed(of head: UInt32, at last: Coordinate) {
    var index = head
    while index != RulePool.none {
      weighPostponed(index, at: last)
      index = pool[index].next
    }
  }

  /// The same for one node.
  @inline(__always)
  mutating func weighPostponed(_ index: UInt32, at last: Coordinate, isFollowed: Bool = false) {
    if pool[index].unweighed != 0 { pool[index] = weighed(pool[index], at: last, isFollowed: isFollowed) }
  }

  /// A node with all fixes weighed, the last of which lies at `last`.
  ///
  /// - Parameter isFollowed: whether another fix is weighed next: then one less of these will be looked at.
  func weighed(_ node: RuleNode, at last: Coordinate, isFollowed: Bool = false) -> RuleNode {
    var node = node
    let mask = terms[Int(node.rule)].side(isInside: node.isInside).mask
    let count = min(Int(node.unweighed), mask.nonzeroBitCount - (isFollowed ? 1 : 0))
    func remember(_ place: Coordinate, _ accuracy: Float) {
      let seen = Observation(vehicle: 0, fixTime: 0, coordinate: place, accuracy: accuracy)
      node.history = (node.history << 1 | (evidence(of: seen, for: node).counts ? 1 : 0)) & mask
    }
    if count > 1 { remember(node.placeBefore, node.accuracyBefore) }
    if count > 0 { remember(last, node.lastAccuracy) }
    node.unweighed = 0
    return node
  }
}
