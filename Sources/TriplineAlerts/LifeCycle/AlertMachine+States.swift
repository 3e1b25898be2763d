import TriplineCore
import TriplineFormats

/// Rules of what is, rather than of what happens: inside, outside, silent. And of what is over at once: crossings.
extension AlertMachine {
  /// A vehicle that has left the last fence of a rule of `outside`.
  struct Leaving {
    /// The exit.
    var event: RuleEvent
    /// The vehicle.
    var vehicle: Vehicle
  }

  /// Where a vehicle was at its last fix.
  struct Place {
    /// When, in milliseconds UTC.
    var time: Int64
    /// Where.
    var coordinate: Coordinate
  }

  /// Whether a rule is about a vehicle.
  func isAbout(_ rule: Int, _ vehicle: Vehicle) -> Bool { book.rules[rule].vehicles?.contains(vehicle.id) ?? true }

  // MARK: Crossings

  /// A vehicle has passed through a fence.
  func cross(_ event: FenceEvent, _ vehicle: Vehicle, _ fences: FenceSet) -> [AlertChange] {
    var changes: [AlertChange] = []
    for rule in book.crossings where isAbout(rule, vehicle) {
      guard book.rules[rule].fences.contains(event.fence, of: fences) else { continue }
      var alert = make(
        rule, vehicle, fence: (fences.id(of: event.fence), fences.name(of: event.fence)), kind: "cross",
        from: event.time, decided: event.fixTime, at: event.coordinate,
        reason: "has passed through between two fixes \(TimeSpan.text(event.fixTime - event.previousFixTime)) apart")
      changes.append(.fired(alert))
      alert.resolvedAt = max(event.exitTime, event.time)
      changes.append(.resolved(alert))
    }
    return changes
  }

  // MARK: Inside and outside

  /// Notes what a vehicle is inside of, also where the rule is not about the vehicle: that may change.
  mutating func note(_ event: RuleEvent, _ rule: Int, _ fence: String, _ vehicle: UInt32) {
    switch event.kind {
    case .start, .enter: members[vehicle, default: [:]][rule, default: []].insert(fence)
    case .exit, .end:
      members[vehicle]?[rule]?.remove(fence)
      if members[vehicle]?[rule]?.isEmpty == true { members[vehicle]?[rule] = nil }
      if members[vehicle]?.isEmpty == true { members[vehicle] = nil }
    case .dwell: break
    }
  }

  /// Takes an event of a rule of `outside` that has been noted.
  ///
  /// Who goes from a fence into the one beside it leaves one and enters the other with the same fix, in no matter what
  /// order, and is not outside in between. So it is the next fix that says so, or `settle`.
  mutating func takeOutside(_ event: RuleEvent, _ rule: Int, _ vehicle: Vehicle) -> [AlertChange] {
    let index = vehicle.index
    switch event.kind {
    case .start, .enter:
      var changes: [AlertChange] = []
      if let left = leaving[index]?[rule]?.event, left.decidedTime < event.decidedTime {
        // Who was in this one before that one ended has not been outside, and who finds itself in a new one is not told so either.
        let isApart = event.reason == .moved && left.time < event.time
        if left.reason != .fenceExpired || isApart { changes = settle(index) }
      }
      leaving[index]?[rule] = nil
      if leaving[index]?.isEmpty == true { leaving[index] = nil }
      changes += resolveDue(Key(rule: rule), of: index, before: event.decidedTime)
      return changes + over(Key(rule: rule), of: index, at: event.time, decided: event.decidedTime)
    case .exit where [.moved, .fenceExpired].contains(event.reason) && members[index]?[rule] == nil:
      leaving[index, default: [:]][rule] = Leaving(event: event, vehicle: vehicle)
      return []
    // What a change of fences makes of a vehicle is seen with its next fix: others may have been added around it.
    case .exit, .end, .dwell: return []
    }
  }

  /// All that the fixes so far bring about has been taken: vehicles that have left the last fence are outside.
  ///
  /// It is told at the latest with the next fix of the vehicle; this tells it now.
  public mutating func settle() -> [AlertChange] {
    // With each fix somebody asks, and mostly nobody has left.
    if leaving.isEmpty && idlesUntil.isEmpty { return [] }
    return leaving.keys.sorted().flatMap { settle($0) } + endIdling()
  }

