import TriplineCore

/// Which fences a step crosses, against the lookup of its end alone.
enum StepCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    try fixtures.fenceCounts.flatMap { try run(fixtures.world($0), fixtures) }
  }

  private static func run(_ world: Fixtures.World, _ fixtures: Fixtures) throws -> [Row] {
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: world.region, stays: false, seed: 12)
    var tracker = FencePeriodTracker(fences: world.set)
    var fixes: [Fix] = []
    var ours = Samples()
    var lookups = LookupSamples()
    for second in 0..<(20 + (fixtures.isQuick ? 20 : 60)) {
      fixes.removeAll(keepingCapacity: true)
      fleet.append(seconds: 1, to: &fixes)
      guard second >= 20 else {
        step(fixes, &tracker)
        continue
      }
      // Who comes second finds the fences in the caches: they take turns.
      if second % 2 == 0 { lookups.measure(fixes, in: world.set) }
      ours.measure(fixes.count) { step(fixes, &tracker) }
      if second % 2 == 1 { lookups.measure(fixes, in: world.set) }
    }
    // Where the steps have led is where the lookup has the last positions.
    let ended = tracker.takePeriods().count
    tracker.finish()
    let expected = fixes.reduce(0) { $0 + world.set.fences(containing: $1.coordinate).count }
    guard tracker.periods.count == expected else {
      throw BenchmarkError(description: "steps: inside of \(tracker.periods.count) fences, the lookup has \(expected)")
    }
    return [
      Row(
        name: "steps", workload: "\(world.name), fleet at 1 Hz", ours: ours.quantiles, baselineName: "lookup alone",
        baseline: lookups.alone.quantiles, target: .ratio(1 / 1.5),
        note: "\(ended) periods ended; state, crossing, instants; in batches"),
      Row(
        name: "steps", workload: "\(world.name), fleet at 1 Hz", ours: ours.quantiles,
        baselineName: "lookup in batches", baseline: lookups.batched.quantiles),
    ]
  }

  @inline(never)
  private static func step(_ fixes: [Fix], _ tracker: inout FencePeriodTracker) {
    tracker.move(fixes.span)
  }
}
