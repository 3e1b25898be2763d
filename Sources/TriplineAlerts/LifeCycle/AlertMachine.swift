import Mustache
public import TriplineCore

/// Makes alerts of what the engine tells: each fires once, until what it waits for is over. Knows no clock.
public struct AlertMachine: Sendable {
  /// Who an event is about.
  public struct Vehicle: Sendable, Hashable {
    /// The index the engine knows it by.
    public var index: UInt32
    /// Its id.
    public var id: String
    /// Its name for people.
    public var name: String

    /// Creates a vehicle; without a name it has its id.
    public init(index: UInt32, id: String, name: String? = nil) {
      self.index = index
      self.id = id
      self.name = name ?? id
    }
  }

  private struct Key: Hashable {
    var rule: Int
    var vehicle: UInt32
    var fence: UInt32
  }

  private struct Firing {
    var alert: Alert
    /// When it is over, unless what it waits for comes back before.
    var end: (time: Int64, due: Int64)?
  }

  private let book: RuleBook
  /// The position of the first of the book's rules among the engine's.
  private let firstRule: Int
  private let templates: [[String: MustacheTemplate]]
  private var firing: [Key: Firing] = [:]

  /// Creates a machine for the rules of a book, which are those of the engine from `firstRule` on.
  public init(_ book: RuleBook, firstRule: Int = 0) {
    self.book = book
    self.firstRule = firstRule
    templates = book.rules.map { rule in rule.annotations.compactMapValues { try? MustacheTemplate(string: $0) } }
  }

  /// Takes an event of the engine.
  public mutating func take(_ event: Event, of vehicle: Vehicle, in fences: FenceSet) -> [AlertChange] {
    switch event {
    case .rule(let event): return take(event, vehicle, fences)
    case .overspeed(let event):
      return tell(vehicle, from: event.start, to: event.end, at: event.coordinate) { trigger in
        guard case .overspeed(let tier) = trigger, event.tier >= tier else { return nil }
        return
          "\(Self.kilometersPerHour(event.peak)) where \(Self.kilometersPerHour(event.limit)) are allowed, for \(Self.text(event.duration))"
      }
    case .stop(let step) where step.phase == .ended:
      let stop = step.stop
      return tell(vehicle, from: stop.start, to: stop.end, at: stop.coordinate) { trigger in
        guard case .stop(let duration) = trigger, stop.duration >= duration, stop.kind != .dataGap else { return nil }
        // Of one that is not observed the ends are known, and not what was between them.
        let kind = stop.kind == .observed ? "" : ", by the fixes before and after it"
        return "stopped for \(Self.text(stop.duration)), longer than \(Self.text(duration))\(kind)"
      }
    case .harsh(let event):
      return tell(vehicle, from: event.start, to: event.end, at: event.coordinate) { trigger in
        guard case .harsh(let level, let kind) = trigger, event.level >= level, kind ?? event.kind == event.kind else {
          return nil
        }
        return "\(event.kind): \(event.level), at most \((Double(event.peak) * 10).rounded() / 10) m/s²"
      }
    case .score(let score):
      return tell(vehicle, from: score.end, to: score.end, at: nil) { trigger in
        guard case .trip(let limit) = trigger, let value = score.driving.value, value < limit else { return nil }
        return
          "a driving score of \(Int(value.rounded())), below \(Int(limit.rounded())), over \(Int(score.distance.rounded())) m"
      }
    default: return []
    }
  }

  /// A vehicle's track is over: what it still waits for is decided. What fires goes on.
  public mutating func end(_ vehicle: Vehicle) -> [AlertChange] {
    var changes: [AlertChange] = []
    for (key, state) in firing where key.vehicle == vehicle.index {
      if let end = state.end { changes.append(resolve(key, at: end.due)) }
    }
    return changes.sorted { $0.alert.id < $1.alert.id }
  }

