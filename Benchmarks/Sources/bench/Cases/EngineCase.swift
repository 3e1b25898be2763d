import TriplineCore
import TriplineFormats

/// The engine as a whole, over recorded tracks and over a fleet.
enum EngineCase {
  private static let batchSize = TrackReader.batchSize
  private static let liveTarget = Row.Target.rate(3e6)
  private static let scoreTarget = Row.Target.rate(8e6)
  private static let decodeTarget = Row.Target.rate(1e6)

  /// Gate, distance, stops and trips: the engine with no fences at all.
  static func runTrips(_ fixtures: Fixtures) throws -> [Row] {
    let file = try fixtures.trackFile()
    let none = try FenceSet([])
    let region = try fixtures.world(1_000).region
    return [
      Row(name: "trips", workload: file.name, ours: measure(file.fixes, none, .live, fixtures)),
      Row(name: "trips", workload: "fleet", ours: measureFleet(in: region, none, .live, fixtures).ours),
    ]
  }

  /// Lookup, state and events, against the lookup alone.
  static func runSampled(_ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for count in fixtures.fenceCounts {
      let world = try fixtures.world(count)
      let fleet = measureFleet(in: world.region, world.set, .sampled, fixtures)
      rows += [
        Row(
          name: "sampled", workload: "\(world.name), fleet", ours: fleet.ours, baselineName: "lookup alone",
          baseline: fleet.lookup, target: .ratio(1 / 1.6)),
        Row(
          name: "sampled", workload: "\(world.name), fleet", ours: fleet.ours, baselineName: "lookup in batches",
          baseline: fleet.batched),
        Row(
          name: "sampled", workload: "\(world.name), which fences a vehicle is inside of", unit: "ns/vehicle",
          ours: measureInside(in: world.region, world.set),
          note: "what listeners to inside and outside are told from: the number of fences does not matter"),
      ]
    }
    return rows
  }

