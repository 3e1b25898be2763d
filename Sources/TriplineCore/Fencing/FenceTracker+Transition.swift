extension FenceTracker {
  /// Goes over to another set of fences with a vehicle at its last fix: stays go on by the fences' ids, and what the
  /// change alone makes of them is told with its reason.
  ///
  /// A fence that was not there before and contains the vehicle is a state, a `start`. Events of fences that are gone
  /// have the indices of the old set and go to `closing`.
  mutating func settle(
    _ state: inout State, vehicle: UInt32, at last: AcceptedFix, altitude: Double, time: Int64,
    in transition: borrowing FenceTransition,
    closing: inout EventBuffer, events: inout EventBuffer
  ) {
    func visit(_ stay: Stay, _ fence: UInt32) -> Event {
      var stay = stay
      stay.fence = fence
      return self.visit(stay, of: vehicle, until: time, at: last.coordinate, wasInsideAtEnd: false)
    }
    let stays = takeStays(&state)
    let containing = collect(at: last.coordinate, altitude: altitude, vehicle, time: time, &state, in: transition.new)
    var kept: [Stay] = []
    for stay in stays {
      guard let fence = transition.index(of: stay.fence) else {
        let reason = transition.reasonOfRemoval(stay.fence)
        closing.append(change(.exit, of: stay.fence, vehicle, because: reason, at: time, last))
        closing.append(visit(stay, stay.fence))
        continue
      }
      if containing.contains(fence) {
        var node = stay
        node.fence = fence
        kept.append(node)
      } else {
        events.append(change(.exit, of: fence, vehicle, because: .fenceChanged, at: time, last))
        events.append(visit(stay, fence))
      }
    }
    for fence in containing where !kept.contains(where: { $0.fence == fence }) {
      let isNew = !transition.wasThere(fence)
      let (kind, reason): (FenceEvent.Kind, FenceEvent.Reason) =
        isNew ? (.start, .fenceAdded) : (.enter, .fenceChanged)
      events.append(change(kind, of: fence, vehicle, because: reason, at: time, last))
      kept.append(Stay(fence: fence, enterTime: time, at: last.coordinate, wasInsideAtStart: isNew))
    }
    for node in kept { insert(node, &state) }
  }

  /// A change that comes of the fence and not of the way of the vehicle, which is where its last fix was.
  func change(
    _ kind: FenceEvent.Kind, of fence: UInt32, _ vehicle: UInt32, because reason: FenceEvent.Reason, at time: Int64,
    _ last: AcceptedFix
  ) -> Event {
    .fence(
      FenceEvent(
        kind: kind, reason: reason, isInterpolated: false, vehicle: vehicle, fence: fence, sequence: last.sequence,
        time: time, coordinate: last.coordinate, exitTime: time, exitCoordinate: last.coordinate,
        previousFixTime: last.time, fixTime: last.time))
  }
}
