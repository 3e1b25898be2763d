import Testing
import TriplineCore
import TriplineTesting

@Suite struct EngineTests {
  @Test func `a vehicle takes at most 512 bytes of state`() {
    #expect(Engine.bytesPerVehicle <= 512)
  }

  // MARK: One result, whatever way leads to it

  @Test(arguments: Seeds.first(40))
  func `trap 16: batches, single fixes, shards and restarts give the same events`(seed: UInt64) throws {
    let scene = try Scene(seed: seed, vehicles: 5, count: 400)
    let expected = scene.run(batches: [scene.fixes.count])
    #expect(!expected.isEmpty)
    #expect(scene.run(batches: [1]) == expected, "one at a time, seed \(seed)")
    #expect(scene.run(batches: [7, 1, 64]) == expected, "batches, seed \(seed)")
    for shards in [2, 3, 8] { #expect(scene.run(shards: shards) == expected, "\(shards) shards, seed \(seed)") }
    #expect(try scene.run(restartingEvery: 97) == expected, "restarts, seed \(seed)")
  }

  @Test func `over thousands of short drives single fixes, batches, shards and a restart give the same events`() throws
  {
    for seed in Seeds.first(2000) {
      let scene = try Scene(seed: seed, vehicles: 2, count: 20, fences: 20)
      let expected = scene.run(batches: [scene.fixes.count])
      #expect(scene.run(batches: [1]) == expected, "one at a time, seed \(seed)")
      #expect(scene.run(batches: [3, 11]) == expected, "batches, seed \(seed)")
      #expect(scene.run(shards: 2) == expected, "shards, seed \(seed)")
      #expect(try scene.run(restartingAt: Int(seed) % scene.fixes.count) == expected, "restart, seed \(seed)")
    }
  }

  @Test func `C25 a restart at any fix changes nothing`() throws {
    // A long one, and a shorter one with rules and heights, whose many events take longer.
    for (seed, count) in [(4711 as UInt64, 150), (4712, 50)] {
      let scene = try Scene(seed: seed, vehicles: 2, count: count)
      let expected = scene.run(batches: [scene.fixes.count])
      for cut in 1..<scene.fixes.count {
        #expect(try scene.run(restartingAt: cut) == expected, "seed \(seed), restart before fix \(cut)")
      }
    }
  }

  @Test(arguments: Seeds.first(30))
  func `C54, trap 4: fixes that arrive late within the window change nothing`(seed: UInt64) throws {
    var scene = try Scene(seed: seed, vehicles: 3, count: 400)
    let expected = scene.eventsByVehicle()
    scene.fixes = scene.fixes.delayed(byLessThan: 30_000, seed: seed &+ 1)
    #expect(scene.eventsByVehicle() == expected, "seed \(seed)")
  }

  @Test(arguments: Seeds.first(30))
  func `rejected fixes change nothing but the counts`(seed: UInt64) throws {
    var scene = try Scene(seed: seed, vehicles: 2, count: 400)
    // Among fixes that wait for a witness, a jump more does change what is believed.
    scene.removeJumps()
    let expected = scene.eventsByVehicle()
    var generator = SeededGenerator(seed: seed)
    var spoiled: [Fix] = []
    var direction = 5.0
    for fix in scene.fixes {
      spoiled.append(fix)
      var bad = fix
      switch Int.random(in: 0...8, using: &generator) {
      case 0: bad.latitude = .nan
      case 1: (bad.latitude, bad.longitude) = (0, 0)
      case 2: bad.time -= 40_000_000
      case 3:
        // A position of the network, by up to an hour ahead of those of the receiver.
        bad.time += Int64.random(in: 1...3_600_000, using: &generator)
        bad.latitude = 50.1
        bad.accuracyOrNaN = 900
      case 4:
        bad.time += 2
        bad.accuracyOrNaN = 150
      case 5 where fix.latitude > 1 && fix.latitude < 90 && !(fix.accuracyOrNaN > 90):
        bad.latitude += 0.001
        bad.accuracyOrNaN = 99
      case 6: break
      case 7 where fix.latitude > 1 && fix.latitude < 80:
        bad.time += 1
        bad.latitude += direction
        bad.accuracyOrNaN = 5
        direction = -direction
      default: continue
      }
      spoiled.append(bad)
    }
    let first = scene.firstTime
    scene.fixes = spoiled
    // The first fix has none before it that would make an old one late.
    scene.fixes.removeAll { $0.time < first }
    // What a trip was like counts what was rejected: that alone may differ.
    func withoutScores(_ events: [[Event]]) -> [[Event]] {
      events.map { $0.filter { if case .score = $0 { false } else { true } } }
    }
    #expect(withoutScores(scene.eventsByVehicle()) == withoutScores(expected), "seed \(seed)")
  }

  @Test(arguments: Seeds.first(20))
  func `received is the sum of accepted, rejected and pending`(seed: UInt64) throws {
    let scene = try Scene(seed: seed, vehicles: 3, count: 500)
    var engine = Engine(fences: scene.fences, configuration: scene.configuration)
    var events = EventBuffer()
    for fix in scene.fixes {
      engine.process([fix].span, into: &events)
      let counts = engine.counts(of: fix.vehicle)
      #expect(counts.received == counts.accepted + counts.rejected + counts.pending)
      #expect(counts.pending <= counts.received)
    }
    engine.finish(into: &events)
    #expect(engine.finishedCounts.received == scene.fixes.count)
    #expect(engine.finishedCounts.pending == 0)
    #expect(engine.finishedCounts.rejected > 0)
  }

  @Test func `the sampled policy takes positions that are none`() throws {
    let scene = try Scene(seed: 8, vehicles: 1, count: 50)
    var configuration = Engine.Configuration()
    configuration.policy = .sampled
    var engine = Engine(fences: scene.fences, configuration: configuration)
    var events = EventBuffer()
    let places = [(50.0, 14.0), (.nan, .nan), (96, 14), (50, 540), (-.infinity, .infinity), (50, 14)]
    let fixes = places.enumerated().map { index, place in
      Fix(vehicle: 0, time: Int64(index) * 1000, latitude: place.0, longitude: place.1)
    }
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    #expect(engine.finishedCounts.accepted == fixes.count)
  }

  @Test(arguments: Seeds.first(20))
  func `fixes that are sampled come to the same in batches and one at a time`(seed: UInt64) throws {
    var scene = try Scene(seed: seed, vehicles: 5, count: 500)
    scene.configuration.policy = .sampled
    for index in scene.fixes.indices where index.isMultiple(of: 37) { scene.fixes[index].longitude += 360 }
    for index in scene.fixes.indices where index.isMultiple(of: 101) { scene.fixes[index].latitude = 96 }
    let expected = try scene.run(batches: Array(repeating: 1, count: scene.fixes.count))
    #expect(!expected.isEmpty)
    // Less than what is looked up side by side, as much, more.
    #expect(try scene.run(batches: [63, 64, 65, 3, scene.fixes.count - 195]) == expected, "seed \(seed)")
    #expect(try scene.run(batches: [scene.fixes.count]) == expected, "seed \(seed)")
  }

  // MARK: Time alone

  @Test func `a watermark closes the trip of a vehicle gone dark as the next fix would`() throws {
    var held = 0
    for seed in Seeds.first(40) {
      var scene = try Scene(seed: seed, vehicles: 1, count: 300)
      held += scene.addJumpsAroundGaps(seed: seed)
      let hasEnds = (0..<UInt32(scene.fences.count)).contains { scene.fences.expiry(of: $0) != nil }
      let expected = scene.eventsByVehicle()
      var generator = SeededGenerator(seed: seed)
      var engine = Engine(fences: scene.fences, configuration: scene.configuration)
      var events = EventBuffer()
      for (index, fix) in scene.fixes.enumerated() {
        engine.process([fix].span, into: &events)
        // Silence behind the last fix decides things for rules, and fences with an end, that the end of the track leaves
        // undecided.
        let end: Int64 = scene.configuration.rules.isEmpty && !hasEnds ? 4_000_000 : 0
        let next = index + 1 < scene.fixes.count ? scene.fixes[index + 1].time : fix.time + end
        if next - fix.time > 3_700_000 {
          let between = fix.time + Int64.random(in: 1...3_700_000, using: &generator)
          for time in [fix.time + 200_000, between, next - 31_000].sorted() {
            engine.advanceWatermark(to: time, into: &events)
          }
        }
      }
      let counts = engine.counts(of: 0)
      engine.finish(into: &events)
      let difference = zip(events.events, expected[0]).first { $0 != $1 }
      #expect(difference == nil, "seed \(seed), \(String(describing: difference))")
      #expect(events.events.count == expected[0].count, "seed \(seed)")
      #expect(counts.received == scene.fixes.count)
    }
    #expect(held >= Seeds.first(11).count)
  }

  @Test func `a watermark does not decide on fixes that wait for a witness`() throws {
    let prague = (0..<2).map { Fix(vehicle: 0, time: 10_000 + $0 * 1000, latitude: 50.08, longitude: 14.42) }
    let sydney = Fix(vehicle: 0, time: 0, latitude: -33.87, longitude: 151.21)
    let later = (0..<400).map {
      Fix(
        vehicle: 0, time: 7_211_000 + $0 * 1000, latitude: 50.08 + Double($0) * 1e-4, longitude: 14.42)
    }
    var results: [[Event]] = []
    let silences: [[Int64]] = [[], [5_000_000], [40_000, 320_000, 5_000_000]]
    for watermarks in silences {
      var engine = Engine(fences: try FenceSet([]))
      var events = EventBuffer()
      engine.process(([sydney] + prague).span, into: &events)
      for watermark in watermarks { engine.advanceWatermark(to: watermark, into: &events) }
      engine.process(later.span, into: &events)
      engine.finish(into: &events)
      #expect(engine.finishedCounts[.jump] == 2, "\(watermarks)")
      results.append(events.events)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0].contains { if case .trip = $0 { true } else { false } })
  }

