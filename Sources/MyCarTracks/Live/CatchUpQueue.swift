/// In which order vehicles are made up for: those first whose positions wait for it, and of them the one with the most; knows no
/// network and no clock.
struct CatchUpQueue: Sendable {
  private var rest: Set<ResourceID>
  /// All of them, the first by its id at the end.
  private var order: [ResourceID]

  init(_ vehicles: some Collection<ResourceID>) {
    rest = Set(vehicles)
    order = vehicles.sorted { $0.text > $1.text }
  }

  /// The vehicle to make up for now, each once; `nil` behind the last one.
  mutating func next(_ held: HeldPositions) -> ResourceID? {
    if let vehicle = held.fullest(where: rest.contains) { return rest.remove(vehicle) }
    while let vehicle = order.popLast() {
      if rest.remove(vehicle) != nil { return vehicle }
    }
    return nil
  }
}
