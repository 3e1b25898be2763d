extension RuleTracker {
  /// Writes what rules know of a vehicle, whose last fix lies at `last`.
  func write(_ head: UInt32, at last: Coordinate, ids fences: FenceSet, to coder: inout SnapshotCoder)
    throws(SnapshotError)
  {
    var count: UInt32 = 0
    var index = head
    while index != RulePool.none {
      count += 1
      index = pool[index].next
    }
    try coder.code(&count)
    index = head
    while index != RulePool.none {
      var node = weighed(pool[index], at: last)
      var id = fences.id(of: node.fence)
      try coder.code(&id)
      try node.code(&coder)
      index = node.next
    }
  }

  /// Reads what rules know of a vehicle; what is about a fence that is not there any more is forgotten.
  mutating func read(_ head: inout UInt32, ids fences: FenceSet, from coder: inout SnapshotCoder) throws(SnapshotError)
  {
    var count: UInt32 = 0
    try coder.code(&count)
    head = RulePool.none
    for _ in 0..<count {
      var id = ""
      var node = RuleNode(rule: 0, fence: 0)
      let offset = coder.offset
      try coder.code(&id)
      try node.code(&coder)
      guard Int(node.rule) < ruleCount else { throw .damaged(offset: offset) }
      guard let fence = fences.index(of: id) else { continue }
      node.fence = fence
      insert(node, head: &head)
    }
  }
}

extension RuleNode {
  /// Codes everything but the fence, the place in the list, and what is unweighed.
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&rule)
    try coder.code(&isInside)
    try coder.code(&isAnnounced)
    try coder.code(&isFixInside)
    try coder.code(&hasDwelt)
    try coder.code(&history)
    try coder.code(&hasMet)
    try coder.code(&metTime)
    try metPlace.code(&coder)
    try coder.code(&enterTime)
  }
}
