import Testing
import TriplineCore
import TriplineTesting

/// What rules tell, by example: metres east of the west side of a square of 700 m by 1,100 m, a fix a second.
@Suite struct RuleTests {
  struct Told: Equatable, CustomStringConvertible {
    var kind: RuleEvent.Kind
    /// In seconds.
    var time: Double
    var decided: Double
    var description: String { "\(kind) at \(time), decided at \(decided)" }

    init(_ kind: RuleEvent.Kind, _ time: Double, decided: Double? = nil) {
      self.kind = kind
      self.time = time
      self.decided = decided ?? time
    }
  }

  private static let metersPerDegree = LocalMetric(latitude: 50.005).metersPerDegreeLongitude
  private static let square = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))

  /// Fixes by second, metres inside the west side, and accuracy.
  static func fixes(_ places: [(second: Double, meters: Double, accuracy: Float)], vehicle: UInt32 = 0) -> [Fix] {
    places.enumerated().map { index, place in
      Fix(
        vehicle: vehicle, time: 1_700_000_000_000 + Int64(place.second * 1000), latitude: 50.005,
        longitude: 10 + place.meters / metersPerDegree, accuracy: place.accuracy, sequence: UInt32(index))
    }
  }

  static func engine(_ conditions: FenceConditions, _ fences: FenceSet) -> Engine {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
    return Engine(fences: fences, configuration: configuration)
  }

  static func told(_ events: [Event]) -> [Told] {
    events.compactMap {
      guard case .rule(let event) = $0 else { return nil }
      return Told(
        event.kind, Double(event.time - 1_700_000_000_000) / 1000,
        decided: Double(event.decidedTime - 1_700_000_000_000) / 1000)
    }
  }

  private func told(
    _ conditions: FenceConditions, _ places: [(second: Double, meters: Double, accuracy: Float)]
  ) throws -> [Told] {
    var engine = Self.engine(conditions, try FenceSet([Self.square]))
    var events = EventBuffer()
    engine.process(Self.fixes(places).span, into: &events)
    engine.finish(into: &events)
    return Self.told(events.events)
  }

  /// One metre a second from outside to inside, or the other way.
  private func drive(_ meters: [Double], accuracy: Float = 5) -> [(second: Double, meters: Double, accuracy: Float)] {
    meters.enumerated().map { (Double($0.offset), $0.element, accuracy) }
  }

  @Test func `without conditions a rule tells what the fixes say`() throws {
    #expect(
      try told(FenceConditions(), drive([-10, -5, 5, 10, 5, -5])) == [
        Told(.enter, 1.5, decided: 2), Told(.exit, 4.5, decided: 5),
      ])
  }

  /// Whatever happens between two fixes, as far as one fix would do.
  @Test func `without conditions a rule tells every entry and exit that the fence events have`() throws {
    for seed in Seeds.first(150) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 50, longitude: 14)
      let fences = try FenceSet(random.fences(count: 40, around: middle, extent: 0.05))
      let fixes = RandomDrive.fixes(seed: seed, vehicle: 0, count: 400, around: middle)
      var configuration = Engine.Configuration()
      configuration.rules = [FenceRule(id: "all")]
      var engine = Engine(fences: fences, configuration: configuration)
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      var expected: [String] = []
      var found: [String] = []
      for event in events.events {
        switch event {
        case .fence(let change) where change.kind == .cross:
          expected += ["enter \(change.fence) \(change.time)", "exit \(change.fence) \(change.exitTime)"]
        case .fence(let change) where change.kind == .enter || change.kind == .exit:
          expected.append("\(change.kind) \(change.fence) \(change.time)")
        case .rule(let told) where told.kind == .enter || told.kind == .exit:
          found.append("\(told.kind) \(told.fence) \(told.time)")
        default: break
        }
      }
      #expect(found.sorted() == expected.sorted(), "seed \(seed)")
    }
  }

  @Test func `C9 a notch between two fixes is an exit and an entry`() throws {
    let notch = Polygon(
      exterior: Ring(
        [
          (50.0, 10.0), (50.0, 10.01), (50.01, 10.01), (50.01, 10.006), (50.004, 10.005), (50.01, 10.004),
          (50.01, 10.0),
        ]
        .map { Coordinate(latitude: $0.0, longitude: $0.1) }))
    let fences = try FenceSet([Fence(id: "notched", shape: .polygons([notch]))])
    var engine = Self.engine(FenceConditions(), fences)
    var events = EventBuffer()
    engine.process(Self.fixes([(0, 250, 5), (1, 460, 5)]).span, into: &events)
    engine.finish(into: &events)
    #expect(Self.told(events.events).map(\.kind) == [.start, .exit, .enter, .end])
  }

  @Test func `C1 jitter on the edge is one visit`() throws {
    var jitter = drive([-30, -10])
    var generator = SeededGenerator(seed: 3)
    for second in 2..<600 { jitter.append((Double(second), Double.random(in: -12...40, using: &generator), 8)) }
    for second in 600..<700 { jitter.append((Double(second), -60 - Double(second - 600), 8)) }
    let found = try told(.steady, jitter)
    #expect(found.map(\.kind) == [.enter, .exit], "\(found)")
    #expect(try told(FenceConditions(), jitter).count > 100)
  }

  @Test func `C2 jitter well inside a small fence is nothing`() throws {
    var jitter = drive([200])
    var generator = SeededGenerator(seed: 4)
    for second in 1..<2000 { jitter.append((Double(second), 25 + Double.random(in: -15...15, using: &generator), 10)) }
    #expect(try told(.steady, jitter).map(\.kind) == [.start, .end])
  }

  @Test func `C3 an honest outlier is no exit, and the cap lets a real one through`() throws {
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(margin: 20)
    conditions.accuracyCap = 50
    // 60 m outside, 80 m of accuracy: capped to 50, so that it takes 70 m to leave.
    let outlier: [(second: Double, meters: Double, accuracy: Float)] = [
      (0, 100, 5), (1, -60, 80), (2, 100, 5), (3, 100, 5),
    ]
    #expect(try told(conditions, outlier).map(\.kind) == [.start, .end])
    let departure: [(second: Double, meters: Double, accuracy: Float)] = [
      (0, 100, 80), (1, -60, 80), (2, -69, 80), (3, -71, 80),
    ]
    let found = try told(conditions, departure)
    #expect(found.map(\.kind) == [.start, .exit])
    #expect(found[1].decided == 3 && found[1].time > 0 && found[1].time < 1)
  }

  @Test func `C4 a lying outlier is no exit, and a fast departure leaves with its second fix`() throws {
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(margin: 20, fixes: 2)
    #expect(
      try told(conditions, drive([100, -200, 100, 100], accuracy: 1.9)).map(\.kind) == [.start, .end])
    #expect(
      try told(conditions, drive([100, -200, -400], accuracy: 1.9)) == [
        Told(.start, 0), Told(.exit, 0.333, decided: 2),
      ])
  }

  @Test func `C5 a fence smaller than the accuracy can be entered`() throws {
    let small = try FenceSet([
      Fence(id: "gate", shape: .circle(center: Coordinate(latitude: 50.005, longitude: 10.005), radius: 20))
    ])
    var engine = Self.engine(.steady, small)
    var events = EventBuffer()
    let middle = 0.005 * Self.metersPerDegree
    let places = [-200, 0, 1, 0, 2, 300, 600, 900].enumerated().map {
      (second: Double($0.offset) * 20, meters: middle + $0.element, accuracy: Float(42))
    }
    engine.process(Self.fixes(places).span, into: &events)
    engine.finish(into: &events)
    #expect(Self.told(events.events).map(\.kind) == [.enter, .exit])
  }

  @Test func `C7 a fence passed between two fixes is an entry and an exit where one fix would do`() throws {
    let through = drive([-100, 900])
    let found = try told(FenceConditions(), through)
    #expect(found.map(\.kind) == [.enter, .exit] && found[0].time < found[1].time)
    // Nothing lay inside: two fixes cannot be had.
    #expect(try told(.steady, through).isEmpty)
    var long = FenceConditions()
    long.enter.duration = 700
    #expect(try told(long, through).map(\.kind) == [.enter, .exit])
    long.enter.duration = 800
    #expect(try told(long, through).isEmpty)
  }

  @Test(arguments: [
    (FenceConditions.InitialState.state, [RuleEvent.Kind.start, .exit, .enter, .end]),
    (.event, [.enter, .exit, .enter, .end]), (.silent, [.enter, .end]),
  ])
  func `C19 a first fix inside is told as the rule wants it`(
    state: FenceConditions.InitialState, kinds: [RuleEvent.Kind]
  ) throws {
    var conditions = FenceConditions()
    conditions.initialState = state
    #expect(try told(conditions, drive([100, -5, -10, 5, 10])).map(\.kind) == kinds)
  }

  @Test func `C23 and C24 entries and exits are told in turn, whatever the fixes do`() throws {
    for seed in Seeds.first(1000) {
      var generator = SeededGenerator(seed: seed)
      var conditions = FenceConditions()
      func threshold(_ generator: inout SeededGenerator) -> FenceConditions.Threshold {
        let ofFixes = Int.random(in: 1...5, using: &generator)
        return FenceConditions.Threshold(
          margin: [0, 5, 30].randomElement(using: &generator) ?? 0,
          fixes: Int.random(in: 1...ofFixes, using: &generator),
          ofFixes: ofFixes, duration: [0, 3000, 20_000].randomElement(using: &generator) ?? 0)
      }
      conditions.enter = threshold(&generator)
      conditions.exit = threshold(&generator)
      conditions.accuracyCap = [0, 30].randomElement(using: &generator) ?? 0
      conditions.certainty = [nil, nil, .loose, .strict].randomElement(using: &generator) ?? nil
      conditions.initialState = [.state, .event, .silent].randomElement(using: &generator) ?? .state
      conditions.dwell = [nil, 5000].randomElement(using: &generator) ?? nil
      var second = 0.0
      var meters = Double.random(in: -100...100, using: &generator)
      var places: [(second: Double, meters: Double, accuracy: Float)] = []
      for _ in 0..<150 {
        second += [1, 1, 1, 10, 400].randomElement(using: &generator) ?? 1
        meters = max(-150, min(850, meters + Double.random(in: -60...60, using: &generator)))
        places.append((second, meters, Float.random(in: 2...60, using: &generator)))
      }
      let fences = try FenceSet([Self.square])
      var engine = Self.engine(conditions, fences)
      var events = EventBuffer()
      let fixes = Self.fixes(places)
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      let found = Self.told(events.events)
      var isInside = false
      var hasDwelt = false
      for one in found {
        switch one.kind {
        case .start, .enter:
          #expect(!isInside, "seed \(seed): \(found)")
          (isInside, hasDwelt) = (true, false)
        case .exit, .end:
          #expect(isInside, "seed \(seed): \(found)")
          isInside = false
        case .dwell:
          #expect(isInside && !hasDwelt, "seed \(seed): \(found)")
          hasDwelt = true
        }
        #expect(one.time <= one.decided, "seed \(seed): \(found)")
      }
    }
  }

  /// Several fences and rules, silences of minutes and hours, and watermarks that come as they like: they tell earlier,
  /// and nothing else, in the same order; a restart changes nothing.
  @Test func `live is replay, in whatever steps the watermark comes`() throws {
    for seed in Seeds.first(1000) {
      var generator = SeededGenerator(seed: seed)
      let fences = try FenceSet([
        Self.square, Fence(id: "wide", shape: .box(south: 50, west: 9.999, north: 50.01, east: 10.02)),
        Fence(id: "late", shape: .box(south: 50, west: 10.0005, north: 50.01, east: 10.01)),
      ])
      var conditions = FenceConditions.steady
      conditions.dwell = [600_000, 5_000_000].randomElement(using: &generator) ?? 0
      var other = FenceConditions()
      other.enter.duration = [0, 400_000].randomElement(using: &generator) ?? 0
      other.exit = FenceConditions.Threshold(fixes: 2, ofFixes: 3, duration: 500_000)
      other.dwell = 900_000
      var configuration = Engine.Configuration()
      configuration.gate.reorderWindow = 0
      configuration.gate.largestSpeed = .infinity
      configuration.rules = [
        FenceRule(id: "steady", conditions: conditions),
        FenceRule(id: "some", fences: .ids(["late", "yard"]), conditions: other),
      ]
      var second = 0.0
      var meters = Double.random(in: -100...100, using: &generator)
      var places: [(second: Double, meters: Double, accuracy: Float)] = []
      for _ in 0..<60 {
        second += [1, 1, 5, 60, 400, 2000, 9000].randomElement(using: &generator) ?? 1
        meters = max(-150, min(850, meters + Double.random(in: -90...90, using: &generator)))
        places.append((second, meters, Float.random(in: 2...60, using: &generator)))
      }
      let fixes = Self.fixes(places)
      var replay = Engine(fences: fences, configuration: configuration)
      var expected = EventBuffer()
      replay.process(fixes.span, into: &expected)
      replay.finish(into: &expected)
      var live = Engine(fences: fences, configuration: configuration)
      var found = EventBuffer()
      var watermark = fixes[0].time - 1
      for (index, fix) in fixes.enumerated() {
        while Bool.random(using: &generator), watermark < fix.time {
          watermark = Int64.random(in: watermark...fix.time, using: &generator)
          live.advanceWatermark(to: watermark, into: &found)
        }
        if index == Int(seed) % fixes.count {
          live = try Engine(restoring: live.snapshot(), fences: fences, configuration: configuration)
        }
        live.process([fix].span, into: &found)
      }
      live.finish(into: &found)
      #expect(found.events == expected.events, "seed \(seed)")
    }
  }

  @Test func `what comes back starts anew`() throws {
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(fixes: 2, ofFixes: 3, duration: 30_000)
    // Out and in again for a minute, then out for good.
    let flapping = (0..<60).map { $0 % 2 == 0 ? 10.0 : -40.0 }
    let found = try told(conditions, drive(flapping + Array(repeating: -50, count: 40)))
    #expect(found == [Told(.start, 0), Told(.exit, 58.2, decided: 89)], "\(found)")
    #expect(try told(conditions, drive(flapping + [-50, -50, 10, 10])).map(\.kind) == [.start, .end])
  }

  @Test func `two short crossings in one step do not add up`() throws {
    // A U of two prongs, 150 m wide each, 200 m apart.
    let width = 150 / Self.metersPerDegree
    let gap = 200 / Self.metersPerDegree
    let ring = [
      (50.0, 10.0), (50.0, 10 + 2 * width + gap), (50.01, 10 + 2 * width + gap), (50.01, 10 + width + gap),
      (50.002, 10 + width + gap), (50.002, 10 + width), (50.01, 10 + width), (50.01, 10.0),
    ].map { Coordinate(latitude: $0.0, longitude: $0.1) }
    let fences = try FenceSet([Fence(id: "u", shape: .polygons([Polygon(exterior: Ring(ring))]))])
    for (duration, count) in [(Int64(20_000), 0), (10_000, 4)] {
      var conditions = FenceConditions()
      conditions.enter.duration = duration
      var engine = Self.engine(conditions, fences)
      var events = EventBuffer()
      // 15 s in each prong.
      engine.process(Self.fixes([(0, -100, 5), (70, 600, 5)]).span, into: &events)
      engine.finish(into: &events)
      #expect(Self.told(events.events).count == count, "\(Self.told(events.events))")
    }
  }

  @Test func `C28 a dwell of a vehicle that has gone silent is told by the watermark, once`() throws {
    var conditions = FenceConditions()
    conditions.dwell = 1_800_000
    var engine = Self.engine(conditions, try FenceSet([Self.square]))
    var events = EventBuffer()
    let fixes = Self.fixes(drive([-10, 10, 20]))
    engine.process(fixes.span, into: &events)
    let entered = 500.0
    engine.advanceWatermark(to: 1_700_000_000_000 + 1_800_500, into: &events)
    #expect(Self.told(events.events).map(\.kind) == [.enter])
    engine.advanceWatermark(to: 1_700_000_000_000 + 1_800_501, into: &events)
    engine.advanceWatermark(to: 1_700_000_000_000 + 9_000_000, into: &events)
    #expect(
      Self.told(events.events) == [
        Told(.enter, entered / 1000, decided: 1), Told(.dwell, 1800.5, decided: 1800.5),
      ])
  }

  @Test(arguments: [(60, false), (61, true), (62, true)])
  func `C29 a dwell short of its time is none`(secondsInside: Int, isTold: Bool) throws {
    var conditions = FenceConditions()
    conditions.dwell = 60_500
    // In at 0.5 s, out half a second after the last fix inside.
    let places = drive([-10] + Array(repeating: 10, count: secondsInside) + [-10, -20])
    #expect(try told(conditions, places).contains { $0.kind == .dwell } == isTold)
  }

  @Test func `C29 leaving and entering again starts the dwell anew`() throws {
    var conditions = FenceConditions()
    conditions.dwell = 30_000
    let inside = Array(repeating: 10.0, count: 20)
    #expect(
      try told(conditions, drive([-10] + inside + [-10] + inside + [-10, -20])).map(\.kind)
        == [.enter, .exit, .enter, .exit])
  }

  @Test func `C32 a rule tells of its own fences alone, and why it decided`() throws {
    let fences = try FenceSet([
      Self.square, Fence(id: "other", shape: .box(south: 50, west: 10, north: 50.01, east: 10.02)),
    ])
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(margin: 30, fixes: 2, ofFixes: 3)
    conditions.accuracyCap = 10
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.rules = [FenceRule(id: "yard alone", fences: .ids(["yard", "gone"]), conditions: conditions)]
    var engine = Engine(fences: fences, configuration: configuration)
    var events = EventBuffer()
    engine.process(Self.fixes(drive([10, -20, -41, -35, -44], accuracy: 12)).span, into: &events)
    engine.finish(into: &events)
    let found = events.events.compactMap { if case .rule(let event) = $0 { event } else { nil } }
    #expect(found.map(\.kind) == [.start, .exit] && found.allSatisfy { $0.fence == 0 && $0.rule == 0 })
    let exit = try #require(found.last)
    #expect(exit.fixesFor == 2 && exit.accuracy == 10 && !exit.isBySilence)
    #expect(exit.decidedTime == 1_700_000_004_000 && exit.distance == nil)
  }
}
