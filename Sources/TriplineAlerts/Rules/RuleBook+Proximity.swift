import TriplineCore

extension RuleBook {
  /// Its rules of proximity, by the name and by what decides what they detect. Vehicles are to be made known to whoever follows them.
  var proximityRules: [ProximityRule] {
    proximities.map { index, proximity in
      let rule = rules[index]
      return ProximityRule(
        id: rule.name + "\n" + revisions[index], radius: proximity.within, margin: proximity.margin,
        pairs: rule.vehicles == nil && proximity.others == nil ? .all : .between([], []))
    }
  }
}

extension ProximityTracker {
  /// Makes a vehicle known to the rules of a book, which are those of the tracker.
  mutating func include(_ vehicle: UInt32, id: String, of book: RuleBook) {
    for (number, (index, proximity)) in book.proximities.enumerated() {
      include(
        vehicle, inRule: number, isFirst: book.rules[index].vehicles?.contains(id) ?? true,
        isSecond: proximity.others?.contains(id) ?? true)
    }
  }
}
