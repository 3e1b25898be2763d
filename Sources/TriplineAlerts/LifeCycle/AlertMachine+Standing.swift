public import TriplineCore
import TriplineFormats

/// Rules of vehicles that stand: stops and idling.
///
/// A fix shows that a vehicle is where it was, and so that a stop has reached a length. Where no fix comes, a vehicle that was at a
/// stop, or at least in a pause of a minute, is taken to be there still once it has been silent for as long as makes a gap:
/// trackers fall asleep when the engine is off. Until then the next fix is waited for, which may show that it has gone on.
extension AlertMachine {
  /// How long a vehicle has to be silent to be taken to have stayed where it was, in milliseconds: what makes a gap of a trip.
  private static let silence = TripParameters().gapDuration

  /// Takes the way to a fix.
  mutating func stand(_ travel: Travel, _ vehicle: Vehicle) -> [AlertChange] {
    if book.stops.isEmpty && book.idlings.isEmpty { return [] }
    var changes: [AlertChange] = []
    let isSame = travel.standing?.isSame(as: travel.standingBefore, since: travel.startTime) ?? false
    for (rule, duration) in book.stops where isAbout(rule, vehicle) {
      if let before = travel.standingBefore {
        changes += fall(
          silent: before, rule, duration, vehicle, since: travel.startTime, until: travel.endTime, at: travel.start)
      }
      changes += resolveDue(Key(rule: rule), of: vehicle.index, before: travel.endTime)
      // By the time of the fix with which it was last seen there.
      if !isSame {
        changes += over(Key(rule: rule), of: vehicle.index, at: travel.startTime, decided: travel.startTime)
      }
      if let now = travel.standing, now.isThere, travel.endTime - now.since >= duration {
        changes += stay(rule, vehicle, from: now.since + duration, decided: travel.endTime, at: travel.end) {
          "has stopped for \(TimeSpan.text(duration))"
        }
      }
    }
    if !book.idlings.isEmpty { changes += idle(travel, isSame, vehicle) }
    return changes
  }

  /// A stop that is over as trips go. Idling was over before where that took a gap, which the way to the fix tells.
  mutating func endStanding(at time: Int64, _ vehicle: Vehicle) -> [AlertChange] {
    if !book.idlings.isEmpty { idlesUntil[vehicle.index] = time }
    return book.stops.flatMap { over(Key(rule: $0.rule), of: vehicle.index, at: time, decided: time) }
  }

  /// Idling at stops that are over is over, where no way to a fix has told of it.
  mutating func endIdling() -> [AlertChange] {
    idlesUntil.keys.sorted().flatMap { endIdling(of: $0) }
  }

  /// The same of one vehicle.
  mutating func endIdling(of vehicle: UInt32) -> [AlertChange] {
    guard let time = idlesUntil.removeValue(forKey: vehicle) else { return [] }
    return book.idlings.flatMap { over(Key(rule: $0.rule), of: vehicle, at: time, decided: time) }
  }

  /// No fix of a vehicle has come from after its last one up to a time, both in milliseconds UTC; with where it stood then.
  public mutating func noteStanding(
    _ standing: Standing?, of vehicle: Vehicle, since last: Int64, until time: Int64
  ) -> [AlertChange] {
    guard let standing else { return [] }
    var changes: [AlertChange] = []
    if time > last + Self.silence {
      for (rule, _) in book.idlings { changes += over(Key(rule: rule), of: vehicle.index, at: last, decided: last) }
    }
    let place = places[vehicle.index].flatMap { $0.time == last ? $0.coordinate : nil }
    for (rule, duration) in book.stops where isAbout(rule, vehicle) && !fires(rule, of: vehicle.index) {
      changes += fall(silent: standing, rule, duration, vehicle, since: last, until: time, at: place)
    }
    return changes
  }

  private mutating func fall(
    silent standing: Standing, _ rule: Int, _ duration: Int64, _ vehicle: Vehicle, since last: Int64,
    until time: Int64, at place: Coordinate?
  ) -> [AlertChange] {
    let moment = max(standing.since + duration, last + Self.silence)
    guard standing.isThere, time > moment else { return [] }
    return stay(rule, vehicle, from: standing.since + duration, decided: moment, at: place) {
      "has stopped for \(TimeSpan.text(duration)), no fix has come for \(TimeSpan.text(moment - last))"
    }
  }

  private mutating func stay(
    _ rule: Int, _ vehicle: Vehicle, from start: Int64, decided: Int64, at place: Coordinate?, _ reason: () -> String
  ) -> [AlertChange] {
    let due = resolveDue(Key(rule: rule), of: vehicle.index, before: decided)
    if fires(rule, of: vehicle.index) { return due }
    return due
      + fire(
        Key(rule: rule), vehicle, kind: "stands", from: start, decided: decided, at: place, reason: reason())
  }

  /// Whoever stands with the ignition on idles; in a gap nobody knows, and time in gaps counts for nothing, as Geotab has it.
  private mutating func idle(_ travel: Travel, _ isSame: Bool, _ vehicle: Vehicle) -> [AlertChange] {
    let isGap = travel.endTime - travel.startTime > Self.silence
    if isGap || travel.ignition == false { ignitions[vehicle.index] = nil }
    if travel.ignition == true, ignitions[vehicle.index] == nil { ignitions[vehicle.index] = travel.endTime }
    var changes: [AlertChange] = []
    let end = idlesUntil.removeValue(forKey: vehicle.index)
    for (rule, duration) in book.idlings where isAbout(rule, vehicle) {
      changes += resolveDue(Key(rule: rule), of: vehicle.index, before: travel.endTime)
      if let end, !isGap {
        changes += over(Key(rule: rule), of: vehicle.index, at: end, decided: end)
      } else if !isSame || isGap {
        changes += over(Key(rule: rule), of: vehicle.index, at: travel.startTime, decided: travel.startTime)
      } else if travel.ignition == false {
        changes += over(Key(rule: rule), of: vehicle.index, at: travel.endTime, decided: travel.endTime)
      }
      guard let now = travel.standing, now.isThere, let on = ignitions[vehicle.index] else { continue }
      let since = max(now.since, on)
      guard travel.endTime - since >= duration else { continue }
      changes += stay(rule, vehicle, from: since + duration, decided: travel.endTime, at: travel.end) {
        "has stood for \(TimeSpan.text(duration)) with the ignition on"
      }
    }
    return changes
  }
}
