extension NotificationMachine {
  /// Goes on after a restart with what is not settled: nothing is told twice, and nothing is missed.
  ///
  /// - Parameters:
  ///   - standing: the alerts that fire, and those that are over and not settled.
  ///   - groups: when each group had its last message, by its key; without it a message may come earlier than its
  ///     group's interval allows.
  ///   - now: the time, in milliseconds UTC.
  /// - Precondition: the silences are those of now.
  public mutating func restore(
    _ standing: [Standing], groups: [String: Int64] = [:], at now: Int64
  ) -> [Action] {
    var actions: [Action] = []
    lastTold.merge(groups) { max($0, $1) }
    let known = standing.sorted { $0.number < $1.number }
      .filter { numbers[$0.alert.id] == nil && entries[$0.number] == nil }
    // All of them first: any may keep others back.
    for standing in known {
      numbers[standing.alert.id] = standing.number
      entries[standing.number] = entry(of: standing)
      if standing.resolution == nil { sources.insert(standing.number, standing.alert.labels) }
    }
    for standing in known {
      for index in entries[standing.number]?.targets.indices ?? 0..<0 {
        resume(standing, index, at: now, &actions)
      }
      settle(standing.number, &actions)
    }
    forgetWhatIsNotDue()
    return actions
  }

  private mutating func resume(_ standing: Standing, _ index: Int, at now: Int64, _ actions: inout [Action]) {
    guard let target = entries[standing.number]?.targets[index], !target.isDone else { return }
    if let resolution = standing.resolution {
      let since = target.toldAt == nil ? standing.takenAt : resolution.takenAt
      join(standing.number, index, since: since, at: now, &actions)
    } else if let toldAt = target.toldAt {
      tellAgain(standing.number, index, after: toldAt)
    } else {
      offer(standing.number, index, at: now, &actions)
    }
  }

  /// What is kept of an alert that fires: each receiver once, by all the routes that lead to it.
  func entry(of alert: Alert, takenAt: Int64) -> Entry {
    var entry = Entry(
      alert: alert.id, rule: alert.rule, labels: alert.labels, muting: alert.muting, takenAt: takenAt)
    let matching = routes.first?.matches(for: alert.labels) ?? []
    var places: [String: [Int]] = [:]
    for route in matching { places[route.receiver, default: []].append(route.number) }
    for route in matching {
      guard let numbers = places.removeValue(forKey: route.receiver) else { continue }
      entry.targets.append(Target(receiver: route.receiver, routes: numbers))
    }
    return entry
  }

  private func entry(of standing: Standing) -> Entry {
    var entry = entry(of: standing.alert, takenAt: standing.takenAt)
    entry.resolution = standing.resolution?.number
    entry.reasons = standing.reasons
    // Whoever was told that it fires is told of its end, wherever the routes lead by now.
    for receiver in standing.told.keys.sorted() where !entry.targets.contains(where: { $0.receiver == receiver }) {
      entry.targets.append(Target(receiver: receiver, routes: []))
    }
    for index in entry.targets.indices {
      entry.targets[index].toldAt = standing.told[entry.targets[index].receiver]
      entry.targets[index].isDone = standing.concluded.contains(entry.targets[index].receiver)
    }
    return entry
  }
}
