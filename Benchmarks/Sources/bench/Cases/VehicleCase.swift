import TriplineCore

/// What a vehicle costs in memory: its state by size, and what the process grows by with a large fleet.
enum VehicleCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    let count = fixtures.isQuick ? 20_000 : 100_000
    let state = Quantiles(once: Double(Engine.bytesPerVehicle))
    return [
      Row(name: "vehicles", workload: "state", unit: "bytes", ours: state, target: .most(512)),
      Row(
        name: "vehicles", workload: "score of a trip under way", unit: "bytes",
        ours: Quantiles(once: Double(Engine.bytesPerScoredTrip)),
        note: "beside its state, of a vehicle that drives, where trips are scored"),
      Row(
        name: "vehicles", workload: "\(count / 1000) k, one fix each", unit: "bytes",
        ours: Quantiles(once: try growth(vehicles: count, seconds: 1)),
        note: "resident growth, room to grow of the engine's tables included"),
      Row(
        name: "vehicles", workload: "\(count / 1000) k at 1 Hz", unit: "bytes",
        ours: Quantiles(once: try growth(vehicles: count, seconds: 40)),
        note: "with the fixes of the last 30 s, which wait for late ones"),
    ]
  }

  /// Resident bytes a vehicle after some seconds.
  private static func growth(vehicles: Int, seconds: Int) throws -> Double {
    let (fences, region) = SyntheticFences.even(count: 1_000, seed: 1)
    var engine = Engine(fences: try FenceSet(fences))
    var fleet = SyntheticFleet(count: vehicles, in: region, seed: 3)
    var events = EventBuffer()
    var fixes: [Fix] = []
    fixes.reserveCapacity(vehicles)
    fleet.append(seconds: 1, to: &fixes)
    let before = Memory.resident
    for second in 1...seconds {
      for start in stride(from: 0, to: vehicles, by: 8192) {
        engine.process(fixes.span.extracting(start..<min(vehicles, start + 8192)), into: &events)
        events.removeAll()
      }
      guard second < seconds else { break }
      fixes.removeAll(keepingCapacity: true)
      fleet.append(seconds: 1, to: &fixes)
    }
    let after = Memory.resident
    consume(Double(engine.counts(of: 0).received))
    return Double(after - before) / Double(vehicles)
  }
}
