import Testing
import TriplineCore
import TriplineTesting

/// Fixes that are taken as they are, and fences without trips.
@Suite struct CleanPolicyTests {
  /// A scene of which the gate lets everything through: in the order of time, each time once, no fix that says anything impossible.
  private func cleanScene(_ seed: UInt64) throws -> Scene {
    var scene = try Scene(seed: seed, vehicles: 3, count: 400)
    scene.configuration.gate.largestSpeed = .infinity
    scene.configuration.gate.coarsestAccuracy = .infinity
    var last: [UInt32: Int64] = [:]
    scene.fixes.removeAll { fix in
      if fix.latitude > 90 || (fix.latitude == 0 && fix.longitude == 0) || last[fix.vehicle] == fix.time { return true }
      last[fix.vehicle] = fix.time
      return false
    }
    return scene
  }

  private func with(_ scene: Scene, _ change: (inout Engine.Configuration) -> Void) -> Scene {
    var scene = scene
    change(&scene.configuration)
    return scene
  }

  @Test(arguments: Seeds.first(20))
  func `clean fixes come to what they come to behind the gate`(seed: UInt64) throws {
    let scene = try cleanScene(seed)
    let expected = scene.eventsByVehicle()
    #expect(expected.allSatisfy { !$0.isEmpty })
    let clean = with(scene) { $0.policy = .clean }
    #expect(clean.eventsByVehicle() == expected, "seed \(seed)")
    #expect(try clean.run(restartingEvery: 97) == clean.run(batches: [scene.fixes.count]), "restarts, seed \(seed)")
  }