  @Test(arguments: [Int64.min, .min + 1, .max - 1, .max]) func `a watermark at the end of time does no harm`(
    time: Int64
  ) throws {
    let scene = try Scene(seed: 3, vehicles: 2, count: 100)
    var engine = Engine(fences: scene.fences, configuration: scene.configuration)
    var events = EventBuffer()
    engine.process(scene.fixes.span, into: &events)
    engine.advanceWatermark(to: time, into: &events)
    #expect(engine.counts(of: 0).pending == 0 || time < 0)
    engine.finish(into: &events)
    #expect(engine.finishedCounts.pending == 0)
  }

  @Test(arguments: [0, 256]) func `a configuration that makes no sense is refused`(exitFixes: Int) async {
    await #expect(processExitsWith: .failure) { [exitFixes] in
      var configuration = Engine.Configuration()
      configuration.trips.exitFixes = exitFixes
      _ = Engine(fences: try FenceSet([]), configuration: configuration)
    }
  }

  @Test func `trap 15: a trip of a vehicle gone dark is there before the vehicle is back`() throws {
    var engine = Engine(fences: try FenceSet([]))
    var events = EventBuffer()
    let fixes = (0..<200).map { second in
      Fix(vehicle: 0, time: Int64(second) * 1000, latitude: 50 + Double(second) * 1e-4, longitude: 14, speed: 11)
    }
    engine.process(fixes.span, into: &events)
    #expect(events.isEmpty)
    engine.advanceWatermark(to: 199_000 + 3_600_000, into: &events)
    #expect(events.isEmpty)
    engine.advanceWatermark(to: 199_000 + 3_600_001, into: &events)
    guard case .trip(let trip) = try #require(events.events.first) else { throw SnapshotError.notASnapshot }
    #expect(trip.start == 0 && trip.end == 199_000 && trip.isOpenEnded)
    #expect(trip.distance > 2_200 && trip.distance < 2_220)
  }
}

