import Testing
import TriplineTesting

@testable import TriplineCore

/// Fixes that are weighed once something may come of them, beside the same fixes weighed at once, as they are where decisions are recorded.
@Suite struct PostponedFixTests {
  /// Thresholds of every kind: so many fixes of so many, with and without a duration.
  private static let rules: [FenceRule] = {
    let fixes = [(1, 1), (1, 2), (2, 2), (2, 3), (3, 5)]
    let thresholds = fixes.flatMap { fixes in
      [0, 15_000, 60_000].map { duration in
        FenceConditions.Threshold(margin: 8, fixes: fixes.0, ofFixes: fixes.1, duration: Int64(duration))
      }
    }
    var rules = thresholds.enumerated().map { index, threshold in
      var conditions = FenceConditions()
      conditions.exit = threshold
      conditions.enter = thresholds[(index * 4 + 2) % thresholds.count]
      conditions.accuracyCap = Double(index % 3 * 20)
      if index % 5 == 3 { conditions.certainty = .loose }
      if index % 4 == 1 { conditions.dwell = 45_000 }
      if index % 3 == 1 { conditions.longestInference = 25_000 }
      return FenceRule(id: "\(index)", conditions: conditions)
    }
    var along = FenceConditions()
    along.alongRoute = .init(distance: 120)
    along.enter = .init(fixes: 2, duration: 20_000)
    rules.append(FenceRule(id: "along", conditions: along))
    return rules
  }()

  private func scene(_ seed: UInt64) throws -> Scene {
    var scene = try Scene(seed: seed, vehicles: 2, count: 300)
    scene.configuration.rules = Self.rules
    scene.configuration.policy = seed % 2 == 0 ? .clean : .live
    (scene.configuration.scoring, scene.configuration.reportsRoutes) = (nil, false)
    scene.configuration.detectsTrips = seed % 3 == 0
    return scene
  }

  private func told(_ events: [Event]) -> [Event] {
    events.filter { if case .rule = $0 { true } else { false } }
  }

  /// What a scene comes to with other fences and other rules on the way, silence told now and then, and restarts.
  private func run(
    _ seed: UInt64, recording: Bool, restarting: Bool = false
  ) throws -> (events: [Event], pending: [[RulePending]], states: [[UInt8]], postponed: Int) {
    let scene = try scene(seed)
    // The same ids, other shapes.
    let sets = [scene.fences, try self.scene(seed + 1_000).fences]
    var configuration = scene.configuration
    configuration.recordsDecisions = recording
    var engine = Engine(fences: sets[0], configuration: configuration)
    var (events, closing) = (EventBuffer(), EventBuffer())
    var pending: [[RulePending]] = []
    var states: [[UInt8]] = []
    var postponed = 0
    for (index, fix) in scene.fixes.enumerated() {
      engine.process([fix].span, into: &events)
      if index % 90 == 89 {
        engine.replaceFences(
          with: sets[index / 90 % 2 == 0 ? 1 : 0], at: fix.time + 1, isWatermark: false, closing: &closing,
          into: &events)
      }
      if index % 140 == 139 { engine.replaceRules(with: engine.configuration.rules.reversed(), into: &events) }
      let next = index + 1 < scene.fixes.count ? scene.fixes[index + 1].time : fix.time
      if next - fix.time > 40_000 {
        engine.decideSilence(until: fix.time + 35_000, into: &events)
        if index.isMultiple(of: 2) { engine.advanceWatermark(to: fix.time + 38_000, into: &events) }
      }
      if restarting && index % 7 == 3 {
        engine = try Engine(
          restoring: engine.snapshot(), fences: engine.fences, configuration: engine.configuration)
      }
      pending.append((0..<UInt32(scene.vehicles)).flatMap { engine.pending(of: $0) })
      if let state = engine.state(of: fix.vehicle) { states.append(state) }
      for node in engine.pipeline.rules.pool.nodes.indices {
        postponed += Int(engine.pipeline.rules.pool.nodes[node].unweighed)
      }
    }
    engine.finish(into: &events)
    return (told(closing.events + events.events), pending, states, postponed)
  }

  @Test(arguments: Seeds.first(8))
  func `what is postponed comes to what it would have come to at once`(seed: UInt64) throws {
    let expected = try run(seed, recording: true)
    #expect(expected.events.count > 50 && expected.postponed == 0)
    for restarting in [false, true] {
      let postponed = try run(seed, recording: false, restarting: restarting)
      #expect(postponed.events == expected.events, "seed \(seed), restarting \(restarting)")
      #expect(postponed.pending == expected.pending, "seed \(seed), restarting \(restarting)")
      #expect(postponed.states == expected.states, "seed \(seed), restarting \(restarting)")
    }
  }

  @Test func `fixes are postponed`() throws {
    let postponed = try Seeds.first(4).map { try run($0, recording: false).postponed }
    #expect(postponed.reduce(0, +) > 100, "\(postponed)")
  }
}