  private static func measureInside(in region: Region, _ fences: FenceSet) -> Quantiles {
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: region, seed: 12)
    var engine = Engine(fences: fences)
    var events = EventBuffer()
    let fixes = fleet.next(seconds: 40)
    engine.process(fixes.span, into: &events)
    var samples = Samples()
    for _ in 0..<20 {
      samples.measure(Fixtures.fleetSize) {
        for vehicle in 0..<UInt32(Fixtures.fleetSize) { consume(Double(engine.fences(holding: vehicle).count)) }
      }
    }
    return samples.quantiles
  }

  /// Everything but decoding.
  static func runAll(_ fixtures: Fixtures) throws -> [Row] {
    let file = try fixtures.trackFile()
    var rows: [Row] = []
    for count in fixtures.fenceCounts {
      let world = try fixtures.world(count)
      let along = try FenceSet(SyntheticFences.along(file.fixes, count: count, seed: 2))
      rows += [
        Row(
          name: "all", workload: "\(world.name), \(file.name)", ours: measure(file.fixes, along, .live, fixtures),
          target: liveTarget),
        Row(
          name: "all", workload: "\(world.name), fleet",
          ours: measureFleet(in: world.region, world.set, .live, fixtures).ours, target: liveTarget),
      ]
    }
    return rows
  }

  /// Everything but decoding, with trips scored, among ten thousand fences.
  static func runScores(_ fixtures: Fixtures) throws -> [Row] {
    let file = try fixtures.trackFile()
    let along = try FenceSet(SyntheticFences.along(file.fixes, count: 10_000, seed: 2))
    let world = try fixtures.world(10_000)
    let scoring = ScoringParameters()
    return [
      Row(
        name: "scores", workload: "10 k fences, \(file.name)",
        ours: measure(file.fixes, along, .live, scoring: scoring, fixtures), baselineName: "without scores",
        baseline: measure(file.fixes, along, .live, fixtures), target: scoreTarget),
      Row(
        name: "scores", workload: "10 k fences, fleet",
        ours: measureFleet(in: world.region, world.set, .live, scoring: scoring, fixtures).ours,
        baselineName: "without scores", baseline: measureFleet(in: world.region, world.set, .live, fixtures).ours,
        target: scoreTarget),
    ]
  }

  /// A rule over all fences whose conditions are all on, and crossings inferred: of fences alone, and of the live engine.
  static func runRules(_ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for count in fixtures.fenceCounts {
      let world = try fixtures.world(count)
      var conditions = FenceConditions.steady
      conditions.dwell = 300_000
      let rules = [FenceRule(id: "steady", conditions: conditions)]
      let events = measureFleet(in: world.region, world.set, .sampled, fixtures)
      let conditioned = measureFleet(in: world.region, world.set, .clean, detectsTrips: false, rules: rules, fixtures)
      let without = measureFleet(in: world.region, world.set, .live, fixtures)
      let live = measureFleet(in: world.region, world.set, .live, rules: rules, fixtures)
      rows += [
        Row(
          name: "rules", workload: "\(world.name), fleet, fences alone", ours: conditioned.ours,
          baselineName: "without conditions and crossings", baseline: events.ours, target: .ratio(0.5),
          note: "margins, accuracy, dwell, confirmation, duration, crossings; both without gate, stops and trips"),
        Row(
          name: "rules", workload: "\(world.name), fleet, live", ours: live.ours, baselineName: "without rules",
          baseline: without.ours, target: .ratio(0.5)),
        Row(
          name: "rules", workload: "\(world.name), fleet, live", ours: live.ours, baselineName: "fences alone",
          baseline: events.ours,
          note: "the baseline has no gate, no distance, no stops, trips and visits, and infers no crossings"),
      ]
    }
    return rows
  }

  /// Everything from compressed bytes to events.
  static func runWithDecoding(_ fixtures: Fixtures) throws -> [Row] {
    let file = try fixtures.trackFile()
    let fleet = try fixtures.fleetFile()
    var rows: [Row] = []
    for count in fixtures.fenceCounts {
      let along = try FenceSet(SyntheticFences.along(file.fixes, count: count, seed: 2))
      var samples = Samples()
      for _ in 0..<(fixtures.isQuick ? 2 : 5) { try processFile(file, along, warmUp: 0, &samples) }
      rows.append(
        Row(
          name: "all-decode", workload: "\(Fixtures.name(count)), \(file.name)", ours: samples.quantiles,
          target: decodeTarget))
    }
    var samples = Samples()
    try processFile(fleet, fixtures.world(1_000).set, warmUp: 40 * Fixtures.fleetSize, &samples)
    rows.append(
      Row(
        name: "all-decode", workload: "\(Fixtures.name(1_000)), fleet", ours: samples.quantiles, target: decodeTarget))
    return rows
  }

  /// Decodes and processes a file batch by batch, and measures what comes after `warmUp` rows.
  private static func processFile(
    _ file: TrackFile, _ fences: FenceSet, warmUp: Int, _ samples: inout Samples
  ) throws {
    var engine = Engine(fences: fences)
    var events = EventBuffer()
    var batch: [Fix] = []
    batch.reserveCapacity(batchSize)
    var tracks = TrackTable()
    var reader = try TrackReader(InputFile(bytes: file.bytes, name: "tracks.csv.gz"))
    var rows = 0
    while rows < file.fixes.count {
      let expected = min(batchSize, file.fixes.count - rows)
      func step() throws {
        _ = try reader.read(into: &batch, tracks: &tracks)
        engine.process(batch.span, into: &events)
      }
      if rows < warmUp { try step() } else { try samples.measure(expected, step) }
      guard batch.count == expected else { throw BenchmarkError(description: "all-decode: \(batch.count) rows") }
      rows += expected
      consume(Double(events.events.count))
      events.removeAll()
      batch.removeAll(keepingCapacity: true)
    }
    engine.finish(into: &events)
  }

  private static func configuration(_ policy: Engine.Policy, _ scoring: ScoringParameters?) -> Engine.Configuration {
    var configuration = Engine.Configuration()
    configuration.policy = policy
    configuration.scoring = scoring
    return configuration
  }

  /// Fixes as they are, batch by batch, a fresh engine each time.
  private static func measure(
    _ fixes: [Fix], _ fences: FenceSet, _ policy: Engine.Policy, scoring: ScoringParameters? = nil, _ fixtures: Fixtures
  ) -> Quantiles {
    var samples = Samples()
    for _ in 0..<(fixtures.isQuick ? 2 : 5) {
      var engine = Engine(fences: fences, configuration: configuration(policy, scoring))
      var events = EventBuffer()
      for start in stride(from: 0, to: fixes.count, by: batchSize) {
        let batch = fixes.span.extracting(start..<min(fixes.count, start + batchSize))
        samples.measure(batch.count) { engine.process(batch, into: &events) }
        events.removeAll()
      }
      engine.finish(into: &events)
    }
    return samples.quantiles
  }

  /// A fleet second by second once its engine is warm, and the lookup of the same positions beside it.
  private static func measureFleet(
    in region: Region, _ fences: FenceSet, _ policy: Engine.Policy, detectsTrips: Bool = true, rules: [FenceRule] = [],
    scoring: ScoringParameters? = nil, _ fixtures: Fixtures
  ) -> (ours: Quantiles, lookup: Quantiles, batched: Quantiles) {
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: region, seed: 12)
    var configuration = configuration(policy, scoring)
    configuration.detectsTrips = detectsTrips
    configuration.rules = rules
    var engine = Engine(fences: fences, configuration: configuration)
    var events = EventBuffer()
    var fixes: [Fix] = []
    var ours = Samples()
    var lookups = LookupSamples()
    let warmUp = 40
    for second in 0..<(warmUp + (fixtures.isQuick ? 20 : 60)) {
      fixes.removeAll(keepingCapacity: true)
      fleet.append(seconds: 1, to: &fixes)
      events.removeAll()
      guard second >= warmUp else {
        engine.process(fixes.span, into: &events)
        continue
      }
      // Who comes second finds the fences in the caches: they take turns.
      if second % 2 == 0 { lookups.measure(fixes, in: fences) }
      ours.measure(fixes.count) { engine.process(fixes.span, into: &events) }
      if second % 2 == 1 { lookups.measure(fixes, in: fences) }
    }
    return (ours.quantiles, lookups.alone.quantiles, lookups.batched.quantiles)
  }
}
