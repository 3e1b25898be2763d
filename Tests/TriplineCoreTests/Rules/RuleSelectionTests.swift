import Testing
import TriplineTesting

@testable import TriplineCore

/// Which fences and which vehicles a rule is about.
@Suite struct RuleSelectionTests {
  private static let start: Int64 = 1_700_000_000_000
  private static func box(_ id: String, west: Double, tags: Set<String> = [], expires: Int64? = nil) -> Fence {
    Fence(
      id: id, shape: .box(south: 50, west: west, north: 50.01, east: west + 0.01), tags: tags, expires: expires,
      attributes: ["limit": id])
  }
  private static let fences = [
    box("depot", west: 10, tags: ["home", "depot"]), box("customer", west: 10.02),
    box("depot 2", west: 10.04, tags: ["depot"]),
  ]
  private static let north = VehicleGroups(rawValue: 1)
  private static let south = VehicleGroups(rawValue: 1 << 63)

  private func configuration(_ rules: [FenceRule]) -> Engine.Configuration {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.rules = rules
    return configuration
  }

  /// A vehicle that passes all three, a fix each 0.005 degrees.
  private func fixes(_ vehicle: UInt32, _ range: Range<Int> = 0..<12) -> [Fix] {
    range.map {
      Fix(
        vehicle: vehicle, time: Self.start + Int64($0) * 60_000, latitude: 50.005,
        longitude: 9.9975 + Double($0) * 0.005)
    }
  }

  private func told(_ events: [Event], _ fences: FenceSet) -> [String] {
    events.compactMap {
      guard case .rule(let event) = $0 else { return nil }
      return "\(event.rule) \(event.vehicle) \(event.kind) \(fences.id(of: event.fence))"
    }
  }

