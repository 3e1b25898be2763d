import TriplineCore

/// Rules of vehicles that come near one another.
extension AlertMachine {
  /// Takes what has become of two vehicles. The alert is that of the one that the rule is about, or of the one whose id is the
  /// smaller one where it is about both.
  mutating func take(_ event: ProximityEvent, _ one: Vehicle, _ another: Vehicle) -> [AlertChange] {
    let (rule, proximity) = book.proximities[Int(event.rule)]
    func isAbout(_ vehicle: Vehicle, _ other: Vehicle) -> Bool {
      self.isAbout(rule, vehicle) && proximity.others?.contains(other.id) ?? true
    }
    let isFirst = isAbout(one, another) && (one.id < another.id || !isAbout(another, one))
    let (vehicle, other) = isFirst ? (one, another) : (another, one)
    let coordinate = isFirst ? event.coordinate : event.otherCoordinate
    let key = Key(rule: rule, other: other.id)
    let due = resolveDue(key, of: vehicle.index, before: event.time)
    switch event.kind {
    case .apart: return due + over(key, of: vehicle.index, at: event.time, decided: event.time)
    case .near:
      return due
        + fire(
          key, vehicle, other: other, kind: "near", from: event.time, decided: event.time, at: coordinate,
          reason: "\(Self.meters(event.distance)) from \(other.name), within \(Self.meters(proximity.within))")
    }
  }

  /// A distance for people.
  private static func meters(_ distance: Double) -> String { "\(Int(distance.rounded())) m" }
}
