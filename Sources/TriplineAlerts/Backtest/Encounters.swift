import TriplineCore

/// Who comes near whom in recorded tracks, which come one after another: their ways are kept, and met in the order of time.
struct Encounters {
  /// How often time goes on, in milliseconds.
  private static let step: Int64 = 60_000

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
    let longest = ways.lazy.filter(\.isInferable).map { $0.endTime - $0.startTime }.max() ?? 0
    var advanced = Int64.min / 2
    for way in ways.sorted(by: { ($0.endTime, ids[Int($0.vehicle)]) < ($1.endTime, ids[Int($1.vehicle)]) }) {
      told.removeAll(keepingCapacity: true)
      // All that begins before has come: they are in the order of their ends, and none is longer than that.
      let time = way.endTime - longest
      if time >= advanced + Self.step {
        tracker.advance(to: time, into: &told)
        advanced = time
      }
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
