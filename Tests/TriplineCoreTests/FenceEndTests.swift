import Testing
import TriplineCore
import TriplineTesting

/// Fences that are there for a time.
@Suite struct FenceEndTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let end = start + 600_500
  private static let yard = Fence.Shape.box(south: 50, west: 10, north: 50.01, east: 10.01)
  private static let today = Fence(id: "today", shape: yard, expires: end)
  private static let ever = Fence(id: "ever", shape: yard)

  /// A fix at a latitude in the middle of the yard, which is from 10 to 10.01 degrees east.
  private func fix(_ seconds: Int, east: Double) -> Fix {
    Fix(
      vehicle: 0, time: Self.start + Int64(seconds) * 1000, latitude: 50.005, longitude: east, accuracy: 5,
      sequence: UInt32(seconds))
  }

  /// One in ten seconds.
  private func fixes(_ tens: ClosedRange<Int>, east: Double) -> [Fix] { tens.map { fix($0 * 10, east: east) } }

  private func engine(_ rules: [FenceRule] = [FenceRule(id: "rule")]) throws -> Engine {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.rules = rules
    configuration.reportsRoutes = true
    return Engine(fences: try FenceSet([Self.today, Self.ever]), configuration: configuration)
  }

  private func tell(_ time: Int64, by means: String, _ engine: inout Engine, _ events: inout EventBuffer) {
    switch means {
    case "watermark": engine.advanceWatermark(to: time, into: &events)
    case "silence": engine.decideSilence(until: time, into: &events)
    default:
      engine.process([fix(601, east: 10.005)].span, into: &events)
      engine.release(0, before: .max, into: &events)
    }
  }

  private func described(_ events: EventBuffer) -> [String] {
    let ids = ["today", "ever"]
    return events.events.compactMap { event in
      switch event {
      case .fence(let event):
        "\(event.kind) \(ids[Int(event.fence)]) \(event.reason) \(event.time - Self.start)"
      case .rule(let event):
        "told \(event.kind) \(ids[Int(event.fence)]) \(event.reason) \(event.time - Self.start)"
      case .visit(let visit): "visit \(ids[Int(visit.fence)]) \(visit.duration)"
      case .route, .stop, .trip, .travel, .harsh, .overspeed, .score, .decision: nil
      }
    }
  }

  private let left = [
    "exit today fenceExpired 600500", "told exit today fenceExpired 600500",
  ]

  /// A drive through the yard, a stay of which the end is told by some means, and what comes behind it.
  private func stay(endedBy means: String) throws -> (before: EventBuffer, at: EventBuffer, behind: EventBuffer) {
    var engine = try engine()
    var (before, at, behind) = (EventBuffer(), EventBuffer(), EventBuffer())
    engine.process([fix(0, east: 9.99), fix(20, east: 10.02), fix(30, east: 10.0099)].span, into: &before)
    engine.process(fixes(4...59, east: 10.005).span, into: &before)
    engine.release(0, before: .max, into: &before)
    if means != "fix" { tell(Self.end - 1, by: means, &engine, &before) }
    tell(Self.end, by: means, &engine, &at)
    engine.process([fix(610, east: 10.005), fix(620, east: 10.02), fix(630, east: 9.98)].span, into: &behind)
    engine.process([fix(640, east: 10.005), fix(650, east: 10.006)].span, into: &behind)
    engine.finish(into: &behind)
    return (before, at, behind)
  }

  @Test(arguments: ["fix", "watermark", "silence"])
  func `C22 a vehicle leaves a fence when its time is over, once, whatever tells the time`(by means: String) throws {
    let (before, at, behind) = try stay(endedBy: means)
    #expect(!described(before).contains { $0.contains("fenceExpired") })
    #expect(described(at).filter { $0.contains("today") && !$0.hasPrefix("visit") } == left)
    let visits = at.events.compactMap { if case .visit(let visit) = $0, visit.fence == 0 { visit } else { nil } }
    #expect(visits.map(\.exitTime) == [Self.end] && visits.map(\.wasInsideAtEnd) == [false])
    let exits = at.events.compactMap { if case .fence(let event) = $0, event.kind == .exit { event } else { nil } }
    #expect(exits.map(\.coordinate) == [fix(590, east: 10.005).coordinate])
    #expect(exits.map(\.fixTime) == [Self.start + 590_000] && exits.allSatisfy { !$0.isInterpolated })
    #expect(!described(behind).contains { $0.contains("today") }, "\(described(behind))")
    #expect(described(behind).contains { $0.hasPrefix("cross ever") })
  }

  @Test func `a route begins where the last fence ends that a vehicle is inside of`() throws {
    var configuration = Engine.Configuration()
    configuration.reportsRoutes = true
    var engine = Engine(fences: try FenceSet([Self.today]), configuration: configuration)
    var events = EventBuffer()
    engine.process([fix(590, east: 10.005), fix(610, east: 10.005), fix(640, east: 10.007)].span, into: &events)
    engine.finish(into: &events)
    let routes = events.events.compactMap { if case .route(let route) = $0 { route } else { nil } }
    #expect(routes.map(\.startTime) == [Self.end] && routes.map(\.origin) == [0] && routes.map(\.destination) == [nil])
  }

  @Test func `what a step that ends later does to a fence is not told`() throws {
    var engine = try engine()
    var events = EventBuffer()
    // In before the end and found inside behind it; the other is entered.
    engine.process([fix(590, east: 9.99), fix(610, east: 10.005)].span, into: &events)
    engine.finish(into: &events)
    #expect(described(events).filter { $0.contains("today") }.isEmpty)
    #expect(described(events).contains { $0.hasPrefix("enter ever moved") })
  }

  @Test func `a first fix behind the end is in no fence`() throws {
    var engine = try engine()
    var events = EventBuffer()
    engine.process([fix(601, east: 10.005)].span, into: &events)
    engine.advanceWatermark(to: Self.start + 700_000, into: &events)
    #expect(described(events) == ["start ever moved 601000", "told start ever moved 601000"])
  }

  @Test func `what has lasted long enough by the end is told before it`() throws {
    var dwelling = FenceConditions()
    dwelling.dwell = 100_000
    dwelling.exit = FenceConditions.Threshold(duration: 50_000)
    var late = FenceConditions()
    late.enter = FenceConditions.Threshold(duration: 300_000)
    var engine = try engine([
      FenceRule(id: "dwelling", fences: .ids(["today"]), conditions: dwelling),
      FenceRule(id: "late", fences: .ids(["today"]), conditions: late),
    ])
    var events = EventBuffer()
    // In at 480, and no fix between 500 and 700: the stay has lasted for 100 s at 580.
    engine.process([fix(470, east: 9.99), fix(490, east: 10.01), fix(500, east: 10.005)].span, into: &events)
    engine.process([fix(700, east: 10.005)].span, into: &events)
    engine.finish(into: &events)
    let told = described(events).filter { $0.hasPrefix("told") }
    #expect(
      told == [
        "told enter today moved 480000", "told dwell today moved 580000", "told exit today fenceExpired 600500",
      ])
  }

  @Test func `an exit that waits to be believed is one because of the end`() throws {
    var slow = FenceConditions()
    slow.exit = FenceConditions.Threshold(duration: 300_000)
    var engine = try engine([FenceRule(id: "slow", fences: .ids(["today"]), conditions: slow)])
    var events = EventBuffer()
    engine.process([fix(400, east: 10.005), fix(420, east: 10.005), fix(440, east: 10.015)].span, into: &events)
    engine.process(fixes(45...65, east: 10.015).span, into: &events)
    engine.finish(into: &events)
    let told = described(events).filter { $0.hasPrefix("told") }
    #expect(told == ["told start today moved 400000", "told exit today fenceExpired 600500"])
  }

  @Test func `late fixes do not bring back what has been told to be over`() throws {
    var engine = try engine()
    var events = EventBuffer()
    engine.process([fix(0, east: 10.005), fix(500, east: 10.005)].span, into: &events)
    engine.release(0, before: .max, into: &events)
    engine.decideSilence(until: Self.end + 60_000, into: &events)
    #expect(described(events).contains(left[0]))
    events.removeAll()
    var restored = try Engine(
      restoring: engine.snapshot(), fences: engine.fences, configuration: engine.configuration)
    // They are from before the end, and come after it: out, in again and out for good.
    let late = [fix(520, east: 10.005), fix(540, east: 10.02), fix(560, east: 10.005), fix(580, east: 10.02)]
    engine.process(late.span, into: &events)
    engine.finish(into: &events)
    #expect(described(events).filter { $0.contains("today") }.isEmpty)
    #expect(described(events).filter { $0.hasPrefix("exit ever moved") }.count == 2)
    var others = EventBuffer()
    restored.process(late.span, into: &others)
    restored.finish(into: &others)
    #expect(others.events == events.events)
  }

  @Test func `who uploads late and was not there when it ended is told all of it`() throws {
    var engine = try engine()
    var events = EventBuffer()
    engine.process([fix(0, east: 9.99), fix(300, east: 9.99)].span, into: &events)
    engine.release(0, before: .max, into: &events)
    engine.decideSilence(until: Self.end + 60_000, into: &events)
    engine.process([fix(320, east: 10.005), fix(500, east: 10.02)].span, into: &events)
    engine.finish(into: &events)
    let told = described(events).filter { $0.contains("today") && !$0.hasPrefix("visit") }
    #expect(
      told.map { $0.split(separator: " ").prefix(4).joined(separator: " ") } == [
        "enter today moved 313333", "told enter today moved", "exit today moved 380000", "told exit today moved",
      ], "\(told)")
  }

  @Test func `what was not left in silence is told when it comes late, whatever the clock said when`() throws {
    let other = Fence(
      id: "other", shape: .box(south: 50, west: 10.02, north: 50.01, east: 10.03), expires: Self.end + 5000)
    for wait in [1, 60_000] as [Int64] {
      var configuration = Engine.Configuration()
      configuration.gate.reorderWindow = 0
      var engine = Engine(fences: try FenceSet([Self.today, other]), configuration: configuration)
      var events = EventBuffer()
      engine.process([fix(0, east: 10.005), fix(300, east: 10.005)].span, into: &events)
      engine.release(0, before: .max, into: &events)
      engine.decideSilence(until: Self.end + wait, into: &events)
      events.removeAll()
      var restored = try Engine(
        restoring: engine.snapshot(), fences: engine.fences, configuration: engine.configuration)
      let late = [fix(320, east: 10.015), fix(400, east: 10.025), fix(450, east: 10.035), fix(700, east: 10.04)]
      engine.process(late.span, into: &events)
      engine.finish(into: &events)
      let told = events.events.compactMap { event -> String? in
        if case .fence(let event) = event { "\(event.kind) \(event.fence)" } else { nil }
      }
      #expect(told == ["enter 1", "exit 1"], "\(wait)")
      var others = EventBuffer()
      restored.process(late.span, into: &others)
      restored.finish(into: &others)
      #expect(others.events == events.events)
    }
  }

  @Test func `what waits to be sorted in is no silence`() throws {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 300_000
    configuration.rules = [FenceRule(id: "rule")]
    var engine = Engine(fences: try FenceSet([Self.today, Self.ever]), configuration: configuration)
    var events = EventBuffer()
    engine.process([fix(100, east: 10.005), fix(500, east: 10.005), fix(580, east: 10.02)].span, into: &events)
    engine.decideSilence(until: Self.end + 10_000, into: &events)
    #expect(!described(events).contains { $0.contains("fenceExpired") })
    engine.finish(into: &events)
    #expect(described(events).contains("exit today moved 526667"), "\(described(events))")
  }

  @Test func `behind a change of fences what has ended before is not there, and was left when it ended`() throws {
    for isInside in [true, false] {
      var engine = try engine()
      var (events, closing) = (EventBuffer(), EventBuffer())
      engine.process([fix(0, east: 9.99), fix(590, east: isInside ? 10.005 : 9.99)].span, into: &events)
      engine.release(0, before: .max, into: &events)
      engine.replaceFences(
        with: try FenceSet([Self.today, Self.ever]), at: Self.end + 60_000, isWatermark: false, closing: &closing,
        into: &events)
      let told = described(closing).filter { !$0.hasPrefix("visit") }
      #expect(told == (isInside ? left : []))
      events.removeAll()
      // From before the end and the change, and later than both.
      engine.process([fix(595, east: 10.005), fix(700, east: 10.006)].span, into: &events)
      engine.finish(into: &events)
      #expect(!described(events).contains { $0.contains("today") }, "\(described(events))")
    }
  }

  @Test func `periods know no ends, and forecasts do`() throws {
    var tracker = FencePeriodTracker(fences: try FenceSet([Self.today]))
    for (time, east) in [(0, 10.005), (1_000_000, 10.02), (2_000_000, 9.99)] {
      tracker.move(0, to: Coordinate(latitude: 50.005, longitude: east), at: Self.start + Int64(time))
    }
    tracker.finish()
    #expect(tracker.periods.map { $0.end - Self.start } == [333_333, 1_666_667] && !tracker.periods[0].isOpenAtEnd)
    var moving = fix(500, east: 9.99)
    (moving.speedOrNaN, moving.courseOrNaN) = (20, 90)
    let set = try FenceSet([Self.today, Self.ever])
    // In after 36 s, out after 72; in the second fix only the way in is before the end.
    #expect(set.forecast(for: moving, within: 600).map(\.fence) == [0, 1, 0, 1])
    moving.time = Self.start + 550_000
    #expect(set.forecast(for: moving, within: 600).map(\.fence) == [0, 1, 1])
  }

  @Test func `a fence that is given more time is there again, and one whose time is over by a change is left`() throws {
    var longer = Self.today
    longer.expires = Self.end + 600_000
    var engine = try engine()
    var (events, closing) = (EventBuffer(), EventBuffer())
    engine.process([fix(0, east: 10.005), fix(500, east: 10.005)].span, into: &events)
    engine.advanceWatermark(to: Self.end, into: &events)
    events.removeAll()
    let again = try FenceSet([longer, Self.ever])
    engine.replaceFences(with: again, at: Self.end + 1000, closing: &closing, into: &events)
    #expect(
      described(events) == ["start today fenceAdded 601500", "told start today fenceAdded 601500"] && closing.isEmpty)
    events.removeAll()
    longer.expires = Self.end
    engine.replaceFences(
      with: try FenceSet([longer, Self.ever]), at: Self.end + 2000, closing: &closing, into: &events)
    #expect(
      described(closing) == [
        "exit today fenceExpired 602500", "visit today 1000", "told exit today fenceExpired 602500",
      ] && events.isEmpty)
  }

  @Test func `without a policy of its own each fix is held against what is there at its time`() throws {
    var configuration = Engine.Configuration()
    configuration.policy = .sampled
    var engine = Engine(fences: try FenceSet([Self.today, Self.ever]), configuration: configuration)
    var events = EventBuffer()
    engine.process([fix(0, east: 10.005), fix(590, east: 10.005), fix(700, east: 10.005)].span, into: &events)
    engine.finish(into: &events)
    #expect(
      described(events) == [
        "start today moved 0", "start ever moved 0", "exit today fenceExpired 600500", "visit today 600500",
        "end ever moved 700000", "visit ever 700000",
      ])
  }

  /// The same fences taken out at their ends by hand.
  @Test(arguments: Seeds.first(100))
  func `fences with an end are as if each were removed right behind the last fix before it`(seed: UInt64) throws {
    let scene = try Scene(seed: seed * 3, vehicles: 1, count: 300)
    var configuration = scene.configuration
    configuration.policy = .clean
    configuration.scoring = nil
    // Those that are there for ever are dated by a change, and decisions by what was changed.
    configuration.recordsDecisions = false
    let ending = (0..<UInt32(scene.fences.count)).filter { scene.fences.expiry(of: $0) != nil }
    #expect(!ending.isEmpty)
    var engine = Engine(fences: scene.fences, configuration: configuration)
    var other = Engine(fences: scene.fences, configuration: configuration)
    var (events, others, closing) = (EventBuffer(), EventBuffer(), EventBuffer())
    var last = Int64.min
    for fix in scene.fixes where fix.time > last && fix.latitude.isFinite {
      let over = ending.filter { (scene.fences.expiry(of: $0) ?? .max) <= fix.time }
      for fence in over where other.fences.index(of: scene.fences.id(of: fence)) != nil && last != .min {
        // Before the time comes that would take it out.
        other.replaceFences(
          with: other.fences.removing(scene.fences.id(of: fence)), at: last + 1, isWatermark: false, closing: &closing,
          into: &others)
      }
      engine.process([fix].span, into: &events)
      other.process([fix].span, into: &others)
      last = fix.time
    }
    engine.finish(into: &events)
    other.finish(into: &others)
    func changes(_ buffers: EventBuffer...) -> [String] {
      buffers.flatMap(\.events).compactMap { event -> String? in
        guard case .fence(let event) = event else { return nil }
        let isByEnd = event.reason == .fenceExpired || event.reason == .fenceRemoved
        return "\(scene.fences.id(of: event.fence)) \(event.kind) \(isByEnd ? "ended" : "") \(event.fixTime)"
      }.sorted()
    }
    #expect(changes(events) == changes(others, closing), "seed \(seed)")
  }
}
