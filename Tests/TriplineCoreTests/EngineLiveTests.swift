import Testing
import TriplineCore
import TriplineTesting

/// What a live feed asks of the engine: decisions without waiting any longer, silence, and other rules and fences while
/// fixes are on their way. Synthetic fixes, a second apart and on a parallel through a square of 700 m by 1,100 m.
@Suite struct EngineLiveTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let yard = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))
  private static let town = Fence(id: "town", shape: .box(south: 49.9, west: 9.9, north: 50.1, east: 10.1))

  private func engine(_ rules: [FenceRule], fences: [Fence] = [yard], window: Int64 = 0) throws -> Engine {
    Engine(fences: try FenceSet(fences), configuration: configuration(rules, window: window))
  }

  private func configuration(_ rules: [FenceRule], window: Int64 = 0) -> Engine.Configuration {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = window
    configuration.gate.largestSpeed = .infinity
    configuration.rules = rules
    return configuration
  }

  private func fix(_ second: Double, inside: Bool, vehicle: UInt32 = 0) -> Fix {
    Fix(
      vehicle: vehicle, time: Self.start + Int64(second * 1000), latitude: 50.005, longitude: inside ? 10.005 : 10.02,
      accuracy: 5)
  }

  private func fixes(_ seconds: ClosedRange<Int>, inside: Bool, vehicle: UInt32 = 0) -> [Fix] {
    seconds.map { fix(Double($0), inside: inside, vehicle: vehicle) }
  }

  /// What rules tell, like `0 enter yard`, with their reasons where these are not movement.
  private func told(_ events: EventBuffer, _ fences: FenceSet) -> [String] {
    events.events.compactMap { event in
      guard case .rule(let event) = event else { return nil }
      let reason = event.reason == .moved ? "" : " \(event.reason)"
      return "\(event.rule) \(event.kind) \(fences.id(of: event.fence))\(reason)"
    }
  }

  private func dwelling(_ duration: Int64) -> FenceConditions {
    var conditions = FenceConditions()
    conditions.dwell = duration
    return conditions
  }

  // MARK: release

  @Test func `what is released is decided at once, and what comes later and is not newer is late`() throws {
    var engine = try engine([FenceRule(id: "rule")], window: 60_000)
    var events = EventBuffer()
    engine.process([fix(0, inside: false), fix(1, inside: true), fix(2, inside: true)].span, into: &events)
    #expect(told(events, engine.fences).isEmpty)
    engine.release(0, before: Self.start + 2000, into: &events)
    #expect(told(events, engine.fences) == ["0 enter yard"])
    #expect(engine.counts(of: 0).accepted == 2, "the one at the bound still waits")
    #expect(engine.takeRejection() == nil)
    engine.process([fix(0.5, inside: false), fix(1, inside: false)].span, into: &events)
    #expect(engine.counts(of: 0)[.late] == 2)
    let rejection = engine.takeRejection()
    #expect(rejection?.reason == .late && rejection?.time == Self.start + 1000, "the last one of several")
    engine.process([fix(1.5, inside: true)].span, into: &events)
    #expect(engine.counts(of: 0)[.late] == 2, "what is newer than the last decision is sorted in")
    #expect(engine.takeRejection() == nil, "it is told once")
  }

  @Test func `a vehicle that nobody knows is released, looked up and waited for without a word`() throws {
    var engine = try engine([FenceRule(id: "rule")])
    var events = EventBuffer()
    engine.release(7, before: .max, into: &events)
    engine.decideSilence(until: .max, into: &events)
    engine.decideSilence(until: .min, into: &events)
    #expect(events.isEmpty && engine.lastTime(of: 7) == nil)
    #expect(engine.takeRejection() == nil)
  }

  @Test func `released fix by fix it tells what it tells without waiting, over seeds`() throws {
    for seed in Seeds.first(40) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 50, longitude: 14)
      let fences = try FenceSet(random.fences(count: 30, around: middle, extent: 0.05))
      let way = RandomDrive.fixes(seed: seed, vehicle: 0, count: 200, around: middle)
      let rules = [FenceRule(id: "steady", conditions: .steady), FenceRule(id: "all")]
      var (live, batch) = (EventBuffer(), EventBuffer())
      var engine = Engine(fences: fences, configuration: configuration(rules))
      for index in way.indices {
        engine.process(way.span.extracting(index..<(index + 1)), into: &live)
        engine.release(0, before: .max, into: &live)
      }
      engine.finish(into: &live)
      var other = Engine(fences: fences, configuration: configuration(rules))
      other.process(way.span, into: &batch)
      other.finish(into: &batch)
      #expect(told(live, fences) == told(batch, fences), "seed \(seed)")
    }
  }

  // MARK: lastTime

  @Test func `the last time is that of the newest fix that counts or may count, and no other`() throws {
    var engine = try engine([], window: 60_000)
    var events = EventBuffer()
    engine.process([fix(10, inside: false)].span, into: &events)
    #expect(engine.lastTime(of: 0) == Self.start + 10_000, "it waits")
    engine.process([fix(5, inside: false)].span, into: &events)
    #expect(engine.lastTime(of: 0) == Self.start + 10_000)
    var nowhere = fix(20, inside: false)
    (nowhere.latitude, nowhere.longitude) = (0, 0)
    engine.process([nowhere].span, into: &events)
    #expect(engine.lastTime(of: 0) == Self.start + 10_000, "what is refused does not count")
    engine.process([fix(100, inside: false)].span, into: &events)
    engine.advanceWatermark(to: Self.start + 200_000, into: &events)
    #expect(engine.lastTime(of: 0) == Self.start + 100_000, "it was accepted")
    engine.finish(0, into: &events)
    #expect(engine.lastTime(of: 0) == nil)
  }

  // MARK: decideSilence

  @Test func `C28: silence decides a stay once, as a watermark does, and makes no fix late`() throws {
    var (live, marked) = (EventBuffer(), EventBuffer())
    var engine = try engine([FenceRule(id: "rule", conditions: dwelling(1_800_000))])
    var other = try self.engine([FenceRule(id: "rule", conditions: dwelling(1_800_000))])
    let way = fixes(0...2, inside: false) + fixes(3...5, inside: true)
    engine.process(way.span, into: &live)
    other.process(way.span, into: &marked)
    engine.release(0, before: .max, into: &live)
    other.release(0, before: .max, into: &marked)
    for minutes in [10, 31, 32, 90] as [Int64] {
      engine.decideSilence(until: Self.start + minutes * 60_000, into: &live)
      other.advanceWatermark(to: Self.start + minutes * 60_000, into: &marked)
    }
    #expect(told(live, engine.fences) == ["0 enter yard", "0 dwell yard"])
    #expect(told(marked, other.fences) == told(live, engine.fences))
    live.removeAll()
    // What was uploaded late is welcome, and ends the stay.
    let late = [fix(600, inside: true), fix(601, inside: false), fix(602, inside: false)]
    engine.process(late.span, into: &live)
    engine.release(0, before: .max, into: &live)
    #expect(engine.counts(of: 0)[.late] == 0 && told(live, engine.fences) == ["0 exit yard"])
    other.process(late.span, into: &marked)
    #expect(other.counts(of: 0)[.late] == 3)
  }

  // MARK: replaceRules

  @Test func `a rule that stays goes on in any place, a new one begins with a state, one that is gone says nothing`()
    throws
  {
    let (kept, gone) = (FenceRule(id: "kept", conditions: dwelling(20_000)), FenceRule(id: "gone"))
    var engine = try engine([gone, kept])
    var events = EventBuffer()
    engine.process((fixes(0...2, inside: false) + fixes(3...10, inside: true)).span, into: &events)
    engine.release(0, before: .max, into: &events)
    #expect(told(events, engine.fences) == ["0 enter yard", "1 enter yard"])
    events.removeAll()
    engine.replaceRules(with: [kept, FenceRule(id: "new", conditions: dwelling(20_000))], into: &events)
    #expect(told(events, engine.fences) == ["1 start yard ruleAdded"])
    #expect(engine.configuration.rules.map(\.id) == ["kept", "new"])
    events.removeAll()
    engine.process(fixes(11...40, inside: true).span, into: &events)
    engine.release(0, before: .max, into: &events)
    let dwells = events.events.compactMap { event -> [Int64]? in
      guard case .rule(let event) = event else { return nil }
      return [Int64(event.rule), event.time - Self.start]
    }
    // The stay of the one goes on, that of the other began with it at the last fix.
    #expect(dwells.count == 2 && dwells.first?[0] == 0 && dwells.last == [1, 30_000])
    events.removeAll()
    engine.process(fixes(41...43, inside: false).span, into: &events)
    engine.release(0, before: .max, into: &events)
    #expect(told(events, engine.fences).sorted() == ["0 exit yard", "1 exit yard"])
  }

  @Test
  func `dwells of stays that go on are told again where that is asked for, once, and not as of before the last fix`()
    throws
  {
    let rules = [
      FenceRule(id: "told", conditions: dwelling(20_000)), FenceRule(id: "other", conditions: dwelling(20_000)),
    ]
    var engine = try engine(rules)
    var events = EventBuffer()
    engine.process(fixes(0...40, inside: true).span, into: &events)
    engine.release(0, before: .max, into: &events)
    func dwells() -> [[Int64]] {
      defer { events.removeAll() }
      return events.events.compactMap {
        guard case .rule(let event) = $0, event.kind == .dwell else { return nil }
        return [Int64(event.rule), event.time - Self.start, event.decidedTime - Self.start]
      }
    }
    #expect(dwells() == [[0, 20_000, 20_000], [1, 20_000, 20_000]])
    engine.replaceRules(with: rules, retellingDwellsOf: ["told", "nobody"], into: &events)
    engine.decideSilence(until: Self.start + 7_200_000, into: &events)
    #expect(dwells() == [[0, 20_000, 40_000]])
    engine.decideSilence(until: Self.start + 7_300_000, into: &events)
    engine.replaceRules(with: rules, into: &events)
    engine.decideSilence(until: Self.start + 7_400_000, into: &events)
    #expect(dwells().isEmpty)
  }

  @Test func `a rule of the same id that asks for something else is another one`() throws {
    var engine = try engine([FenceRule(id: "rule")])
    var events = EventBuffer()
    engine.process(fixes(0...5, inside: true).span, into: &events)
    engine.release(0, before: .max, into: &events)
    events.removeAll()
    engine.replaceRules(with: [FenceRule(id: "rule", conditions: .steady)], into: &events)
    #expect(told(events, engine.fences) == ["0 start yard ruleAdded"])
    events.removeAll()
    engine.replaceRules(with: [FenceRule(id: "rule", conditions: .steady)], into: &events)
    #expect(events.isEmpty, "and the same once more is nothing")
  }

  @Test func `a snapshot behind other rules is restored with those, and goes on alike`() throws {
    let rules = [FenceRule(id: "second"), FenceRule(id: "first", conditions: dwelling(20_000))]
    var engine = try engine([FenceRule(id: "first", conditions: dwelling(20_000))])
    var events = EventBuffer()
    engine.process((fixes(0...2, inside: false) + fixes(3...10, inside: true)).span, into: &events)
    engine.release(0, before: .max, into: &events)
    engine.replaceRules(with: rules, into: &events)
    var restored = try Engine(
      restoring: engine.snapshot(), fences: engine.fences, configuration: configuration(rules))
    var (one, other) = (EventBuffer(), EventBuffer())
    let rest = fixes(11...40, inside: true) + fixes(41...50, inside: false)
    engine.process(rest.span, into: &one)
    restored.process(rest.span, into: &other)
    engine.finish(into: &one)
    restored.finish(into: &other)
    #expect(told(one, engine.fences) == ["1 dwell yard", "0 exit yard", "1 exit yard"] && one.events == other.events)
  }

  // MARK: replaceFences

  @Test func `fixes that were on their way when fences changed are not late, and nothing is dated before the change`()
    throws
  {
    var engine = try engine([FenceRule(id: "rule")], fences: [Self.town])
    var (events, closing) = (EventBuffer(), EventBuffer())
    engine.process(fixes(0...5, inside: true).span, into: &events)
    engine.release(0, before: .max, into: &events)
    events.removeAll()
    let change = Self.start + 60_000
    engine.replaceFences(
      with: try FenceSet([Self.town, Self.yard]), at: change, isWatermark: false, closing: &closing, into: &events)
    #expect(told(events, engine.fences) == ["0 start yard fenceAdded"] && closing.isEmpty)
    events.removeAll()
    // From before the change: it had left by then; and one from behind it.
    engine.process((fixes(30...33, inside: false) + [fix(61, inside: false)]).span, into: &events)
    engine.release(0, before: .max, into: &events)
    #expect(engine.counts(of: 0)[.late] == 0)
    #expect(told(events, engine.fences) == ["0 exit yard"])
    engine.finish(into: &events)
    for event in events.events {
      switch event {
      case .rule(let told) where engine.fences.id(of: told.fence) == "yard": #expect(told.time == change)
      case .visit(let visit) where engine.fences.id(of: visit.fence) == "yard": #expect(visit.duration == 0)
      default: break
      }
    }
  }

  @Test func `C22: a fence that is gone closes without a watermark as with one, and nothing of it is left`() throws {
    var (events, closing) = (EventBuffer(), EventBuffer())
    var engine = try engine([FenceRule(id: "rule")], fences: [Self.yard, Self.town])
    engine.process((fixes(0...2, inside: false) + fixes(3...5, inside: true)).span, into: &events)
    engine.release(0, before: .max, into: &events)
    let before = engine.fences
    events.removeAll()
    engine.replaceFences(
      with: try FenceSet([Self.town]), at: Self.start + 60_000, isWatermark: false, closing: &closing, into: &events)
    #expect(told(closing, before) == ["0 exit yard fenceRemoved"] && told(events, engine.fences).isEmpty)
    #expect(engine.fences(holding: 0).map { engine.fences.id(of: $0) } == ["town"])
    closing.removeAll()
    engine.replaceFences(
      with: try FenceSet([Self.town]), at: Self.start + 70_000, isWatermark: false, closing: &closing, into: &events)
    #expect(closing.isEmpty && events.isEmpty, "the same once more is nothing")
  }
}
