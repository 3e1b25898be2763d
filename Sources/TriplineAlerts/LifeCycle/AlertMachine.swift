import Mustache
public import TriplineCore
import TriplineFormats

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

  /// What an alert fires for.
  struct Key: Hashable {
    /// The index of the rule.
    var rule: Int
    /// By its id: indices are those of one set of fences. Empty where there is none.
    var fence = ""
    /// The id of another vehicle it is about as well; empty where there is none.
    var other = ""
  }

  /// An alert that fires.
  struct Firing {
    /// The alert.
    var alert: Alert
    /// When it is over, unless what it waits for comes back before.
    var due: Int64?
  }

  /// The rules.
  private(set) var book: RuleBook
  private var templates: [[String: MustacheTemplate]]
  /// What fires, by the index of its vehicle.
  private(set) var firing: [UInt32: [Key: Firing]] = [:]
  /// Since when rules that were not there from the beginning are there, by their names.
  var since: [String: Int64] = [:]
  /// The vehicles of which something fires that is to be over.
  private var ending: Set<UInt32> = []
  /// The fences that a vehicle is inside of as far as a rule was told, by the index of the vehicle and of the rule. Of
  /// every rule of stays: one of entries may become one of `inside`, and the engine goes on with it without a word.
  var members: [UInt32: [Int: Set<String>]] = [:]
  /// Vehicles that have left the last fence of a rule of `outside`, and may enter the next one with the same fix.
  var leaving: [UInt32: [Int: Leaving]] = [:]
  /// Where vehicles were last, where a rule asks for that.
  var places: [UInt32: Place] = [:]
  /// The stays in fences of which rules of overspeed ask, by the index of the vehicle and of the rule: those that go on, and the last
  /// that are over.
  var stays: [UInt32: [Int: [FenceStay]]] = [:]
  /// Since when the ignition of vehicles has been on, where a rule of idling asks for that.
  var ignitions: [UInt32: Int64] = [:]

  /// Until when vehicles stood whose stop is over, where a rule of idling asks for that, between the events of one fix.
  var idlesUntil: [UInt32: Int64] = [:]

  /// When fences end that do, by their ids: nobody can come back to them then.
  private var ends: [String: Int64]

  /// Creates a machine for the rules of a book and the fences, which are those of the engine.
  public init(_ book: RuleBook, fences: FenceSet) { self.init(book, ends: fences.ends) }

  /// The same for fences of which it is known when they end.
  init(_ book: RuleBook, ends: [String: Int64] = [:]) {
    self.book = book
    self.ends = ends
    templates = Self.templates(of: book)
  }

  private static func templates(of book: RuleBook) -> [[String: MustacheTemplate]] {
    // They are texts, in which nothing stands for anything else.
    book.rules.map { rule in
      rule.annotations.compactMapValues { try? MustacheTemplate(string: "{{%CONTENT_TYPE:TEXT}}" + $0) }
    }
  }

  /// Takes an event of the engine.
  public mutating func take(_ event: Event, of vehicle: Vehicle, in fences: FenceSet) -> [AlertChange] {
    switch event {
    case .rule(let event): return take(event, vehicle, fences)
    case .fence(let event) where event.kind == .cross: return cross(event, vehicle, fences)
    case .travel(let travel): return take(travel, vehicle, fences)
    case .overspeed(let event):
      let reason = Self.reason(event)
      return tellInside(event, vehicle, reason)
        + tell(vehicle, "over", from: event.start, to: event.end, at: event.coordinate) { trigger in
          guard case .overspeed(let tier) = trigger, event.tier >= tier else { return nil }
          return reason
        }
    // The end of a pause that a silence has cut short says nothing of the place: the next fix does.
    case .stop(let step) where step.phase == .ended && step.stop.kind != .pause:
      return endStanding(at: step.stop.end, vehicle)
    case .harsh(let event):
      return tell(vehicle, "over \(event.kind.rawValue)", from: event.start, to: event.end, at: event.coordinate) {
        trigger in
        guard case .harsh(let level, let kind) = trigger, event.level >= level, kind ?? event.kind == event.kind else {
          return nil
        }
        return "\(event.kind): \(event.level), \((Double(event.peak) * 10).rounded() / 10) m/s² at its peak"
      }
    case .score(let score):
      return tell(vehicle, "over", from: score.end, to: score.end, at: nil) { trigger in
        guard case .trip(let limit) = trigger, let value = score.driving.value, value < limit else { return nil }
        return
          "a driving score of \(Int(value.rounded())), below \(Int(limit.rounded())), over \(Int(score.distance.rounded())) m"
      }
    default: return []
    }
  }

  /// All events up to a time have come: what was to go on firing until then is over.
  ///
  /// - Parameters:
  ///   - time: the time, in milliseconds UTC.
  ///   - undecided: the time from which on of a vehicle something may still be told for a rule, by its index, where that lies before;
  ///     of no vehicle unless given.
  public mutating func advance(
    to time: Int64, undecided: (_ vehicle: UInt32, _ rule: Int) -> Int64? = { _, _ in nil }
  ) -> [AlertChange] {
    ending.sorted().flatMap { resolveDue(of: $0, before: time, undecided: undecided) }
  }

  /// A vehicle's track is over: what was only to go on firing is over when it was to be, and what fires at a fence that has ended by
  /// the last fix. What else fires goes on, and nothing more comes of it.
  ///
  /// - Parameter last: the time of that fix, in milliseconds UTC; `nil` where it is not known.
  public mutating func end(_ vehicle: Vehicle, at last: Int64? = nil) -> [AlertChange] {
    var changes = settle(vehicle.index) + endIdling(of: vehicle.index)
    for key in sorted(firing[vehicle.index] ?? [:]) {
      guard let state = firing[vehicle.index]?[key], let due = due(key, state) else { continue }
      guard state.due != nil || due <= last ?? .min else { continue }
      changes.append(resolve(key, of: vehicle.index, at: due))
    }
    firing[vehicle.index] = nil
    ending.remove(vehicle.index)
    members[vehicle.index] = nil
    places[vehicle.index] = nil
    ignitions[vehicle.index] = nil
    stays[vehicle.index] = nil
    return changes
  }

  /// Goes over to other fences at a time in milliseconds UTC: what fires at one that is there no longer is over.
  public mutating func replaceFences(with fences: FenceSet, at time: Int64) -> [AlertChange] {
    replaceFences(with: fences, ends: fences.ends, at: time)
  }

  /// The same where several machines go over, and it is known when the fences end.
  mutating func replaceFences(with fences: FenceSet, ends next: [String: Int64], at time: Int64) -> [AlertChange] {
    let before = ends
    ends = next
    var changes: [AlertChange] = []
    for vehicle in firing.keys.sorted() {
      for key in sorted(firing[vehicle] ?? [:]) where !key.fence.isEmpty {
        if book.rules[key.rule].trigger == .exit, let end = before[key.fence], end <= time {
          changes.append(resolve(key, of: vehicle, at: end))
        } else if !isThere(key.fence, for: key.rule, in: fences) {
          changes.append(resolve(key, of: vehicle, at: time))
        }
      }
      noteEnding(vehicle)
    }
    return changes
  }

  /// Whether a fence is one that a rule is about.
  private func isThere(_ fence: String, for rule: Int, in fences: FenceSet) -> Bool {
    fences.index(of: fence).map { book.rules[rule].fences.contains($0, of: fences) } ?? false
  }

  /// Whether a rule without fences fires for a vehicle, and what it waits for is still true.
  func fires(_ rule: Int, of vehicle: UInt32) -> Bool {
    firing[vehicle]?[Key(rule: rule)].map { $0.due == nil } ?? false
  }

  /// What fires, in the order of its beginning.
  public var current: [Alert] {
    firing.values.flatMap { $0.values.map(\.alert) }.sorted { ($0.startsAt, $0.id) < ($1.startsAt, $1.id) }
  }

  // MARK: Standing

  /// All that fires, by vehicle, rule and fence.
  public var standing: [StandingAlert] {
    firing.keys.sorted().flatMap { vehicle in
      sorted(firing[vehicle] ?? [:]).compactMap { key in
        firing[vehicle]?[key].map { StandingAlert(vehicle: vehicle, alert: $0.alert, due: $0.due) }
      }
    }
  }

  /// Goes on with what fired before; what is of no rule of the book is left out.
  mutating func restore(_ standing: [StandingAlert]) {
    for one in standing {
      guard let rule = book.rules.firstIndex(where: { $0.name == one.alert.rule }) else { continue }
      let key = Key(rule: rule, fence: one.alert.fenceID ?? "", other: one.alert.otherID ?? "")
      firing[one.vehicle, default: [:]][key] = Firing(alert: one.alert, due: one.due)
      noteEnding(one.vehicle)
    }
  }

  /// Goes over to other rules at a time in milliseconds UTC. What fires for a rule that detects the same goes on; what fires for
  /// one that is gone, or detects something else now, is over.
  public mutating func replace(_ book: RuleBook, at time: Int64) -> [AlertChange] {
    let (names, changed) = (Set(book.rules.map(\.name)), book.rulesChanged(since: self.book))
    let kept = names.subtracting(changed)
    var changes = settle()
    for vehicle in firing.keys.sorted() {
      for key in sorted(firing[vehicle] ?? [:]) where !kept.contains(self.book.rules[key.rule].name) {
        changes.append(resolve(key, of: vehicle, at: time))
      }
    }
    // What they tell of the time before is told anew, and so has other ids than what they told then.
    for name in changed { since[name] = time }
    since = since.filter { names.contains($0.key) }
    let state = state
    // What a vehicle is inside of is told anew by the engine of rules that are another matter for it.
    let before = Set(self.book.fenceRules)
    let known = zip(book.fenceRules, book.owners).filter { before.contains($0.0) }.map { book.rules[$0.1].name }
    self.book = book
    templates = Self.templates(of: book)
    (firing, ending) = ([:], [])
    (members, leaving, places, ignitions, stays) = ([:], [:], [:], [:], [:])
    restore(state, of: Set(known))
    return changes
  }

  // MARK: Rules of fences

  private mutating func take(_ event: RuleEvent, _ vehicle: Vehicle, _ fences: FenceSet) -> [AlertChange] {
    guard book.owners.indices.contains(Int(event.rule)) else { return [] }
    let rule = book.owners[Int(event.rule)]
    if case .overspeedInside = book.rules[rule].trigger {
      noteStay(event, rule, vehicle.index, fences)
      return []
    }
    note(event, rule, fences.id(of: event.fence), vehicle.index)
    guard isAbout(rule, vehicle) else { return [] }
    if book.rules[rule].trigger == .outside { return takeOutside(event, rule, vehicle) }
    let key = Key(rule: rule, fence: fences.id(of: event.fence))
    let due = resolveDue(key, of: vehicle.index, before: event.decidedTime)
    switch (book.rules[rule].trigger, event.kind) {
    case (.exit, .exit) where event.reason == .fenceRemoved || event.reason == .fenceExpired:
      // Nobody can come back to what is not there.
      return due
    case (.enter, .enter), (.exit, .exit), (.dwell, .dwell), (.inside, .enter), (.inside, .start):
      let fired = fire(key, event, vehicle, name: fences.name(of: event.fence))
      noteEnding(vehicle.index)
      return due + fired
    case (.enter, .exit), (.dwell, .exit), (.inside, .exit), (.exit, .enter), (.exit, .start), (.enter, .end),
      (.dwell, .end), (.inside, .end):
      // With the end of its track nobody knows of the vehicle any more.
      return due + over(key, of: vehicle.index, at: event.time, decided: event.decidedTime)
    default: return due
    }
  }

  private mutating func fire(_ key: Key, _ event: RuleEvent, _ vehicle: Vehicle, name: String?) -> [AlertChange] {
    fire(
      key, vehicle, name: name, kind: "\(event.kind.rawValue)", from: event.time, decided: event.decidedTime,
      at: event.coordinate, reason: Self.reason(event, book.rules[key.rule]))
  }

  /// What an alert waits for has come: it fires, unless it does already.
  mutating func fire(
    _ key: Key, _ vehicle: Vehicle, name: String? = nil, other: Vehicle? = nil, kind: String, from start: Int64,
    decided: Int64, at coordinate: Coordinate?, reason: String
  ) -> [AlertChange] {
    guard firing[vehicle.index]?[key] == nil else {
      // What comes back before it was over is no new alert.
      firing[vehicle.index]?[key]?.due = nil
      return []
    }
    let alert = make(
      key.rule, vehicle, fence: key.fence.isEmpty ? nil : (key.fence, name), other: other, kind: kind, from: start,
      decided: decided, at: coordinate, reason: reason)
    firing[vehicle.index, default: [:]][key] = Firing(alert: alert)
    return [.fired(alert)]
  }

  /// What an alert waits for is over since a time, which was decided at another one.
  mutating func over(_ key: Key, of vehicle: UInt32, at time: Int64, decided: Int64) -> [AlertChange] {
    guard let state = firing[vehicle]?[key], state.due == nil else { return [] }
    let keep = book.rules[key.rule].keepFiringFor
    guard keep > 0 else { return [resolve(key, of: vehicle, at: time)] }
    firing[vehicle]?[key]?.due = decided + keep
    ending.insert(vehicle)
    return []
  }

  /// When an alert is over, as far as that is known: after what it was to go on for, or with the fence that was left.
  private func due(_ key: Key, _ state: Firing) -> Int64? {
    guard !ends.isEmpty, book.rules[key.rule].trigger == .exit, let end = ends[key.fence] else { return state.due }
    return min(end, state.due ?? .max)
  }

  /// Notes whether of a vehicle something fires that is to be over.
  private mutating func noteEnding(_ vehicle: UInt32) {
    if firing[vehicle]?.contains(where: { due($0.key, $0.value) != nil }) ?? false {
      ending.insert(vehicle)
    } else {
      ending.remove(vehicle)
    }
  }

  private func sorted(_ states: [Key: Firing]) -> [Key] {
    states.keys.sorted { ($0.rule, $0.fence, $0.other) < ($1.rule, $1.fence, $1.other) }
  }

  /// What was to go on firing until some time before `time`.
  private mutating func resolveDue(
    of vehicle: UInt32, before time: Int64, undecided: (_ vehicle: UInt32, _ rule: Int) -> Int64?
  ) -> [AlertChange] {
    guard ending.contains(vehicle), let states = firing[vehicle] else { return [] }
    let changes = sorted(states).compactMap { key -> AlertChange? in
      guard let due = states[key].flatMap({ due(key, $0) }), due < time, due < undecided(vehicle, key.rule) ?? .max
      else { return nil }
      return resolve(key, of: vehicle, at: due)
    }
    noteEnding(vehicle)
    return changes
  }

  /// An alert that was to go on firing until some time before `time` is over.
  ///
  /// Others of the vehicle have their own time: a silence may reach one before it reaches another, and be told of later.
  mutating func resolveDue(_ key: Key, of vehicle: UInt32, before time: Int64) -> [AlertChange] {
    guard ending.contains(vehicle), let due = firing[vehicle]?[key].flatMap({ due(key, $0) }), due < time else {
      return []
    }
    return [resolve(key, of: vehicle, at: due)]
  }

  private mutating func resolve(_ key: Key, of vehicle: UInt32, at time: Int64) -> AlertChange {
    guard var alert = firing[vehicle]?.removeValue(forKey: key)?.alert else {
      preconditionFailure("nothing fires here")
    }
    if firing[vehicle]?.isEmpty == true { firing[vehicle] = nil }
    alert.resolvedAt = max(time, alert.startsAt)
    return .resolved(alert)
  }

  // MARK: What is over when it is told

  private func tell(
    _ vehicle: Vehicle, _ kind: String, from start: Int64, to end: Int64, at place: Coordinate?,
    _ reason: (AlertRule.Trigger) -> String?
  ) -> [AlertChange] {
    var changes: [AlertChange] = []
    for (index, rule) in book.rules.enumerated() where isAbout(index, vehicle) {
      guard let reason = reason(rule.trigger) else { continue }
      var alert = make(index, vehicle, fence: nil, kind: kind, from: start, decided: end, at: place, reason: reason)
      changes.append(.fired(alert))
      alert.resolvedAt = end
      changes.append(.resolved(alert))
    }
    return changes
  }

  /// Makes an alert of a rule.
  func make(
    _ index: Int, _ vehicle: Vehicle, fence: (id: String, name: String?)?, other: Vehicle? = nil, kind: String,
    from start: Int64, decided: Int64, at coordinate: Coordinate?, reason: String
  ) -> Alert {
    let rule = book.rules[index]
    let decided = max(decided, since[rule.name] ?? .min)
    var labels = rule.labels
    labels["alertname"] = rule.name
    labels["vehicle"] = vehicle.id
    labels["fence"] = fence?.id
    labels["other"] = other?.id ?? rule.labels["other"]
    let context: [String: Any] = [
      "vehicle": ["id": vehicle.id, "name": vehicle.name],
      "fence": ["id": fence?.id ?? "", "name": fence?.name ?? fence?.id ?? ""],
      "other": ["id": other?.id ?? "", "name": other?.name ?? ""],
      "reason": reason, "labels": labels,
    ]
    return Alert(
      id: AlertID.text(
        [rule.name, book.revisions[index], vehicle.id, fence?.id ?? "", kind, "\(start)", "\(decided)"]
          + (other.map { [$0.id] } ?? [])),
      rule: rule.name, revision: book.revisions[index], kind: rule.trigger.name, vehicleID: vehicle.id,
      vehicleName: vehicle.name, fenceID: fence?.id, fenceName: fence?.name, otherID: other?.id,
      otherName: other?.name, startsAt: start, decidedAt: decided,
      coordinate: coordinate, reason: reason, labels: labels,
      annotations: templates[index].mapValues { $0.render(context) },
      muting: rule.muting(at: decided, vehicle: vehicle.id, fence: fence?.id))
  }
}
