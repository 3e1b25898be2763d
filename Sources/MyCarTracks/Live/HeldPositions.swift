/// Keeps positions of vehicles of which earlier ones are missing, until those have come or it takes too long; knows no network and
/// no clock.
struct HeldPositions: Sendable {
  private struct Held: Sendable {
    var positions: [Position]
    var since: Duration
  }

  /// Positions that are kept at once, of all vehicles: some 150 MB. A vehicle that there is no more room for is given up.
  static let bound = 500_000
  /// Those that have waited for too long are looked for once in this time, however many vehicles there are.
  private static let interval = Duration.seconds(1)

  /// How long they are kept.
  let patience: Duration
  private let bound: Int
  private var held: [ResourceID: Held] = [:]
  private var count = 0
  /// When some may have waited for too long; `nil` where none waits.
  private(set) var due: Duration?
  /// Vehicles whose earlier positions took too long: theirs are not kept any more until nothing is missing.
  private var givenUp: Set<ResourceID> = []
  /// How often a vehicle has been given up.
  private(set) var givenUpCount = 0

  init(patience: Duration, bound: Int = Self.bound) {
    self.patience = patience
    self.bound = bound
  }

  /// Takes positions in; returns those that need not wait, in the order of arrival.
  ///
  /// - Parameter isMissing: whether earlier positions of a vehicle are missing.
  mutating func take(
    _ positions: [Position], at now: Duration, isMissing: (ResourceID) -> Bool
  ) -> [Position] {
    var free: [Position] = []
    for position in positions {
      let vehicle = position.vehicleID
      guard isMissing(vehicle), !givenUp.contains(vehicle) else {
        free.append(position)
        continue
      }
      guard count < bound else {
        free += giveUp(vehicle)
        free.append(position)
        continue
      }
      held[vehicle, default: Held(positions: [], since: now)].positions.append(position)
      count += 1
      due = due ?? now + patience
    }
    return free
  }

  /// The positions that need not wait any longer, those of each vehicle in the order of their times.
  mutating func release(at now: Duration, isMissing: (ResourceID) -> Bool) -> [Position] {
    givenUp = givenUp.filter(isMissing)
    var free: [Position] = []
    let over = held.filter { now - $0.value.since >= patience || !isMissing($0.key) }
    for vehicle in over.keys.sorted(by: { $0.text < $1.text }) {
      free += isMissing(vehicle) ? giveUp(vehicle) : release(vehicle, upTo: .max)
    }
    due = held.values.map(\.since).min().map { max($0 + patience, now + Self.interval) }
    return free
  }

  /// The positions of a vehicle of which nothing is missing any more, in the order of their times.
  mutating func release(_ vehicle: ResourceID) -> [Position] {
    givenUp.remove(vehicle)
    return release(vehicle, upTo: .max)
  }

  /// The positions of a vehicle up to a time, in milliseconds UTC, before which nothing is missing, in the order of their times.
  mutating func release(_ vehicle: ResourceID, upTo time: Int64) -> [Position] {
    guard var kept = held.removeValue(forKey: vehicle) else { return [] }
    let free = kept.positions.filter { $0.point.time <= time }.sorted { $0.point.time < $1.point.time }
    count -= free.count
    kept.positions.removeAll { $0.point.time <= time }
    if !kept.positions.isEmpty { held[vehicle] = kept }
    if held.isEmpty { due = nil }
    return free
  }

  /// The vehicle most of whose positions wait, of those that are asked for; of equal ones the first by its id.
  func fullest(where isAsked: (ResourceID) -> Bool) -> ResourceID? {
    var fullest: (vehicle: ResourceID, count: Int)?
    for (vehicle, kept) in held {
      let count = kept.positions.count
      if let known = fullest {
        guard count > known.count || count == known.count && vehicle.text < known.vehicle.text else { continue }
      }
      if isAsked(vehicle) { fullest = (vehicle, count) }
    }
    return fullest?.vehicle
  }

  private mutating func giveUp(_ vehicle: ResourceID) -> [Position] {
    givenUp.insert(vehicle)
    givenUpCount += 1
    return release(vehicle, upTo: .max)
  }
}
