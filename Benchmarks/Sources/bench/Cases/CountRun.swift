import TriplineCore
import TriplineFormats

/// Runs a case without a clock, so that instructions and allocations can be counted from outside.
///
/// The input is the same whatever the number of fixes, and is made beforehand: the difference between two runs is what
/// the fixes between them cost.
enum CountRun {
  /// The cases that can be counted.
  enum Case: String, CaseIterable {
    case build, decode, lookup, steps, trips, clean, fences, conditions, all, scores, rules

    /// The most fixes that can be asked for: whole batches of the reader, whole seconds of the fleet; of `build`, fences.
    var preparedFixes: Int {
      switch self {
      case .build: 8_192
      case .decode: 131_072
      case .lookup, .steps, .trips, .clean, .fences, .conditions, .all, .scores, .rules: 262_144
      }
    }
  }

  private static let fleetSize = 1_024

  static func run(_ chosen: Case, fixes count: Int) throws {
    guard 1...chosen.preparedFixes ~= count else {
      throw BenchmarkError(description: "--fixes \(count) is not possible; give 1 to \(chosen.preparedFixes)")
    }
    switch chosen {
    case .build: try build(count)
    case .decode: try decode(count)
    case .lookup: try lookUp(count)
    case .steps: try step(count)
    case .trips: try process(count, hasFences: false, .live)
    case .clean: try process(count, hasFences: false, .clean)
    case .fences: try process(count, hasFences: true, .sampled)
    case .conditions:
      try process(
        count, hasFences: true, .clean, detectsTrips: false, rules: [FenceRule(id: "steady", conditions: .steady)])
    case .all: try process(count, hasFences: true, .live)
    case .scores: try process(count, hasFences: true, .live, scoring: ScoringParameters())
    case .rules: try process(count, hasFences: true, .live, rules: [FenceRule(id: "steady", conditions: .steady)])
    }
  }

  private static func build(_ count: Int) throws {
    let (fences, _) = SyntheticFences.even(count: Case.build.preparedFixes, seed: 1)
    consume(Double(try FenceSet(Array(fences.prefix(count))).byteCount))
  }

  private static func decode(_ count: Int) throws {
    let region = Region(south: 49, west: 14, side: 1)
    var fleet = SyntheticFleet(count: 128, in: region, seed: 7)
    let bytes = CSVText.gzipped(fleet.next(seconds: Case.decode.preparedFixes / 128))
    var batch: [Fix] = []
    var tracks = TrackTable()
    var reader = try TrackReader(InputFile(bytes: bytes, name: "tracks.csv.gz"))
    var read = 0
    while read < count, try reader.read(into: &batch, tracks: &tracks) {
      read += batch.count
      batch.removeAll(keepingCapacity: true)
    }
    consume(Double(read))
  }

  private static func lookUp(_ count: Int) throws {
    let (set, fixes) = try fleet(hasFences: true)
    var found = FenceMatches()
    var hits = 0
    for fix in fixes.prefix(count) {
      set.collectFences(containing: fix.coordinate, into: &found)
      hits += found.count
    }
    consume(Double(hits))
  }

  private static func step(_ count: Int) throws {
    let (set, fixes) = try fleet(hasFences: true)
    var tracker = FencePeriodTracker(fences: set)
    for start in stride(from: 0, to: count, by: fleetSize) {
      tracker.move(fixes.span.extracting(start..<min(count, start + fleetSize)))
      consume(Double(tracker.takePeriods().count))
    }
  }

  private static func process(
    _ count: Int, hasFences: Bool, _ policy: Engine.Policy, detectsTrips: Bool = true, rules: [FenceRule] = [],
    scoring: ScoringParameters? = nil
  ) throws {
    let (set, fixes) = try fleet(hasFences: hasFences)
    var configuration = Engine.Configuration()
    configuration.policy = policy
    configuration.detectsTrips = detectsTrips
    configuration.rules = rules
    configuration.scoring = scoring
    var engine = Engine(fences: set, configuration: configuration)
    var events = EventBuffer()
    for start in stride(from: 0, to: count, by: fleetSize) {
      engine.process(fixes.span.extracting(start..<min(count, start + fleetSize)), into: &events)
      consume(Double(events.events.count))
      events.removeAll()
    }
  }

  private static func fleet(hasFences: Bool) throws -> (set: FenceSet, fixes: [Fix]) {
    let (fences, region) = SyntheticFences.even(count: 1_000, seed: 1)
    var fleet = SyntheticFleet(count: fleetSize, in: region, seed: 12)
    return (
      try FenceSet(hasFences ? fences : []), fleet.next(seconds: Case.all.preparedFixes / fleetSize)
    )
  }
}