/// Some vehicles and some fences around one place, and the ways to run them.
struct Scene {
  let fences: FenceSet
  var configuration = Engine.Configuration()
  var fixes: [Fix]
  let vehicles: Int
  let firstTime: Int64 = 1_700_000_000_000

  private static var withRules: Engine.Configuration {
    var steady = FenceConditions.steady
    steady.dwell = 180_000
    var quick = FenceConditions()
    quick.certainty = .strict
    quick.longestInference = 45_000
    quick.largestInferredSpeed = 20
    quick.initialState = .event
    var along = FenceConditions()
    along.alongRoute = .init(distance: 150)
    along.exit = .init(margin: 5, duration: 20_000)
    var configuration = Engine.Configuration()
    configuration.rules = [
      FenceRule(id: "plain"), FenceRule(id: "steady", conditions: steady), FenceRule(id: "quick", conditions: quick),
      FenceRule(id: "along", conditions: along),
    ]
    configuration.recordsDecisions = true
    configuration.reportsTravel = true
    configuration.reportsRoutes = true
    return configuration
  }

  /// Scores with everything that can be asked for: a limit that is often exceeded, nights, and a time zone that changes.
  private static var scoring: ScoringParameters {
    var scoring = ScoringParameters()
    scoring.speedLimit = 15
    scoring.vehicleClass = .truck
    scoring.night = NightHours(offsets: [
      .init(start: 0, offset: 3_600_000), .init(start: 1_700_003_000_000, offset: 7_200_000),
    ])
    return scoring
  }

