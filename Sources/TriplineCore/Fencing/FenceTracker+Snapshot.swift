/// The stays of a vehicle in a snapshot.
extension FenceTracker {
  func write(_ state: State, ids fences: FenceSet, to coder: inout SnapshotCoder) throws(SnapshotError) {
    var count: UInt32 = 0
    var index = state.firstMember
    while index != MembershipPool.none {
      count += 1
      index = pool[index].next
    }
    try coder.code(&count)
    index = state.firstMember
    while index != MembershipPool.none {
      var node = pool[index]
      var id = fences.id(of: node.fence)
      try coder.code(&id)
      try node.code(&coder)
      index = node.next
    }
  }

  /// Reads a vehicle's stays; the cell it was in is found again with its next fix.
  mutating func read(_ state: inout State, ids fences: FenceSet, from coder: inout SnapshotCoder) throws(SnapshotError)
  {
    state = State()
    var count: UInt32 = 0
    try coder.code(&count)
    for _ in 0..<count {
      var id = ""
      var node = Stay(
        fence: 0, enterTime: 0, at: Coordinate(latitude: 0, longitude: 0), wasInsideAtStart: false)
      try coder.code(&id)
      try node.code(&coder)
      guard let fence = fences.index(of: id) else { continue }
      node.fence = fence
      insert(node, &state)
    }
  }
}
