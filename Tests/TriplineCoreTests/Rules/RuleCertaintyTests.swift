import Foundation
import Testing
import TriplineTesting

@testable import TriplineCore

/// How sure a rule is: probability, ways along corridors, and the record of what was made of each fix.
@Suite struct RuleCertaintyTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let metersPerDegree = LocalMetric(latitude: 50.005).metersPerDegreeLongitude
  private static let square = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))

  private func run(
    _ conditions: FenceConditions, _ places: [(meters: Double, accuracy: Float?)], fences: [Fence] = [square],
    records: Bool = false
  ) throws -> [Event] {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
    configuration.recordsDecisions = records
    var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
    let fixes = places.enumerated().map { index, place in
      Fix(
        vehicle: 0, time: Self.start + Int64(index) * 10_000, latitude: 50.005,
        longitude: 10 + place.meters / Self.metersPerDegree, accuracy: place.accuracy, sequence: UInt32(index))
    }
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    return events.events
  }

  private func told(_ events: [Event]) -> [String] {
    events.compactMap {
      guard case .rule(let event) = $0 else { return nil }
      return "\(event.kind) \((event.decidedTime - Self.start) / 1000)"
    }
  }

  private func decisions(_ events: [Event]) -> [RuleDecision] {
    events.compactMap { if case .decision(let decision) = $0 { decision } else { nil } }
  }

  // MARK: Probability

  @Test func `beside a straight edge the probability is that of the normal distribution`() throws {
    let set = try FenceSet([Fence(id: "half", shape: .box(south: 40, west: 10, north: 60, east: 20))])
    for accuracy in [5.0, 30, 90] {
      for meters in stride(from: -2.0, through: 2, by: 0.25) {
        let place = Coordinate(
          latitude: 50, longitude: 10 + meters * accuracy / LocalMetric(latitude: 50).metersPerDegreeLongitude)
        let found = set.probability(of: place, accuracy: accuracy, in: 0)
        let expected = 0.5 * erfc(-meters * 1.5095921854516636 / 2.0.squareRoot())
        #expect(abs(found - expected) < 0.02, "\(meters) accuracies inside: \(found), not \(expected)")
      }
    }
  }

  @Test func `in a circle the probability is that of the Rayleigh distribution`() throws {
    let center = Coordinate(latitude: 50, longitude: 14)
    let set = try FenceSet([Fence(id: "gate", shape: .circle(center: center, radius: 30))])
    for accuracy in [10.0, 30, 60, 200] {
      let deviation = accuracy / 1.5095921854516636
      let expected = 1 - exp(-900 / (2 * deviation * deviation))
      #expect(abs(set.probability(of: center, accuracy: accuracy, in: 0) - expected) < 0.01)
    }
    #expect(set.probability(of: center, accuracy: 0, in: 0) == 1)
    #expect(abs(set.probability(of: center, accuracy: 30, in: 0) - 0.68) < 0.01, "the accuracy is a radius of 68 %")
    // Across the antimeridian and at a pole.
    let far = try FenceSet([
      Fence(id: "a", shape: .circle(center: Coordinate(latitude: 10, longitude: 180), radius: 100)),
      Fence(id: "b", shape: .circle(center: Coordinate(latitude: 90, longitude: 0), radius: 1000)),
    ])
    #expect(far.probability(of: Coordinate(latitude: 10, longitude: -180), accuracy: 50, in: 0) > 0.98)
    #expect(far.probability(of: Coordinate(latitude: 90, longitude: 77), accuracy: 50, in: 1) > 0.98)
  }

  @Test func `strict waits for what is nearly certain, loose takes what is likely`() throws {
    // 12 m inside with an accuracy of 30 m: 73 % inside. 40 m inside: 98 %.
    let places: [(Double, Float?)] = [(-100, 5), (12, 30), (12, 30), (40, 30), (-12, 30), (-12, 30), (-60, 30)]
    var conditions = FenceConditions()
    conditions.certainty = .loose
    #expect(told(try run(conditions, places)) == ["enter 10", "exit 40"])
    conditions.certainty = .strict
    #expect(told(try run(conditions, places)) == ["enter 30", "exit 60"])
  }

  @Test(arguments: [FenceConditions.Certainty.loose, .strict])
  func `climbing out of a fence is an exit, however certain the place`(
    certainty: FenceConditions.Certainty
  ) throws {
    var yard = Self.square
    yard.ceiling = 120
    var conditions = FenceConditions()
    conditions.certainty = certainty
    conditions.exit = .init(margin: 20)
    var configuration = Engine.Configuration()
    configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
    var engine = Engine(fences: try FenceSet([yard]), configuration: configuration)
    let fixes = [50, 60, 200, 210].enumerated().map {
      Fix(
        vehicle: 0, time: Self.start + Int64($0.offset) * 10_000, latitude: 50.005,
        longitude: 10 + 10 / Self.metersPerDegree, altitude: $0.element, accuracy: 5)
    }
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    #expect(told(events.events) == ["start 0", "exit 20"])
  }

  @Test func `a fix without an accuracy has the assumed one`() throws {
    var conditions = FenceConditions()
    conditions.certainty = .strict
    let events = try run(conditions, [(-300, nil), (3, nil), (300, nil)], records: true)
    #expect(told(events) == ["enter 20", "end 20"])
    #expect(decisions(events).map(\.outcome) == [.tooUncertain, .believed, .believed])
    let probability = try #require(decisions(events)[0].probability)
    #expect(probability > 0.5 && probability < 0.7)
  }

  @Test func `C5 a fence that no position is likely to be in cannot be entered strictly, and says so`() throws {
    let gate = Fence(id: "gate", shape: .circle(center: Coordinate(latitude: 50.005, longitude: 10), radius: 20))
    var conditions = FenceConditions()
    conditions.certainty = .strict
    let events = try run(conditions, [(-300, 40), (0, 40), (1, 40), (300, 40)], fences: [gate], records: true)
    #expect(told(events).isEmpty)
    #expect(decisions(events).map(\.outcome) == [.tooUncertain, .tooUncertain, .cameBack])
    #expect(decisions(events).prefix(2).allSatisfy { $0.verdict == .undecided && ($0.probability ?? 1) < 0.45 })
  }

  // MARK: Along a corridor

  @Test(arguments: [
    (FenceConditions.AlongRoute.Direction.either, true, true), (.forward, true, false), (.backward, false, true),
  ])
  func `who follows a corridor has entered it, who crosses it has not`(
    direction: FenceConditions.AlongRoute.Direction, isForward: Bool, isBackward: Bool
  ) throws {
    let path = [Coordinate(latitude: 50.005, longitude: 10), Coordinate(latitude: 50.005, longitude: 10.05)]
    let set = try FenceSet([Fence(id: "road", shape: .corridor(path: path, width: 40))])
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    var conditions = FenceConditions()
    conditions.alongRoute = .init(distance: 500, direction: direction)
    configuration.rules = [FenceRule(id: "route", conditions: conditions)]
    func told(_ places: [(north: Double, meters: Double)]) -> [String] {
      var engine = Engine(fences: set, configuration: configuration)
      let fixes = places.enumerated().map { index, place in
        Fix(
          vehicle: 0, time: Self.start + Int64(index) * 10_000, latitude: 50.005 + place.north / 111_229,
          longitude: 10 + place.meters / Self.metersPerDegree, accuracy: 5)
      }
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      return self.told(events.events)
    }
    let along = (0..<12).map { (north: $0 == 0 ? 100.0 : 3, meters: 1000 + Double($0) * 80) }
    let back = (0..<12).map { (north: $0 == 0 ? 100.0 : 3, meters: 2000 - Double($0) * 80) }
    let across = (0..<10).map { (north: 200 - Double($0) * 39, meters: 1500 + Double($0)) }
    #expect(told(along) == (isForward ? ["enter 80", "end 110"] : []))
    #expect(told(back) == (isBackward ? ["enter 80", "end 110"] : []))
    #expect(told(across).isEmpty)
  }

  @Test func `another fence than a corridor is not entered along a route`() throws {
    var conditions = FenceConditions()
    conditions.alongRoute = .init(distance: 10)
    #expect(told(try run(conditions, [(-100, 5), (100, 5), (200, 5)])).isEmpty)
  }

  // MARK: Records

  @Test func `each fix that was weighed says what it lacked`() throws {
    var conditions = FenceConditions()
    conditions.enter = .init(margin: 20, fixes: 2, duration: 35_000)
    conditions.accuracyCap = 50
    let places: [(Double, Float?)] = [
      (-50, 5), (5, 5), (30, 5), (40, 5), (-5, 5), (30, 5), (40, 5), (300, 5), (400, 5), (300, 5),
    ]
    let events = try run(conditions, places, records: true)
    let all = decisions(events)
    let made = all.filter { $0.basis == .fix }
    #expect(
      made.map(\.outcome) == [
        .tooNear, .tooFewFixes, .tooShort, .cameBack, .tooFewFixes, .tooShort, .tooShort, .believed,
      ])
    #expect(made.map(\.fixesFor) == [0, 1, 2, 1, 1, 2, 2, 2])
    let first = try #require(made.first)
    let distance = try #require(first.distance)
    #expect(first.verdict == .undecided && abs(distance + 5) < 0.1)
    #expect(made[0].distanceNeeded == 20 && made[2].durationNeeded == 35_000 && made[2].fixesNeeded == 2)
    #expect(made.allSatisfy { $0.change == .enter && $0.basis == .fix && $0.statedAccuracy == 5 })
    #expect(told(events) == ["enter 80", "end 90"])
    #expect(all.count == made.count + 1 && all.last?.basis == .end && all.last?.change == .end)
    #expect(decisions(try run(conditions, places)).isEmpty, "nothing is recorded when nobody asks")
  }

  @Test func `an exit that accuracy holds back says by how much`() throws {
    var conditions = FenceConditions()
    conditions.exit = .init(margin: 20)
    conditions.accuracyCap = 50
    let events = try run(conditions, [(50, 5), (-60, 80), (-75, 30)], records: true)
    let made = decisions(events)
    #expect(made.map(\.outcome) == [.believed, .tooNear, .believed] && made.map(\.change) == [.start, .exit, .exit])
    #expect(made.map(\.basis) == [.start, .fix, .fix] && made.map(\.statedAccuracy) == [5, 80, 30])
    #expect(made[1].accuracy == 50 && made[1].distanceNeeded == 70 && made[1].verdict == .undecided)
    let distance = try #require(made[2].distance)
    #expect(made[2].accuracy == 30 && made[2].verdict == .outside && abs(distance - 75) < 0.5)
  }

  @Test func `what happens between two fixes is recorded with what it lacked`() throws {
    let path = [Coordinate(latitude: 50.005, longitude: 10), Coordinate(latitude: 50.005, longitude: 10.02)]
    let road = Fence(id: "road", shape: .corridor(path: path, width: 40))
    var conditions = FenceConditions()
    conditions.alongRoute = .init(distance: 1000)
    // The whole of it, 1,435 m and its two ends of 20 m, between two fixes.
    let events = try run(conditions, [(-100, 5), (1600, 5)], fences: [road], records: true)
    #expect(told(events) == ["enter 10", "exit 10"])
    #expect(decisions(events).map(\.basis) == [.passage, .fix])
    let progress = try #require(decisions(events)[0].progress)
    #expect(abs(progress - 1435) < 5, "\(progress)")
    conditions = FenceConditions()
    conditions.enter = .init(fixes: 2)
    let passed = try run(conditions, [(-100, 5), (900, 5)], records: true)
    #expect(told(passed).isEmpty)
    #expect(decisions(passed).map(\.outcome) == [.tooFewFixes] && decisions(passed).map(\.basis) == [.passage])
  }

  @Test func `a way along a corridor that is too short between two fixes is recorded`() throws {
    let path = [Coordinate(latitude: 50.005, longitude: 10), Coordinate(latitude: 50.005, longitude: 10.01)]
    var conditions = FenceConditions()
    conditions.alongRoute = .init(distance: 1000)
    let fences = [Fence(id: "road", shape: .corridor(path: path, width: 40))]
    let events = try run(conditions, [(-100, 5), (900, 5)], fences: fences, records: true)
    #expect(told(events).isEmpty)
    #expect(decisions(events).map(\.outcome) == [.notAlong] && decisions(events).map(\.verdict) == [.undecided])
  }

  @Test func `nobody has driven along a corridor over a gap or a jump`() throws {
    let path = [Coordinate(latitude: 50.005, longitude: 10), Coordinate(latitude: 50.005, longitude: 10.1)]
    let fences = [Fence(id: "road", shape: .corridor(path: path, width: 40))]
    var conditions = FenceConditions()
    conditions.alongRoute = .init(distance: 500)
    // Into the corridor, and a fix later 5 km on, beside it.
    let places: [(Double, Float?)] = [(-100, 5), (50, 5), (5000, 5)]
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    func told(_ conditions: FenceConditions, seconds: [Int64]) throws -> [String] {
      configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
      var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
      let fixes = places.indices.map { index in
        Fix(
          vehicle: 0, time: Self.start + seconds[index] * 1000, latitude: index == 2 ? 50.05 : 50.005,
          longitude: 10 + places[index].0 / Self.metersPerDegree, accuracy: 5)
      }
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      return self.told(events.events)
    }
    #expect(try told(conditions, seconds: [0, 10, 7200]).isEmpty)
    conditions.longestInference = 60_000
    #expect(try told(conditions, seconds: [0, 10, 200]).isEmpty)
    conditions.longestInference = nil
    conditions.largestInferredSpeed = 20
    #expect(try told(conditions, seconds: [0, 10, 100]).isEmpty)
  }

  // MARK: What may be inferred

  @Test func `a rule infers nothing over a longer gap or at a higher speed than it allows`() throws {
    // Through the square, 717 m wide, from fix to fix; then into it.
    let places: [(Double, Float?)] = [(-100, 5), (900, 5), (300, 5)]
    var conditions = FenceConditions()
    #expect(told(try run(conditions, places)) == ["enter 10", "exit 10", "enter 20", "end 20"])
    conditions.longestInference = 9_999
    #expect(told(try run(conditions, places)) == ["enter 20", "end 20"])
    let entry = try run(conditions, places).compactMap { if case .rule(let event) = $0 { event } else { nil } }[0]
    #expect(entry.time == Self.start + 20_000, "not interpolated")
    conditions.longestInference = 10_000
    #expect(told(try run(conditions, places)) == ["enter 10", "exit 10", "enter 20", "end 20"])
    conditions.largestInferredSpeed = 80
    #expect(told(try run(conditions, places)) == ["enter 20", "end 20"], "100 m/s, then 60")
    conditions.largestInferredSpeed = 101
    #expect(told(try run(conditions, places)) == ["enter 10", "exit 10", "enter 20", "end 20"])
    // Out and back in between two fixes is nothing where nothing is inferred: the fixes are inside.
    let notch = Fence(
      id: "u",
      shape: .polygons([
        Polygon(
          exterior: Ring([
            Coordinate(latitude: 50, longitude: 10), Coordinate(latitude: 50, longitude: 10.01),
            Coordinate(latitude: 50.01, longitude: 10.01), Coordinate(latitude: 50.01, longitude: 10.007),
            Coordinate(latitude: 50.002, longitude: 10.007), Coordinate(latitude: 50.002, longitude: 10.003),
            Coordinate(latitude: 50.01, longitude: 10.003), Coordinate(latitude: 50.01, longitude: 10),
          ]))
      ]))
    let inside: [(Double, Float?)] = [(100, 5), (600, 5)]
    #expect(told(try run(FenceConditions(), inside, fences: [notch])) == ["start 0", "exit 10", "enter 10", "end 10"])
    conditions.largestInferredSpeed = 20
    #expect(told(try run(conditions, inside, fences: [notch])) == ["start 0", "end 10"])
  }

  @Test func `a rule that infers less knows sooner that a vehicle is silent`() throws {
    var sooner = FenceConditions()
    sooner.exit = .init(duration: 30_000)
    sooner.longestInference = 60_000
    var later = sooner
    later.longestInference = nil
    var third = later
    third.exit.duration = 10_000
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.recordsDecisions = true
    configuration.rules = [
      FenceRule(id: "later", conditions: later), FenceRule(id: "sooner", conditions: sooner),
      FenceRule(id: "third", conditions: third),
    ]
    let fixes = [100.0, -100].enumerated().map {
      Fix(
        vehicle: 0, time: Self.start + Int64($0.offset) * 10_000, latitude: 50.005,
        longitude: 10 + $0.element / Self.metersPerDegree, accuracy: 5)
    }
    func run(watermarks: [Int64]) throws -> [Event] {
      var engine = Engine(fences: try FenceSet([Self.square]), configuration: configuration)
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      for seconds in watermarks { engine.advanceWatermark(to: Self.start + seconds * 1000, into: &events) }
      return events.events
    }
    func rules(_ events: [Event]) -> [UInt32] {
      events.compactMap { if case .rule(let event) = $0, event.kind == .exit { event.rule } else { nil } }
    }
    #expect(rules(try run(watermarks: [70])).isEmpty)
    #expect(rules(try run(watermarks: [71])) == [1])
    #expect(rules(try run(watermarks: [310])) == [1])
    let all = try run(watermarks: [400])
    #expect(rules(all) == [1, 2, 0])
    #expect(try run(watermarks: Array(1...400)) == all)
    #expect(decisions(all).filter { $0.change == .exit && $0.outcome == .believed }.allSatisfy { $0.basis == .silence })
  }

  /// Whatever decides: fixes, ways, silences, starts, fences that change, the end.
  @Test func `each event of a rule has its decision before it, and records change nothing`() throws {
    for seed in Seeds.first(60) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 50, longitude: 14)
      let drawn = random.fences(count: 30, around: middle, extent: 0.05)
      let (before, after) = (try FenceSet(Array(drawn.dropLast(6))), try FenceSet(Array(drawn.dropFirst(6))))
      var conditions = FenceConditions.steady
      conditions.dwell = 120_000
      conditions.exit = .init(margin: 15, fixes: 1, duration: 60_000)
      conditions.longestInference = 90_000
      var configuration = Engine.Configuration()
      configuration.rules = [FenceRule(id: "plain"), FenceRule(id: "steady", conditions: conditions)]
      let fixes = RandomDrive.fixes(seed: seed, vehicle: 0, count: 300, around: middle)
      func run(records: Bool) -> [Event] {
        configuration.recordsDecisions = records
        var engine = Engine(fences: before, configuration: configuration)
        var (events, closing) = (EventBuffer(), EventBuffer())
        engine.process(fixes.span.extracting(0..<150), into: &events)
        engine.replaceFences(with: after, at: fixes[149].time + 1, closing: &closing, into: &events)
        engine.process(fixes.span.extracting(150..<fixes.count), into: &events)
        engine.finish(into: &events)
        return closing.events + events.events
      }
      let recorded = run(records: true)
      var last: RuleDecision?
      for event in recorded {
        if case .decision(let decision) = event { last = decision }
        guard case .rule(let told) = event else { continue }
        let made = try #require(last, "seed \(seed)")
        #expect(
          made.outcome == .believed && made.change == told.kind && made.rule == told.rule && made.fence == told.fence
            && made.time == told.decidedTime && (made.basis == .silence) == told.isBySilence, "seed \(seed): \(told)")
        last = nil
      }
      let plain = recorded.filter { if case .decision = $0 { false } else { true } }
      #expect(plain == run(records: false), "seed \(seed)")
    }
  }
}