  init(seed: UInt64, vehicles: Int, count: Int, fences fenceCount: Int = 80) throws {
    let center = Coordinate(latitude: 50, longitude: seed % 5 == 0 ? 179.999 : 14)
    var random = RandomFences(seed: seed)
    var shapes =
      random.fences(count: fenceCount, around: center, extent: 0.05)
      + random.corridors(count: fenceCount / 8, around: center, extent: 0.05)
    if seed % 4 < 2 {
      for index in stride(from: 0, to: shapes.count, by: 3) {
        (shapes[index].floor, shapes[index].ceiling) = (150, 260)
      }
    }
    // Some of which are there for a time only.
    if seed % 3 == 0 {
      for index in stride(from: 1, to: shapes.count, by: 3) {
        shapes[index].expires = firstTime + Int64(random.number(in: 0...1.5) * Double(count) * 10_000)
      }
    }
    fences = try FenceSet(shapes)
    // Half of them with rules that ask for everything, and the records of what they decide.
    if seed % 2 == 0 { configuration = Self.withRules }
    configuration.scoring = Self.scoring
    // Some with the other rules for stops and trips.
    switch seed % 7 {
    case 1, 2: configuration.trips = Engine.Configuration(.phone).trips
    case 3: configuration.trips.displacement = DisplacementRule()
    default: break
    }
    self.vehicles = vehicles
    var all: [Fix] = []
    for vehicle in 0..<vehicles {
      all += RandomDrive.fixes(
        seed: seed &* 31 &+ UInt64(vehicle), vehicle: UInt32(vehicle), count: count, around: center)
    }
    // Interleaved by time, as a feed would.
    fixes = all.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  /// Leaves out the fixes that their vehicle cannot have reached from the ones before.
  mutating func removeJumps() {
    var last: [UInt32: Fix] = [:]
    fixes.removeAll { fix in
      guard fix.latitude > 1, fix.latitude < 90 else { return false }
      if let last = last[fix.vehicle] {
        let length = Geodesic.length(from: last.coordinate, to: fix.coordinate)
        if fix.time > last.time, length > 60 * Double(fix.time - last.time) / 1000 { return true }
        if fix.time == last.time { return false }
      }
      last[fix.vehicle] = fix
      return false
    }
  }

  /// Puts one or two fixes 5 degrees away before gaps of more than an hour, and sometimes a third behind the gap.
  ///
  /// - Returns: the number of gaps that got some.
  mutating func addJumpsAroundGaps(seed: UInt64) -> Int {
    var generator = SeededGenerator(seed: seed &+ 77)
    var result: [Fix] = []
    var gaps = 0
    for (index, fix) in fixes.enumerated() {
      result.append(fix)
      let next = index + 1 < fixes.count ? fixes[index + 1].time : fix.time
      guard next - fix.time > 3_800_000, abs(fix.latitude) < 80 else { continue }
      gaps += 1
      let delay = Int64.random(in: 500...60_000, using: &generator)
      var far = fix
      far.latitude += 5
      far.accuracyOrNaN = 5
      for jump in 1...Int64.random(in: 1...2, using: &generator) {
        far.time = fix.time + jump * delay
        result.append(far)
      }
      if Bool.random(using: &generator) {
        far.time = next - 10_000
        result.append(far)
      }
    }
    fixes = result
    return gaps
  }

  func run(batches sizes: [Int]) -> [Event] {
    var engine = Engine(fences: fences, configuration: configuration)
    var events = EventBuffer()
    var result: [Event] = []
    var first = 0
    var turn = 0
    while first < fixes.count {
      let batch = Array(fixes[first..<min(fixes.count, first + sizes[turn % sizes.count])])
      engine.process(batch.span, into: &events)
      result += events.events
      events.removeAll()
      first += batch.count
      turn += 1
    }
    engine.finish(into: &events)
    return result + events.events
  }

  /// The events of several engines that share the vehicles, put in order by what brought them about.
  func run(shards: Int) -> [Event] {
    var processed: [(UInt32, Int, Event)] = []
    var finished: [(UInt32, Int, Event)] = []
    for shard in 0..<shards {
      var engine = Engine(fences: fences, configuration: configuration)
      var events = EventBuffer()
      for (index, fix) in fixes.enumerated() where Int(fix.vehicle) % shards == shard {
        events.removeAll()
        engine.process([fix].span, into: &events)
        for event in events.events { processed.append((UInt32(index), processed.count, event)) }
      }
      events.removeAll()
      engine.finish(into: &events)
      for (ordinal, event) in zip(events.ordinals, events.events) { finished.append((ordinal, finished.count, event)) }
    }
    processed.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    finished.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    return processed.map(\.2) + finished.map(\.2)
  }

  func run(restartingEvery count: Int) throws -> [Event] {
    try run(restartingBefore: { $0 % count == 0 })
  }

  func run(restartingAt cut: Int) throws -> [Event] { try run(restartingBefore: { $0 == cut }) }

  private func run(restartingBefore isRestart: (Int) -> Bool) throws -> [Event] {
    var engine = Engine(fences: fences, configuration: configuration)
    var events = EventBuffer()
    for (index, fix) in fixes.enumerated() {
      if isRestart(index) {
        let snapshot = engine.snapshot()
        engine = try Engine(restoring: snapshot, fences: fences, configuration: configuration)
        #expect(engine.snapshot() == snapshot, "the snapshot of a restored engine differs at fix \(index)")
      }
      engine.process([fix].span, into: &events)
    }
    engine.finish(into: &events)
    return events.events
  }

  func eventsByVehicle() -> [[Event]] {
    var result: [[Event]] = Array(repeating: [], count: vehicles)
    for event in run(batches: [1000]) { result[Int(event.vehicle)].append(event) }
    return result
  }
}
