/// What late fixes have changed about a vehicle's past.
///
/// What was said before and what is said now, as far as the two differ. Who keeps the events of a vehicle in a list and
/// takes out what is retracted, and puts in what is added, has the events that the same fixes in time would have given.
public struct Revision: Sendable, Equatable {
  /// One difference.
  public enum Change: Sendable, Equatable {
    /// It did not happen.
    case retracted(Event)
    /// It happened, and nothing like it had been told.
    case added(Event)
    /// It happened otherwise: the first is the event it corrects.
    case replaced(Event, by: Event)
  }

  /// Dense index of the vehicle or track.
  public var vehicle: UInt32
  /// The late fixes, by time.
  public var lateFixes: [Fix]
  /// What is to be changed: first what is retracted or replaced, then what is added, each in its order.
  public var changes: [Change]

  /// Two revisions are alike if they change the same for fixes of the same times.
  public static func == (a: Revision, b: Revision) -> Bool {
    a.vehicle == b.vehicle && a.changes == b.changes && a.lateFixes.map(\.time) == b.lateFixes.map(\.time)
  }
}

extension Revision {
  /// The differences between two lists of events of one vehicle.
  ///
  /// - Complexity: O(*n* + *d*²) in the number of events and of differences.
  static func changes(from old: some BidirectionalCollection<Event>, to new: some BidirectionalCollection<Event>)
    -> [Change]
  {
    var retracted: [Event] = []
    var added: [(event: Event, isTaken: Bool)] = []
    for change in new.difference(from: old) {
      switch change {
      // Removals come from the last to the first.
      case .remove(_, let event, _): retracted.insert(event, at: 0)
      case .insert(_, let event, _): added.append((event, false))
      }
    }
    var changes: [Change] = []
    for event in retracted {
      if let match = added.firstIndex(where: { !$0.isTaken && $0.event.isAboutTheSame(as: event) }) {
        added[match].isTaken = true
        changes.append(.replaced(event, by: added[match].event))
      } else {
        changes.append(.retracted(event))
      }
    }
    return changes + added.filter { !$0.isTaken }.map { .added($0.event) }
  }
}

extension Event {
  /// Whether another event might be this one told otherwise: of the same kind, fence and rule.
  fileprivate func isAboutTheSame(as other: Event) -> Bool {
    switch (self, other) {
    case (.fence(let a), .fence(let b)): a.kind == b.kind && a.fence == b.fence
    case (.rule(let a), .rule(let b)): a.kind == b.kind && a.fence == b.fence && a.rule == b.rule
    case (.decision(let a), .decision(let b)):
      a.time == b.time && a.change == b.change && a.basis == b.basis && a.fence == b.fence && a.rule == b.rule
    case (.visit(let a), .visit(let b)): a.fence == b.fence
    case (.route(let a), .route(let b)): a.origin == b.origin || a.destination == b.destination
    case (.stop(let a), .stop(let b)): a.phase == b.phase
    case (.trip, .trip): true
    case (.travel(let a), .travel(let b)): a.endTime == b.endTime
    default: false
    }
  }
}