  /// What fires, in the order of its beginning.
  public var current: [Alert] { firing.values.map(\.alert).sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) } }

  // MARK: Rules of fences

  private mutating func take(_ event: RuleEvent, _ vehicle: Vehicle, _ fences: FenceSet) -> [AlertChange] {
    let index = Int(event.rule) - firstRule
    guard book.owners.indices.contains(index) else { return [] }
    let rule = book.owners[index]
    guard book.rules[rule].vehicles?.contains(vehicle.id) ?? true else { return [] }
    let key = Key(rule: rule, vehicle: vehicle.index, fence: event.fence)
    switch (book.rules[rule].trigger, event.kind) {
    case (.enter, .enter), (.exit, .exit), (.dwell, .dwell):
      return fire(key, event, vehicle, fences)
    case (.enter, .exit), (.dwell, .exit), (.exit, .enter):
      return over(key, at: event.time)
    case (.enter, .end), (.dwell, .end):
      // The track is over: nobody knows of the vehicle any more.
      return over(key, at: event.time)
    default: return []
    }
  }

  private mutating func fire(
    _ key: Key, _ event: RuleEvent, _ vehicle: Vehicle, _ fences: FenceSet
  ) -> [AlertChange] {
    var changes: [AlertChange] = []
    if let state = firing[key] {
      guard let end = state.end else { return [] }
      // What comes back before it was over is no new alert.
      if event.time <= end.due {
        firing[key]?.end = nil
        return []
      }
      changes.append(resolve(key, at: end.due))
    }
    let fence = (id: fences.id(of: event.fence), name: fences.name(of: event.fence))
    let alert = make(
      key.rule, vehicle, fence: fence, kind: "\(event.kind)", from: event.time, decided: event.decidedTime,
      at: event.coordinate, reason: Self.reason(event, book.rules[key.rule]))
    firing[key] = Firing(alert: alert)
    return changes + [.fired(alert)]
  }

  private mutating func over(_ key: Key, at time: Int64) -> [AlertChange] {
    guard let state = firing[key], state.end == nil else { return [] }
    let keep = book.rules[key.rule].keepFiringFor
    guard keep > 0 else { return [resolve(key, at: time)] }
    firing[key]?.end = (time, time + keep)
    return []
  }

  private mutating func resolve(_ key: Key, at time: Int64) -> AlertChange {
    guard var alert = firing.removeValue(forKey: key)?.alert else { preconditionFailure("nothing fires here") }
    alert.resolvedAt = max(time, alert.startsAt)
    return .resolved(alert)
  }

  // MARK: What is over when it is told

  private func tell(
    _ vehicle: Vehicle, from start: Int64, to end: Int64, at place: Coordinate?,
    _ reason: (AlertRule.Trigger) -> String?
  ) -> [AlertChange] {
    var changes: [AlertChange] = []
    for (index, rule) in book.rules.enumerated() where rule.vehicles?.contains(vehicle.id) ?? true {
      guard let reason = reason(rule.trigger) else { continue }
      var alert = make(
        index, vehicle, fence: nil, kind: "over", from: start, decided: end,
        at: place ?? Coordinate(latitude: .nan, longitude: .nan), reason: reason)
      changes.append(.fired(alert))
      alert.resolvedAt = end + rule.keepFiringFor
      changes.append(.resolved(alert))
    }
    return changes
  }

  private func make(
    _ index: Int, _ vehicle: Vehicle, fence: (id: String, name: String?)?, kind: String, from start: Int64,
    decided: Int64, at coordinate: Coordinate, reason: String
  ) -> Alert {
    let rule = book.rules[index]
    var labels = rule.labels
    labels["alertname"] = rule.name
    labels["vehicle"] = vehicle.id
    labels["fence"] = fence?.id
    let context: [String: Any] = [
      "vehicle": ["id": vehicle.id, "name": vehicle.name],
      "fence": ["id": fence?.id ?? "", "name": fence?.name ?? fence?.id ?? ""],
      "reason": reason, "labels": labels,
    ]
    return Alert(
      id: AlertID.text([rule.name, book.revisions[index], vehicle.id, fence?.id ?? "", kind, "\(start)", "\(decided)"]),
      rule: rule.name, revision: book.revisions[index], kind: rule.trigger.name, vehicleID: vehicle.id,
      vehicleName: vehicle.name, fenceID: fence?.id, fenceName: fence?.name, startsAt: start, decidedAt: decided,
      coordinate: coordinate, reason: reason, labels: labels,
      annotations: templates[index].mapValues { $0.render(context) }, muting: rule.muting(at: decided))
  }
}
