import TriplineCore

/// Who comes near whom in recorded tracks, which come one after another: their ways are kept, and met in the order of time.
struct Encounters {
  private let book: RuleBook
  private var vehicles: [String: UInt32] = [:]
  private var ids: [String] = []
  private var ways: [Travel] = []

  init(_ book: RuleBook) { self.book = book }

  /// Takes a way of a vehicle.
  mutating func note(_ travel: Travel, of id: String) {
    guard
      book.proximities.contains(where: { index, proximity in
        book.rules[index].vehicles?.contains(id) ?? true || proximity.others?.contains(id) ?? true
      })
    else { return }
    var travel = travel
    if let known = vehicles[id] {
      travel.vehicle = known
    } else {
      travel.vehicle = UInt32(ids.count)
      vehicles[id] = travel.vehicle
      ids.append(id)
    }
    ways.append(travel)
  }

  /// What comes of it.
  func changes() -> [AlertChange] {
    if ways.isEmpty { return [] }
    var machine = AlertMachine(book)
    var tracker = ProximityTracker(rules: book.proximityRules)
    for (index, id) in ids.enumerated() { tracker.include(UInt32(index), id: id, of: book) }
    var changes: [AlertChange] = []
    var told: [ProximityEvent] = []
    for way in ways.sorted(by: { ($0.endTime, ids[Int($0.vehicle)]) < ($1.endTime, ids[Int($1.vehicle)]) }) {
      told.removeAll(keepingCapacity: true)
      tracker.process(way, into: &told)
      for event in told {
        let (one, another) = (Int(event.vehicle), Int(event.other))
        changes += machine.take(
          event, AlertMachine.Vehicle(index: event.vehicle, id: ids[one]),
          AlertMachine.Vehicle(index: event.other, id: ids[another]))
      }
    }
    return changes + machine.advance(to: .max)
  }
}