  @Test func `a rule chooses fences by tag, also those that come later`() throws {
    let set = try FenceSet(Self.fences)
    var engine = Engine(
      fences: set,
      configuration: configuration([
        FenceRule(id: "depots", fences: .tags(["depot", "else"])), FenceRule(id: "home", fences: .tags(["home"])),
      ]))
    var events = EventBuffer()
    let way = fixes(0)
    engine.process(way.span.extracting(0..<6), into: &events)
    #expect(told(events.events, set) == ["0 0 enter depot", "1 0 enter depot", "0 0 exit depot", "1 0 exit depot"])
    let more = try set.adding(Self.box("home 2", west: 10.028, tags: ["home"]))
    var closing = EventBuffer()
    engine.replaceFences(with: more, at: way[5].time, closing: &closing, into: &events)
    events.removeAll()
    engine.process(way.span.extracting(6..<12), into: &events)
    #expect(
      told(events.events, more) == ["1 0 enter home 2", "0 0 enter depot 2", "1 0 exit home 2"])
    #expect(more.tags(of: 3) == ["home"] && more.attributes(of: 3) == ["limit": "home 2"] && set.tags(of: 1).isEmpty)
  }

  @Test func `a rule is about the vehicles of its groups, across snapshots and late fixes`() throws {
    let set = try FenceSet(Self.fences)
    let configuration = configuration([
      FenceRule(id: "north", fences: .ids(["customer"]), vehicles: Self.north),
      FenceRule(id: "both", fences: .ids(["customer"]), vehicles: [Self.north, Self.south]),
    ])
    var engine = RevisingEngine(fences: set, configuration: configuration, window: 3_600_000)
    var events = EventBuffer()
    var revisions: [Revision] = []
    engine.assign(0, to: Self.north)
    engine.assign(1, to: Self.south)
    for vehicle: UInt32 in 0...2 {
      let way = fixes(vehicle)
      engine.process(way.span.extracting(0..<4), into: &events, revisions: &revisions)
    }
    let snapshot = engine.snapshot()
    var restored = try RevisingEngine(restoring: snapshot, fences: set, configuration: configuration, window: 3_600_000)
    events.removeAll()
    for vehicle: UInt32 in 0...2 {
      let way = fixes(vehicle)
      // The fix inside comes late.
      restored.process(way.span.extracting(4..<5), into: &events, revisions: &revisions)
      restored.process(way.span.extracting(6..<9), into: &events, revisions: &revisions)
      restored.process(way.span.extracting(5..<6), into: &events, revisions: &revisions)
    }
    restored.finish(into: &events)
    let all = told(events.events, set)
    #expect(
      all.filter { $0.contains("enter") } == ["0 0 enter customer", "1 0 enter customer", "1 1 enter customer"],
      "\(all)")
    #expect(revisions.map(\.vehicle) == [0, 1, 2])
  }

  @Test func `who leaves a group is told of what it has entered, and of nothing new`() throws {
    let set = try FenceSet(Self.fences)
    let rules = [FenceRule(id: "north", vehicles: Self.north)]
    var engine = Engine(fences: set, configuration: configuration(rules))
    engine.assign(0, to: Self.north)
    var events = EventBuffer()
    let way = fixes(0)
    // The newest fix waits for the next one.
    engine.process(way.span.extracting(0..<3), into: &events)
    engine.assign(0, to: [])
    engine.process(way.span.extracting(3..<12), into: &events)
    #expect(told(events.events, set) == ["0 0 enter depot", "0 0 exit depot"])
  }

  @Test func `who has only begun to enter when it leaves its group is told of nothing`() throws {
    let set = try FenceSet(Self.fences)
    var conditions = FenceConditions()
    conditions.enter = .init(fixes: 2)
    conditions.exit = .init(duration: 30_000)
    var engine = Engine(
      fences: set,
      configuration: configuration([FenceRule(id: "north", vehicles: Self.north, conditions: conditions)]))
    func fix(_ second: Int64, _ longitude: Double) -> Fix {
      Fix(vehicle: 0, time: Self.start + second * 1000, latitude: 50.005, longitude: longitude)
    }
    var events = EventBuffer()
    engine.assign(0, to: Self.north)
    // Inside for one fix, which is decided on with the next; then it leaves the group, and stays inside.
    let first = [fix(0, 9.99), fix(10, 10.005), fix(20, 10.006)]
    engine.process(first.span.extracting(0..<2), into: &events)
    engine.advanceWatermark(to: first[1].time + 1, into: &events)
    engine.assign(0, to: [])
    engine.process(first.span.extracting(2..<3), into: &events)
    engine.advanceWatermark(to: first[2].time + 1, into: &events)
    #expect(told(events.events, set).isEmpty)
    // Told to be inside, then out of the group: its exit is told, its return is not.
    engine.assign(0, to: Self.north)
    let second = [
      fix(30, 9.99), fix(40, 10.005), fix(50, 10.006), fix(60, 9.95), fix(120, 10.005), fix(130, 10.006),
      fix(140, 10.007),
    ]
    engine.process(second.span.extracting(0..<4), into: &events)
    engine.assign(0, to: [])
    engine.process(second.span.extracting(4..<7), into: &events)
    engine.finish(into: &events)
    #expect(told(events.events, set) == ["0 0 enter depot", "0 0 exit depot"])
  }

  @Test func `who joins a group inside of a fence is told of its next entry, whatever fences change`() throws {
    let set = try FenceSet(Self.fences)
    var engine = Engine(fences: set, configuration: configuration([FenceRule(id: "north", vehicles: Self.north)]))
    var (events, closing) = (EventBuffer(), EventBuffer())
    let way = fixes(0)
    engine.process(way.span.extracting(0..<2), into: &events)
    engine.advanceWatermark(to: way[1].time + 1, into: &events)
    #expect(engine.fences(holding: 0) == [0])
    engine.assign(0, to: Self.north)
    // Groups of vehicles that have not been seen are in the snapshot, too.
    engine.assign(7, to: Self.north)
    let snapshot = engine.snapshot()
    engine = try Engine(
      restoring: snapshot, fences: set, configuration: configuration([FenceRule(id: "north", vehicles: Self.north)]))
    #expect(engine.snapshot() == snapshot)
    engine.replaceFences(with: set.removing("depot 2"), at: way[1].time + 2, closing: &closing, into: &events)
    engine.process(way.span.extracting(2..<9), into: &events)
    let seventh = fixes(7)
    engine.process(seventh.span.extracting(4..<7), into: &events)
    engine.finish(into: &events)
    #expect(
      told(closing.events + events.events, set) == [
        "0 0 enter customer", "0 0 exit customer", "0 7 enter customer", "0 7 end customer",
      ])
  }

  @Test func `fences whose time is over leave the set, and vehicles inside are told so once`() throws {
    let over = Self.start + 90_000
    let set = try FenceSet([Self.box("today", west: 10, expires: over), Self.box("ever", west: 10)])
    var engine = Engine(fences: set, configuration: configuration([FenceRule(id: "all")]))
    var events = EventBuffer()
    let way = fixes(0)
    engine.process(way.span.extracting(0..<2), into: &events)
    engine.advanceWatermark(to: way[1].time + 1, into: &events)
    #expect(set.removingExpired(at: over - 1).index(of: "today") == 0)
    #expect(set.expiry(of: 0) == over && set.expiry(of: 1) == nil)
    let left = set.removingExpired(at: over)
    #expect(left.index(of: "today") == nil && left.index(of: "ever") == 1)
    var closing = EventBuffer()
    engine.replaceFences(with: left, at: over, closing: &closing, into: &events)
    #expect(told(closing.events, set) == ["0 0 exit today"])
    let reasons = closing.events.compactMap { if case .rule(let event) = $0 { event.reason } else { nil } }
    #expect(reasons == [.fenceExpired])
    events.removeAll()
    engine.process(way.span.extracting(2..<12), into: &events)
    #expect(told(events.events, left) == ["0 0 exit ever"])
  }
}
