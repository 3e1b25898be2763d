import HeapModule

extension NotificationMachine {
  /// Does what is due by a time, as of now.
  mutating func run(through time: Int64, at now: Int64, _ actions: inout [Action]) {
    while true {
      var offers: [(number: UInt64, index: Int)] = []
      var messages: [(first: UInt64, key: String)] = []
      while let first = due.min, first.time <= time {
        due.removeMin()
        guard isDue(first) else { continue }
        switch first.matter {
        case .release(let obstacle): offers += released(obstacle)
        case .again(let number, let index):
          entries[number]?.targets[index].repeatDue = nil
          offers.append((number, index))
        case .message(let key):
          batches[key]?.due = nil
          messages.append((batches[key]?.waiting.keys.min() ?? 0, key))
        }
      }
      if offers.isEmpty, messages.isEmpty { return }
      for (number, index) in offers.sorted(by: { ($0.number, $0.index) < ($1.number, $1.index) }) {
        offer(number, index, at: now, &actions)
      }
      for (_, key) in messages.sorted(by: { ($0.first, $0.key) < ($1.first, $1.key) }) {
        send(key, at: now, &actions)
      }
    }
  }

  /// What is not due any more is taken away until something is, so that `next` is right.
  mutating func forgetWhatIsNotDue() {
    while let first = due.min, !isDue(first) { due.removeMin() }
  }

  private func isDue(_ due: Due) -> Bool {
    switch due.matter {
    case .release(let obstacle): releases[obstacle] == due.time
    case .again(let number, let index): entries[number]?.targets[index].repeatDue == due.time
    case .message(let key): batches[key]?.due == due.time
    }
  }

  /// What an obstacle has kept back, which it does no longer.
  private mutating func released(_ obstacle: Obstacle) -> [(number: UInt64, index: Int)] {
    releases[obstacle] = nil
    var offers: [(number: UInt64, index: Int)] = []
    for number in held.removeValue(forKey: obstacle) ?? [] {
      for index in entries[number]?.targets.indices ?? 0..<0
      where entries[number]?.targets[index].obstacle == obstacle {
        entries[number]?.targets[index].obstacle = nil
        offers.append((number, index))
      }
    }
    return offers
  }
}