  /// The same of one vehicle.
  mutating func settle(_ vehicle: UInt32) -> [AlertChange] {
    guard let left = leaving.removeValue(forKey: vehicle) else { return [] }
    return left.sorted { $0.key < $1.key }.flatMap { rule, left in
      let event = left.event
      let due = resolveDue(Key(rule: rule), of: vehicle, before: event.decidedTime)
      return due
        + fire(
          Key(rule: rule), left.vehicle, kind: "outside", from: event.time, decided: event.decidedTime,
          at: event.coordinate, reason: Self.reason(event, book.rules[rule]))
    }
  }

  // MARK: Fixes

  /// Takes the way to a fix.
  mutating func take(_ travel: Travel, _ vehicle: Vehicle, _ fences: FenceSet) -> [AlertChange] {
    // A fence that has ended on the way may not have been the last one: what else there was on the way comes behind it.
    let hasEnded = leaving[vehicle.index]?.values.contains {
      $0.event.reason == .fenceExpired && $0.event.time > travel.startTime
    }
    var changes = hasEnded ?? false ? [] : settle(vehicle.index)
    for (rule, duration) in book.silences where isAbout(rule, vehicle) {
      let key = Key(rule: rule)
      if travel.endTime > travel.startTime + duration {
        changes += silence(rule, duration, vehicle, since: travel.startTime, at: travel.start)
      }
      changes += resolveDue(key, of: vehicle.index, before: travel.endTime)
      changes += over(key, of: vehicle.index, at: travel.endTime, decided: travel.endTime)
    }
    changes += stand(travel, vehicle)
    if book.needsPlaces { places[vehicle.index] = Place(time: travel.endTime, coordinate: travel.end) }
    for rule in book.outsides
    where isAbout(rule, vehicle) && members[vehicle.index]?[rule] == nil && leaving[vehicle.index]?[rule] == nil {
      changes += noteState(Key(rule: rule), travel, vehicle, "is in none of the fences")
    }
    for rule in book.insides where isAbout(rule, vehicle) {
      for fence in members[vehicle.index]?[rule]?.sorted() ?? [] {
        let name = fences.index(of: fence).flatMap { fences.name(of: $0) }
        changes += noteState(Key(rule: rule, fence: fence), travel, vehicle, name: name, "is inside")
      }
    }
    return changes
  }

  /// What is so without having come about while the rule looked: the vehicle is new to it. The second fix tells it: of
  /// the first one alone the engine says nothing where it lies in no fence.
  private mutating func noteState(
    _ key: Key, _ travel: Travel, _ vehicle: Vehicle, name: String? = nil, _ reason: String
  ) -> [AlertChange] {
    if let state = firing[vehicle.index]?[key], state.due == nil { return [] }
    return resolveDue(key, of: vehicle.index, before: travel.endTime)
      + fire(
        key, vehicle, name: name, kind: "state", from: travel.startTime, decided: travel.endTime, at: travel.start,
        reason: reason)
  }

  // MARK: Silence

  /// Takes the place of a fix to which there is no way: the first one of its vehicle, or of its vehicle since somebody
  /// asks. It counts for a silence that begins at the time of it, and so only if it was of use.
  mutating func notePlace(_ fix: Fix) {
    guard book.needsPlaces, places[fix.vehicle] == nil else { return }
    places[fix.vehicle] = Place(time: fix.time, coordinate: fix.coordinate)
  }

  /// No fix of a vehicle has come from after its last one up to a time, both in milliseconds UTC: tells rules that have
  /// waited for so long a silence.
  public mutating func noteSilence(of vehicle: Vehicle, since last: Int64, until time: Int64) -> [AlertChange] {
    var changes: [AlertChange] = []
    for (rule, duration) in book.silences where last + duration < time && isAbout(rule, vehicle) {
      // Known since the last time.
      if fires(rule, of: vehicle.index) { continue }
      let place = places[vehicle.index].flatMap { $0.time == last ? $0.coordinate : nil }
      changes += silence(rule, duration, vehicle, since: last, at: place)
    }
    return changes
  }

  private mutating func silence(
    _ rule: Int, _ duration: Int64, _ vehicle: Vehicle, since last: Int64, at place: Coordinate?
  ) -> [AlertChange] {
    let (key, time) = (Key(rule: rule), last + duration)
    return resolveDue(key, of: vehicle.index, before: time)
      + fire(
        key, vehicle, kind: "silent", from: time, decided: time, at: place,
        reason: "no fix has come for \(TimeSpan.text(duration))")
  }
}
