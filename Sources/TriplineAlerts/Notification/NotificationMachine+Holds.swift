import HeapModule

extension NotificationMachine {
  /// Why an alert is kept back from a receiver, or `nil` where it is told.
  mutating func hold(_ entry: Entry, _ target: Target, at now: Int64) -> Hold? {
    // What was to be told when it was decided is told, however late its message goes out; repeats are as the time is
    // now.
    if let muting = entry.muting, rules[entry.rule] == nil {
      // Its rule is gone, and it is about to be over.
      return Hold(obstacle: .rule(entry.rule), reason: muting, due: nil)
    }
    if entry.muting != nil || target.toldAt != nil, let rule = rules[entry.rule],
      let reason = muting(by: rule, entry.labels, at: now)
    {
      let end = schedules.nextChange(
        of: rule.active + rule.mute, after: now, zones: Self.zones(of: rule, entry.labels))
      return Hold(obstacle: .rule(rule.name), reason: reason, due: end)
    }
    for silence in silences where silence.mutes(entry.labels, at: now) {
      return Hold(obstacle: .silence(silence.id), reason: "silenced by \(silence.id)", due: silence.endsAt)
    }
    if let source = sources.source(inhibiting: entry.labels) {
      return Hold(obstacle: .source(source), reason: "inhibited by \(entries[source]?.alert ?? "")", due: nil)
    }
    return routeHold(target, at: now)
  }

  private mutating func routeHold(_ target: Target, at now: Int64) -> Hold? {
    var reasons: [String] = []
    var end = Int64.max
    for route in target.routes.map({ routes[$0] }) {
      guard let reason = schedules.muting(active: route.active, mute: route.mute, at: now) else { return nil }
      reasons.append(reason)
      end = min(end, schedules.nextChange(of: route.active + route.mute, after: now))
    }
    guard let reason = reasons.first else { return nil }
    return Hold(obstacle: .routes(target.routes), reason: "\(reason) on the route to \(target.receiver)", due: end)
  }

  /// Why nobody is told of an alert of a rule, with its labels, at a moment.
  mutating func muting(by rule: AlertRule, _ labels: [String: String], at now: Int64) -> String? {
    schedules.muting(active: rule.active, mute: rule.mute, at: now, zones: Self.zones(of: rule, labels))
  }

  /// Where it is that time for an alert of a rule.
  static func zones(of rule: AlertRule, _ labels: [String: String]) -> Schedule.Zones {
    rule.zones.zones(vehicle: labels["vehicle"], fence: labels["fence"])
  }

  /// The route by which a receiver is told: the first whose schedules let it, else the first.
  mutating func route(of target: Target, at now: Int64) -> Int {
    for number in target.routes
    where schedules.muting(active: routes[number].active, mute: routes[number].mute, at: now) == nil {
      return number
    }
    return target.routes.first ?? 0
  }

  /// Keeps an alert that fires back from a receiver, or has it wait for the message of its group.
  mutating func offer(_ number: UInt64, _ index: Int, at now: Int64, _ actions: inout [Action]) {
    guard let entry = entries[number] else { return }
    let target = entry.targets[index]
    if let hold = hold(entry, target, at: now) {
      keepBack(number, index, hold, &actions)
    } else {
      // What is told again or was kept back for long enough has waited for others already.
      join(number, index, since: target.toldAt ?? entry.takenAt, at: now, &actions)
    }
  }

  /// Keeps an alert back from a receiver.
  mutating func keepBack(_ number: UInt64, _ index: Int, _ hold: Hold, _ actions: inout [Action]) {
    guard let alert = entries[number]?.alert else { return }
    show(hold, of: number, alert, &actions)
    entries[number]?.targets[index].obstacle = hold.obstacle
    held[hold.obstacle, default: []].insert(number)
    if let end = hold.due { look(again: hold.obstacle, at: end) }
  }

  /// Shows why an alert is kept back, once.
  private mutating func show(_ hold: Hold, of number: UInt64, _ alert: String, _ actions: inout [Action]) {
    guard entries[number]?.reasons.insert(hold.reason).inserted == true else { return }
    actions.append(.hold(alert: alert, reason: hold.reason, cause: hold.obstacle.cause))
  }

  /// What an obstacle keeps back is looked at again at a time.
  mutating func look(again obstacle: Obstacle, at time: Int64) {
    if let release = releases[obstacle], release <= time { return }
    releases[obstacle] = time
    due.insert(Due(time: time, matter: .release(obstacle)))
  }

  /// A receiver does not wait any more for what kept an alert back.
  mutating func free(_ number: UInt64, _ index: Int) {
    guard let entry = entries[number], let obstacle = entry.targets[index].obstacle else { return }
    entries[number]?.targets[index].obstacle = nil
    // Other receivers may wait for the same.
    if entry.targets.indices.contains(where: { $0 != index && entry.targets[$0].obstacle == obstacle }) { return }
    held[obstacle]?.remove(number)
    if held[obstacle]?.isEmpty == true {
      held[obstacle] = nil
      releases[obstacle] = nil
    }
  }

  /// A receiver is never told of an alert that was over while it was kept back.
  mutating func drop(_ number: UInt64, _ index: Int, _ hold: Hold, _ actions: inout [Action]) {
    guard let entry = entries[number] else { return }
    show(hold, of: number, entry.alert, &actions)
    entries[number]?.targets[index].isDone = true
    actions.append(.drop(alert: entry.alert, receiver: entry.targets[index].receiver, reason: hold.reason))
  }
}
