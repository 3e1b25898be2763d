import Testing
import TriplineCore
import TriplineTesting

/// Dwells of stays that the fixes do not agree on: the same square and the same way of telling as in `RuleTests`.
@Suite struct DwellTests {
  private typealias Place = (second: Double, meters: Double, accuracy: Float)
  private static let dwell = 1_800.0

  private func events(
    _ conditions: FenceConditions, _ places: [Place], recordsDecisions: Bool = false
  ) throws -> [RuleEvent] {
    let square = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.recordsDecisions = recordsDecisions
    configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
    var engine = Engine(fences: try FenceSet([square]), configuration: configuration)
    var events = EventBuffer()
    engine.process(RuleTests.fixes(places).span, into: &events)
    engine.finish(into: &events)
    return events.events.compactMap { if case .rule(let event) = $0 { event } else { nil } }
  }

  private func told(_ conditions: FenceConditions, _ places: [Place]) throws -> [RuleTests.Told] {
    RuleTests.told(try events(conditions, places).map { .rule($0) })
  }

  /// A fix a minute: so many of them at so many metres, one stretch behind the other.
  private func minutes(_ stretches: (count: Int, meters: Double)...) -> [Place] {
    let meters = stretches.flatMap { Array(repeating: $0.meters, count: $0.count) }
    return meters.enumerated().map { Place(second: Double($0.offset) * 60, meters: $0.element, accuracy: 5) }
  }

  /// Half an hour makes a dwell; so many fixes 20 m beyond the boundary make an exit.
  private func conditions(exit fixes: Int) -> FenceConditions {
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(margin: 20, fixes: fixes, ofFixes: fixes)
    conditions.dwell = Int64(Self.dwell * 1000)
    return conditions
  }

  @Test(arguments: [2, 3, 4, 8])
  func `C29 fixes that stray now and then do not keep a stay from its length`(exit: Int) throws {
    // Three hours, a fix a minute, each fourth 30 m outside.
    let places = (0..<180).map { Place(second: Double($0) * 60, meters: $0 % 4 == 2 ? -30 : 60, accuracy: 5) }
    let dwells = try told(conditions(exit: exit), places).filter { $0.kind != .end }
    // The fix at 30 min is outside, and counts; the one behind it is inside.
    #expect(dwells == [.init(.start, 0), .init(.dwell, 1800, decided: 1860)])
  }

  @Test
  func `C29 within the margin of its exit a vehicle has no dwell before it comes back: it may have left long ago`()
    throws
  {
    // In for three minutes, then 8 m outside for two hours, then away, or back.
    let away = try told(conditions(exit: 2), minutes((3, 60), (120, -8), (3, -500)))
    #expect(away.map(\.kind) == [.start, .exit] && away[1].time < 180 && away[1].decided == 124 * 60, "\(away)")
    #expect(
      try told(conditions(exit: 2), minutes((3, 60), (120, -8), (3, 60))).filter { $0.kind != .end } == [
        .init(.start, 0), .init(.dwell, 1800, decided: 123 * 60),
      ])
  }

  @Test func `C29 what counts for an exit that is believed in the end is no dwell`() throws {
    // The exit takes four fixes; the stay reaches its length behind the second.
    #expect(try told(conditions(exit: 4), minutes((29, 60), (7, -300))).map(\.kind) == [.start, .exit])
  }

  /// Whatever the fixes do, and whether each is weighed at once or not.
  @Test func `C29 a stay has its dwell if and only if it is as long as that by what was told`() throws {
    var (dwells, shorter) = (0, 0)
    let seeds = Array(Seeds.first(400))
    for seed in seeds {
      var generator = SeededGenerator(seed: seed)
      var conditions = FenceConditions()
      let fixes = Int.random(in: 1...4, using: &generator)
      conditions.exit = FenceConditions.Threshold(
        margin: [0, 20].randomElement(using: &generator) ?? 0, fixes: fixes,
        ofFixes: Int.random(in: fixes...5, using: &generator),
        duration: [0, 0, 90_000].randomElement(using: &generator) ?? 0)
      conditions.enter.fixes = Int.random(in: 1...2, using: &generator)
      conditions.enter.ofFixes = conditions.enter.fixes
      conditions.accuracyCap = [0, 15].randomElement(using: &generator) ?? 0
      conditions.dwell = 300_000
      var (meters, second) = (50.0, 0.0)
      let places = (0..<300).map { _ in
        meters = max(-120, min(120, meters + Double.random(in: -60...60, using: &generator)))
        second += Double([15, 30, 60].randomElement(using: &generator) ?? 30)
        return Place(second: second, meters: meters, accuracy: [5, 30].randomElement(using: &generator) ?? 5)
      }
      let told = try events(conditions, places)
      #expect(try told == events(conditions, places, recordsDecisions: true), "seed \(seed)")
      var (entered, hasDwelt) = (nil as Int64?, false)
      for event in told {
        switch event.kind {
        case .start, .enter: (entered, hasDwelt) = (event.time, false)
        case .dwell:
          #expect(event.time - (try #require(entered)) == 300_000 && !hasDwelt, "seed \(seed)")
          hasDwelt = true
          dwells += 1
        case .exit:
          let length = event.time - (try #require(entered))
          #expect((length >= 300_000) == hasDwelt, "seed \(seed), \(length) ms")
          shorter += hasDwelt ? 0 : 1
        case .end: break
        }
      }
    }
    #expect(dwells > seeds.count && shorter > seeds.count, "\(dwells) and \(shorter)")
  }
}
