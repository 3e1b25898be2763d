/// Keeps positions of vehicles of which earlier ones are missing, until those have come or it takes too long; knows no network and
/// no clock.
struct HeldPositions: Sendable {
  private struct Held: Sendable {
    var positions: [Position]
    var since: Duration
  }

  /// How long they are kept.
  let patience: Duration
  private var held: [ResourceID: Held] = [:]
  /// Since when the first of them waits.
  private var oldest: Duration?
  /// Vehicles whose earlier positions took too long: theirs are not kept any more until nothing is missing.
  private var givenUp: Set<ResourceID> = []

  init(patience: Duration) { self.patience = patience }

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
      held[vehicle, default: Held(positions: [], since: now)].positions.append(position)
      oldest = oldest ?? now
    }
    return free
  }

  /// Whether some have waited for long enough.
  func isDue(at now: Duration) -> Bool { oldest.map { now - $0 >= patience } ?? false }

  /// The positions that need not wait any longer, those of each vehicle in the order of their times.
  mutating func release(at now: Duration, isMissing: (ResourceID) -> Bool) -> [Position] {
    givenUp = givenUp.filter(isMissing)
    var free: [Position] = []
    for (vehicle, kept) in held.sorted(by: { $0.key.text < $1.key.text }) {
      if isMissing(vehicle) {
        guard now - kept.since >= patience else { continue }
        givenUp.insert(vehicle)
      }
      free += kept.positions.sorted { $0.point.time < $1.point.time }
      held[vehicle] = nil
    }
    oldest = held.values.map(\.since).min()
    return free
  }
}
