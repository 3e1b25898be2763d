import HeapModule

extension NotificationMachine {
  /// An alert waits for the message of its group, which goes out `group_wait` after the first one came, and
  /// `group_interval` after the last message.
  mutating func join(
    _ number: UInt64, _ index: Int, since: Int64, at now: Int64, _ actions: inout [Action]
  ) {
    guard let entry = entries[number] else { return }
    let place = route(of: entry.targets[index], at: now)
    let route = routes[place]
    let group = Group(
      receiver: entry.targets[index].receiver, route: route, alert: entry.alert, labels: entry.labels)
    let key = group.key
    var first = since
    if let batch = batches[key] { first = min(batch.since, since) }
    batches[key, default: Batch(group: group, route: place, since: first)].waiting[number] = since
    batches[key]?.since = first
    let time = messageTime(key, route, since: first)
    if route.groupBy == nil, time <= now {
      send(key, at: now, &actions)
    } else {
      schedule(key, at: time)
    }
  }

  private func messageTime(_ key: String, _ route: Route, since: Int64) -> Int64 {
    max(since + route.groupWait, lastTold[key].map { $0 + route.groupInterval } ?? .min)
  }

  private mutating func schedule(_ key: String, at time: Int64) {
    guard batches[key]?.due != time else { return }
    batches[key]?.due = time
    due.insert(Due(time: time, matter: .message(key)))
  }

  /// Sends the message of a group.
  mutating func send(_ key: String, at now: Int64, _ actions: inout [Action]) {
    guard var batch = batches.removeValue(forKey: key) else { return }
    let waiting = batch.waiting.keys.sorted()
    for number in waiting where !isToBeTold(number, batch.group.receiver, at: now, &actions) {
      batch.waiting[number] = nil
    }
    guard let since = batch.waiting.values.min() else { return }
    let time = messageTime(key, routes[batch.route], since: since)
    guard time <= now else {
      // The one that was first is kept back now: the others wait for as long as without it.
      batch.since = since
      batch.due = nil
      batches[key] = batch
      return schedule(key, at: time)
    }
    let numbers = waiting.filter { batch.waiting[$0] != nil }
    let changes = numbers.flatMap { told($0, batch.group.receiver, at: now) }.sorted { $0.number < $1.number }
    remember(key, at: now)
    actions.append(.tell(receiver: batch.group.receiver, group: batch.group, changes: changes))
    for number in numbers { settle(number, &actions) }
  }

  /// Whether a receiver is told of an alert that waits for its message; of one that fires and may not go out it is not,
  /// which is kept back. Whether one that is over is told was decided then.
  private mutating func isToBeTold(
    _ number: UInt64, _ receiver: String, at now: Int64, _ actions: inout [Action]
  ) -> Bool {
    guard let entry = entries[number], let index = entry.targets.firstIndex(where: { $0.receiver == receiver }),
      !entry.targets[index].isDone
    else { return false }
    guard entry.resolution == nil, let hold = hold(entry, entry.targets[index], at: now) else { return true }
    keepBack(number, index, hold, &actions)
    return false
  }

  /// What a receiver is told of an alert: that it fires, that it is over, or both.
  private mutating func told(_ number: UInt64, _ receiver: String, at now: Int64) -> [Told] {
    guard let entry = entries[number], let index = entry.targets.firstIndex(where: { $0.receiver == receiver }) else {
      return []
    }
    let toldAt = entry.targets[index].toldAt
    let start = Told(number: number, alert: entry.alert, isFiring: true, isRepeat: toldAt != nil)
    guard let resolution = entry.resolution else {
      entries[number]?.targets[index].toldAt = now
      tellAgain(number, index, after: now)
      return [start]
    }
    entries[number]?.targets[index].isDone = true
    let end = Told(number: resolution, alert: entry.alert, isFiring: false)
    return toldAt == nil ? [start, end] : [end]
  }

  /// A receiver that was told at a time is told again after the repeat interval of its first route.
  mutating func tellAgain(_ number: UInt64, _ index: Int, after told: Int64) {
    guard let first = entries[number]?.targets[index].routes.first, let interval = routes[first].repeatInterval else {
      return
    }
    entries[number]?.targets[index].repeatDue = told + interval
    due.insert(Due(time: told + interval, matter: .again(number, index)))
  }

  /// Forgets an alert that is over and of which nothing more is told.
  mutating func settle(_ number: UInt64, _ actions: inout [Action]) {
    guard let entry = entries[number], entry.resolution != nil, entry.targets.allSatisfy(\.isDone) else { return }
    entries[number] = nil
    numbers[entry.alert] = nil
    actions.append(.settle(alert: entry.alert))
  }

  /// A group has had a message; what is too long ago to matter is forgotten now and then.
  private mutating func remember(_ key: String, at now: Int64) {
    lastTold[key] = now
    guard lastTold.count > mostLastTold, let longest = routes.map(\.groupInterval).max() else { return }
    lastTold = lastTold.filter { $0.value + longest > now }
    mostLastTold = max(64, 2 * lastTold.count)
  }
}
