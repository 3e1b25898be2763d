import HeapModule

/// Decides who is told of which change of which alert and when, in the vocabulary of Alertmanager; knows no clock and
/// no I/O.
///
/// All times are those of the clock of whoever is told, in milliseconds UTC, and do not go back. Unlike with
/// Alertmanager nothing is missed: what fires and is over before its message goes out is told with both, and what is
/// kept back is told late if it still fires then. What is over while something keeps it back is never told, and
/// somebody can see why. The end is told to exactly those that were told of the firing.
public struct NotificationMachine: Sendable {
  /// All routes by their numbers, the root first.
  let routes: [Route]
  /// The rules by their names.
  let rules: [String: AlertRule]
  /// The silences by their ids.
  var silences: [Silence] = []
  /// What keeps other alerts back.
  var sources: InhibitionIndex
  /// What the schedules are.
  var schedules = ScheduleStates()
  /// What is not settled, by the number of its firing.
  var entries: [UInt64: Entry] = [:]
  /// The same by the alert's id.
  var numbers: [String: UInt64] = [:]
  /// What each obstacle keeps back.
  var held: [Obstacle: Set<UInt64>] = [:]
  /// When that is looked at again.
  var releases: [Obstacle: Int64] = [:]
  /// What waits for its message, by the key of the group.
  var batches: [String: Batch] = [:]
  /// When each group had its last message, as long as that matters.
  var lastTold: [String: Int64] = [:]
  /// How many of these there may be before those of no matter are forgotten.
  var mostLastTold = 64
  /// What is due; some of it may not be any more.
  var due: Heap<Due> = []

  /// Creates a machine.
  ///
  /// - Parameters:
  ///   - route: the root of the routes.
  ///   - inhibitions: what keeps other alerts back.
  ///   - rules: the rules whose alerts come, for their schedules; an alert of any other is kept back by none.
  /// - Precondition: each rule has a name of its own, and so has each schedule.
  public init(route: Route, inhibitions: [Inhibition] = [], rules: [AlertRule] = []) {
    routes = route.all
    sources = InhibitionIndex(inhibitions)
    self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0) })
  }

  /// Takes all the silences there are now, in the place of those of before, and does what is due.
  public mutating func setSilences(_ silences: [Silence], at now: Int64) -> [Action] {
    let before = self.silences
    self.silences = silences.sorted { $0.id < $1.id }
    for case .silence(let id) in Array(held.keys)
    where before.first(where: { $0.id == id }) != silences.first(where: { $0.id == id }) {
      look(again: .silence(id), at: now)
    }
    return advance(to: now)
  }

  /// Takes a change; `number` is that of its stored event, and numbers go up.
  ///
  /// A firing of an alert that fires already, and the end of one that does not, change nothing.
  public mutating func take(_ change: AlertChange, number: UInt64, at now: Int64) -> [Action] {
    var actions: [Action] = []
    // What was due before comes before, however late somebody asks for it.
    run(through: now - 1, at: now, &actions)
    switch change {
    case .fired(let alert): fire(alert, number, at: now, &actions)
    case .resolved(let alert): resolve(alert, number, at: now, &actions)
    }
    forgetWhatIsNotDue()
    return actions
  }

  /// Does what is due by now.
  public mutating func advance(to now: Int64) -> [Action] {
    var actions: [Action] = []
    run(through: now, at: now, &actions)
    forgetWhatIsNotDue()
    return actions
  }

  /// When `advance` has something to do next, in milliseconds UTC; `nil` as long as nothing else happens.
  public var next: Int64? { due.min?.time }

  private mutating func fire(_ alert: Alert, _ number: UInt64, at now: Int64, _ actions: inout [Action]) {
    guard numbers[alert.id] == nil, entries[number] == nil else { return }
    let entry = entry(of: alert, takenAt: now)
    numbers[alert.id] = number
    entries[number] = entry
    sources.insert(number, alert.labels)
    for index in entry.targets.indices {
      if let reason = alert.muting {
        // By the time of its fixes. Where the schedule is over by now it waits for `advance` all the same, for its end
        // may come with it.
        var end = now
        if let rule = rules[alert.rule], muting(by: rule, alert.labels, at: now) != nil {
          end = schedules.nextChange(
            of: rule.active + rule.mute, after: now, zones: Self.zones(of: rule, alert.labels))
        }
        keepBack(number, index, Hold(obstacle: .rule(alert.rule), reason: reason, due: end), &actions)
      } else {
        offer(number, index, at: now, &actions)
      }
    }
  }

  private mutating func resolve(_ alert: Alert, _ number: UInt64, at now: Int64, _ actions: inout [Action]) {
    guard let fired = numbers[alert.id], let entry = entries[fired], entry.resolution == nil else { return }
    entries[fired]?.resolution = number
    sources.remove(fired, entry.labels)
    if held[.source(fired)] != nil { look(again: .source(fired), at: now) }
    // By the time of its fixes, as it was with its firing: late fixes are told no otherwise than others.
    let rule = rules[entry.rule]
    let muting = entry.muting.flatMap { muting in
      rule == nil
        ? muting : rule?.muting(at: alert.resolvedAt ?? now, vehicle: alert.vehicleID, fence: alert.fenceID)
    }.map { Hold(obstacle: .rule(entry.rule), reason: $0, due: nil) }
    for (index, target) in entry.targets.enumerated() where !target.isDone {
      entries[fired]?.targets[index].repeatDue = nil
      free(fired, index)
      if target.toldAt != nil {
        join(fired, index, since: now, at: now, &actions)
      } else if let hold = muting ?? hold(entry, target, at: now) {
        drop(fired, index, hold, &actions)
      } else {
        join(fired, index, since: entry.takenAt, at: now, &actions)
      }
    }
    settle(fired, &actions)
  }
}
