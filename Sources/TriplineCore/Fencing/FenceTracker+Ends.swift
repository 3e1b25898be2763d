/// Fences for a time: from the instant at which it is over on, they are not there. A vehicle inside leaves them at that
/// instant, at its last fix before. What a step that ends later does to them on its way is not told.
extension FenceTracker {
  /// Keeps of the fences found those that are there for a fix of a vehicle.
  mutating func keepFences(endingAfter time: Int64, _ vehicle: UInt32, in fences: FenceSet) {
    let (time, left) = (max(time, changeTime), fencesLeft(by: vehicle, until: time, in: fences))
    var kept = 0
    for index in 0..<inside.count where fences.names.end(of: inside[index]) > time && !left.contains(inside[index]) {
      inside.move(index, to: kept)
      kept += 1
    }
    inside.removeAll(after: kept)
  }

  /// The same of the boundaries that a step meets.
  mutating func keepContacts(endingAfter time: Int64, _ vehicle: UInt32, in fences: FenceSet) {
    let (time, left) = (max(time, changeTime), fencesLeft(by: vehicle, until: time, in: fences))
    contacts.removeAll { fences.names.end(of: $0.fence) <= time || left.contains($0.fence) }
  }

  /// The fences that a vehicle has left in silence and that are there by a fix of a time; with one behind their ends they are forgotten.
  private mutating func fencesLeft(by vehicle: UInt32, until time: Int64, in fences: FenceSet) -> Set<UInt32> {
    guard let left = leftInSilence[vehicle] else { return [] }
    if left.allSatisfy({ fences.names.end(of: $0) <= time }) { leftInSilence[vehicle] = nil }
    return left
  }

  /// The fences that a vehicle is inside of and that have ended by a time.
  func members(of state: State, endingBy time: Int64, in fences: FenceSet) -> [UInt32] {
    members(of: state).filter { fences.names.end(of: $0) <= time }
  }

  /// When the first of the fences ends that a vehicle is inside of, `.max` for never.
  func nextEnd(of state: State, in fences: FenceSet) -> Int64 {
    var end = Int64.max
    var member = state.firstMember
    while member != MembershipPool.none {
      end = min(end, fences.names.end(of: pool[member].fence))
      member = pool[member].next
    }
    return end
  }

  /// Takes a vehicle out of the fences that end by an instant, at a time, and returns the last of them.
  mutating func leave(
    endingBy end: Int64, at time: Int64, _ state: inout State, vehicle: UInt32, last: AcceptedFix, in fences: FenceSet,
    events: inout EventBuffer
  ) -> UInt32? {
    var left: UInt32?
    for stay in takeStays(&state) {
      guard fences.names.end(of: stay.fence) <= end else {
        insert(stay, &state)
        continue
      }
      left = stay.fence
      events.append(change(.exit, of: stay.fence, vehicle, because: .fenceExpired, at: time, last))
      events.append(visit(stay, of: vehicle, until: time, at: last.coordinate, wasInsideAtEnd: false))
    }
    return left
  }
}