  @Test func `nothing waits for later fixes`() throws {
    var configuration = Engine.Configuration()
    configuration.policy = .clean
    let yard = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 51, east: 11))
    var engine = Engine(fences: try FenceSet([yard]), configuration: configuration)
    var events = EventBuffer()
    engine.process([Fix(vehicle: 0, time: 1000, latitude: 49.999, longitude: 10.5)].span, into: &events)
    engine.process([Fix(vehicle: 0, time: 2000, latitude: 50.001, longitude: 10.5)].span, into: &events)
    let kinds = events.events.compactMap { if case .fence(let event) = $0 { event.kind } else { nil } }
    #expect(kinds == [.enter] && engine.counts(of: 0).pending == 0)
  }

  @Test func `a fix that is not after the last one is refused with its reason, and so is one without a place`() throws {
    var configuration = Engine.Configuration()
    configuration.policy = .clean
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    func reason(_ time: Int64, _ latitude: Double, _ longitude: Double = 10) -> RejectionReason? {
      engine.process([Fix(vehicle: 0, time: time, latitude: latitude, longitude: longitude)].span, into: &events)
      return engine.takeRejection()?.reason
    }
    #expect(reason(10_000, 50) == nil)
    #expect(reason(10_000, 50) == .duplicate)
    #expect(reason(10_000, 51) == .conflict)
    #expect(reason(10_000, 50, 370) == .range)
    #expect(reason(9_999, 50) == .late)
    #expect(reason(11_000, .nan) == .range && reason(11_000, 91) == .range)
    #expect(reason(11_000, 50, 180) == nil)
    #expect(reason(11_000, 50, 180) == .duplicate && reason(11_000, 50, -180) == .duplicate)
    engine.advanceWatermark(to: 20_000, into: &events)
    #expect(reason(19_999, 50) == .late)
    let counts = engine.counts(of: 0)
    #expect(counts.accepted == 2 && counts.rejected == 9 && counts.received == 11)
  }

  @Test(arguments: [Engine.Policy.live, .clean], [true, false])
  func `values that no receiver means are missing, and a turn of longitude is taken off`(
    policy: Engine.Policy, detectsTrips: Bool
  ) throws {
    var configuration = Engine.Configuration()
    configuration.policy = policy
    configuration.detectsTrips = detectsTrips
    configuration.gate.reorderWindow = 0
    let east = Fence(id: "date line", shape: .box(south: 49, west: 179, north: 51, east: 180.01))
    func events(_ change: (inout Fix) -> Void) throws -> [Event] {
      var engine = Engine(fences: try FenceSet([east]), configuration: configuration)
      var events = EventBuffer()
      for second in 0..<200 {
        var fix = Fix(
          vehicle: 0, time: 1_700_000_000_000 + Int64(second) * 1000, latitude: 50,
          longitude: -180 + Double(max(0, second - 20)) * 1e-4)
        change(&fix)
        engine.process([fix].span, into: &events)
      }
      engine.finish(into: &events)
      return events.events
    }
    let expected = try events { _ in }
    #expect(expected.contains { if case .trip = $0 { true } else { false } } == detectsTrips)
    #expect(expected.contains { if case .visit(let visit) = $0 { visit.exitTime == 1_700_000_120_000 } else { false } })
    #expect(try events { if $0.longitude == -180 { $0.longitude = 180 } } == expected)
    #expect(try events { $0.speedOrNaN = -1 } == expected)
    #expect(try events { $0.speedOrNaN = .infinity } == expected)
    #expect(try events { $0.courseOrNaN = -90 } == expected)
    #expect(try events { $0.accuracyOrNaN = 0 } == expected)
    // Minus nothing is nothing, and no missing value.
    #expect(try events { $0.speedOrNaN = -0.0 } == events { $0.speedOrNaN = 0 })
    #expect(try (events { $0.speedOrNaN = -0.0 } != expected) == detectsTrips)
  }

  @Test(arguments: Seeds.first(20), [Engine.Policy.live, .clean])
  func `without trips fences and rules tell the same`(seed: UInt64, policy: Engine.Policy) throws {
    func told(_ scene: Scene) -> [[Event]] {
      scene.eventsByVehicle().map { events in
        events.filter {
          switch $0 {
          case .fence, .rule, .decision: true
          default: false
          }
        }
      }
    }
    let scene = with(try cleanScene(seed)) {
      $0.policy = policy
      ($0.scoring, $0.reportsRoutes) = (nil, false)
    }
    let alone = with(scene) { $0.detectsTrips = false }
    #expect(told(alone) == told(scene), "seed \(seed)")
    for events in alone.eventsByVehicle() {
      for event in events {
        switch event {
        case .visit(let visit):
          #expect(!visit.isMeasured && !visit.isPassThrough && visit.averageSpeed == nil)
          #expect(visit.fixes == 0 && visit.distance == 0 && visit.stops == 0 && visit.stationary == 0)
        case .travel(let travel): #expect(travel.standing == nil && travel.standingBefore == nil)
        case .fence, .rule, .decision: break
        case .stop, .trip, .route, .score, .harsh, .overspeed: Issue.record("\(event)")
        }
      }
    }
    #expect(try alone.run(restartingEvery: 61) == alone.run(batches: [scene.fixes.count]), "restarts, seed \(seed)")
  }

  @Test(arguments: Seeds.first(30))
  func `rules tell the same whether what they decide is recorded or not`(seed: UInt64) throws {
    let scene = try Scene(seed: 2 * seed, vehicles: 3, count: 400)
    #expect(scene.configuration.recordsDecisions && !scene.configuration.rules.isEmpty)
    func told(_ scene: Scene) -> [[Event]] {
      scene.eventsByVehicle().map { $0.filter { if case .decision = $0 { false } else { true } } }
    }
    #expect(told(with(scene) { $0.recordsDecisions = false }) == told(scene), "seed \(seed)")
  }

  @Test(arguments: Seeds.first(10), [Engine.Policy.live, .clean])
  func `silence, other fences and other rules on the way come to the same without trips`(
    seed: UInt64, policy: Engine.Policy
  ) throws {
    // Rules that ask for everything.
    let scene = with(try cleanScene(2 * seed)) {
      $0.policy = policy
      ($0.scoring, $0.reportsRoutes) = (nil, false)
    }
    func told(detectsTrips: Bool) throws -> [Event] {
      let scene = with(scene) { $0.detectsTrips = detectsTrips }
      var engine = Engine(fences: try FenceSet([]), configuration: scene.configuration)
      var (events, closing) = (EventBuffer(), EventBuffer())
      for (index, fix) in scene.fixes.enumerated() {
        engine.process([fix].span, into: &events)
        switch index {
        case scene.fixes.count / 4:
          engine.replaceFences(
            with: scene.fences, at: fix.time + 1, isWatermark: false, closing: &closing, into: &events)
        case scene.fixes.count / 2: engine.replaceRules(with: scene.configuration.rules.reversed(), into: &events)
        default: break
        }
        // Whole silences, as a clock would tell of them.
        let next = index + 1 < scene.fixes.count ? scene.fixes[index + 1].time : fix.time
        if next - fix.time > 100_000 {
          engine.decideSilence(until: fix.time + 90_000, into: &events)
          if index.isMultiple(of: 2) { engine.advanceWatermark(to: fix.time + 95_000, into: &events) }
        }
      }
      engine.finish(into: &events)
      return (closing.events + events.events).filter {
        switch $0 {
        case .fence, .rule, .decision: true
        default: false
        }
      }
    }
    let expected = try told(detectsTrips: true)
    #expect(expected.contains { if case .rule = $0 { true } else { false } })
    #expect(try told(detectsTrips: false) == expected, "seed \(seed)")
  }
}
