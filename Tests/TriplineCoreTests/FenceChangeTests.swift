import Testing
import TriplineCore
import TriplineTesting

/// Fences that are added, drawn anew and removed while vehicles are inside and outside of them.
@Suite struct FenceChangeTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let yard = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))
  private static let other = Fence(id: "other", shape: .box(south: 50, west: 9.9, north: 50.01, east: 10.02))

  /// A vehicle parked in the middle of the yard, and a rule over all fences.
  private func parked(in fences: [Fence], conditions: FenceConditions = .steady) throws -> Engine {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.rules = [FenceRule(id: "rule", conditions: conditions)]
    var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
    var events = EventBuffer()
    engine.process(fixes(0..<5).span, into: &events)
    engine.advanceWatermark(to: Self.start + 5000, into: &events)
    return engine
  }

  private func fixes(_ seconds: Range<Int>, east: Double = 10.005) -> [Fix] {
    seconds.map {
      Fix(
        vehicle: 0, time: Self.start + Int64($0) * 1000, latitude: 50.005, longitude: east, accuracy: 5,
        sequence: UInt32($0))
    }
  }

  private func described(_ events: EventBuffer, _ fences: FenceSet) -> [String] {
    events.events.compactMap { event in
      switch event {
      case .fence(let event): "\(event.kind) \(fences.id(of: event.fence)) \(event.reason)"
      case .rule(let event): "told \(event.kind) \(fences.id(of: event.fence)) \(event.reason)"
      case .visit(let visit): "visit \(fences.id(of: visit.fence))"
      case .stop, .trip, .travel, .harsh, .overspeed, .score, .route, .decision: nil
      }
    }
  }

  @Test func `C20 a fence drawn around a parked vehicle is a state`() throws {
    var engine = try parked(in: [Self.yard])
    var events = EventBuffer()
    var closing = EventBuffer()
    let fences = try FenceSet([Self.other, Self.yard])
    engine.replaceFences(with: fences, at: Self.start + 10_000, closing: &closing, into: &events)
    #expect(described(events, fences) == ["start other fenceAdded", "told start other fenceAdded"])
    #expect(closing.isEmpty)
    events.removeAll()
    engine.process(fixes(11..<20).span, into: &events)
    #expect(described(events, fences).isEmpty, "and is told once")
    engine.finish(into: &events)
    for case .visit(let visit) in events.events where visit.fence == 0 {
      #expect(visit.enterTime == Self.start + 10_000 && visit.exitTime == Self.start + 19_000)
    }
  }

  @Test func `nothing that the new fences see is before they were there`() throws {
    var engine = try parked(in: [Self.yard])
    var events = EventBuffer()
    var closing = EventBuffer()
    let fences = try FenceSet([Self.other, Self.yard])
    engine.replaceFences(with: fences, at: Self.start + 100_000, closing: &closing, into: &events)
    // Gone a second later: by the straight line it had left the fence long before.
    engine.process(fixes(101..<103, east: 10.1).span, into: &events)
    engine.finish(into: &events)
    let times = events.events.compactMap { event -> Int64? in
      if case .fence(let event) = event, event.fence == 0 { event.time - Self.start } else { nil }
    }
    #expect(times == [100_000, 100_000])
    for case .visit(let visit) in events.events { #expect(visit.duration >= 0) }
  }

  @Test func `a change that nobody sees anything after ends where it began`() throws {
    var engine = try parked(in: [Self.yard])
    var events = EventBuffer()
    var closing = EventBuffer()
    engine.replaceFences(
      with: try FenceSet([Self.other, Self.yard]), at: .max, closing: &closing, into: &events)
    engine.finish(into: &events)
    for case .visit(let visit) in events.events { #expect(visit.duration >= 0) }
    #expect(!closing.isEmpty || !events.isEmpty)
  }

  @Test func `C21 a fence drawn anew is left or entered, once, without conditions`() throws {
    var engine = try parked(in: [Self.yard, Self.other])
    var events = EventBuffer()
    var closing = EventBuffer()
    let west = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.004))
    let smaller = try FenceSet([Self.other, west])
    engine.replaceFences(with: smaller, at: Self.start + 10_000, closing: &closing, into: &events)
    #expect(described(events, smaller) == ["exit yard fenceChanged", "visit yard", "told exit yard fenceChanged"])
    events.removeAll()
    engine.process(fixes(11..<20).span, into: &events)
    #expect(described(events, smaller).isEmpty)
    let again = try FenceSet([Self.yard, Self.other])
    engine.replaceFences(with: again, at: Self.start + 20_000, closing: &closing, into: &events)
    #expect(described(events, again) == ["enter yard fenceChanged", "told enter yard fenceChanged"])
    #expect(closing.isEmpty)
  }

  @Test(arguments: [(Int64?.none, "fenceRemoved"), (Self.start + 10_000, "fenceExpired")])
  func `C22 a fence that is gone is left with its reason, and forgotten`(expires: Int64?, reason: String) throws {
    var yard = Self.yard
    yard.expires = expires
    var engine = try parked(in: [Self.other, yard])
    var events = EventBuffer()
    var closing = EventBuffer()
    let old = engine.fences
    engine.replaceFences(
      with: try FenceSet([Self.other]), at: Self.start + 10_000, closing: &closing, into: &events)
    #expect(described(closing, old) == ["exit yard \(reason)", "visit yard", "told exit yard \(reason)"])
    #expect(events.isEmpty)
    engine.finish(into: &events)
    #expect(
      described(events, engine.fences) == ["end other moved", "visit other", "told end other moved"])
  }

  @Test func `what is pending goes on with a fence that is still there`() throws {
    var conditions = FenceConditions()
    conditions.exit = FenceConditions.Threshold(fixes: 3)
    var engine = try parked(in: [Self.yard], conditions: conditions)
    var events = EventBuffer()
    engine.process(fixes(6..<8, east: 10.02).span, into: &events)
    engine.advanceWatermark(to: Self.start + 8000, into: &events)
    #expect(described(events, engine.fences) == ["exit yard moved", "visit yard"])
    events.removeAll()
    var closing = EventBuffer()
    let fences = try FenceSet([Fence(id: "new", shape: .box(south: 0, west: 0, north: 1, east: 1)), Self.yard])
    engine.replaceFences(with: fences, at: Self.start + 8500, closing: &closing, into: &events)
    #expect(events.isEmpty)
    engine.process(fixes(9..<11, east: 10.02).span, into: &events)
    #expect(described(events, fences) == ["told exit yard moved"])
  }

  /// Whatever is done to fences, vehicles are where a lookup says, and each listener hears of entries and exits in turn.
  @Test func `after every change vehicles are inside of what contains them`() throws {
    for seed in Seeds.first(300) {
      var random = RandomFences(seed: seed)
      let middle = RandomFences.snapped(latitude: 50, longitude: 14)
      var pool = random.fences(count: 12, around: middle, extent: 0.02)
      var configuration = Engine.Configuration()
      configuration.gate.reorderWindow = 0
      configuration.gate.largestSpeed = .infinity
      var conditions = FenceConditions()
      conditions.enter = FenceConditions.Threshold(fixes: random.whole(in: 1...2))
      conditions.exit = FenceConditions.Threshold(margin: Double(random.whole(in: 0...1) * 20))
      configuration.rules = [
        FenceRule(id: "all"),
        FenceRule(id: "some", fences: .ids(Set(pool.prefix(6).map(\.id))), conditions: conditions),
      ]
      var engine = Engine(fences: try FenceSet(pool), configuration: configuration)
      var events = EventBuffer()
      var closing = EventBuffer()
      var inside: Set<String> = []
      var told: [Set<String>] = [[], []]
      var lastTime = Int64.min
      func take(_ buffer: inout EventBuffer, _ fences: FenceSet) {
        for event in buffer.events {
          switch event {
          case .visit(let visit): #expect(visit.duration >= 0, "seed \(seed), \(visit)")
          case .fence(let event):
            #expect(event.time >= lastTime, "seed \(seed), \(event)")
            lastTime = event.time
            let id = fences.id(of: event.fence)
            switch event.kind {
            case .start, .enter: #expect(inside.insert(id).inserted, "seed \(seed), \(event)")
            case .exit, .end: #expect(inside.remove(id) != nil, "seed \(seed), \(event)")
            case .cross: break
            }
          case .rule(let event):
            let id = fences.id(of: event.fence)
            switch event.kind {
            case .start, .enter: #expect(told[Int(event.rule)].insert(id).inserted, "seed \(seed), \(event)")
            case .exit, .end: #expect(told[Int(event.rule)].remove(id) != nil, "seed \(seed), \(event)")
            case .dwell: break
            }
          case .decision, .stop, .travel, .route, .trip, .harsh, .overspeed, .score: break
          }
        }
        buffer.removeAll()
      }
      var place = middle
      var time = Self.start
      for round in 0..<25 {
        for _ in 0..<4 {
          time += 1000
          place = RandomFences.snapped(
            latitude: place.latitude + random.number(in: -0.003...0.003),
            longitude: place.longitude + random.number(in: -0.003...0.003))
          engine.process(
            [Fix(vehicle: 0, time: time, latitude: place.latitude, longitude: place.longitude, accuracy: 5)].span,
            into: &events)
        }
        engine.advanceWatermark(to: time + 1, into: &events)
        take(&events, engine.fences)
        #expect(inside == Set(engine.fences.fences(containing: place).map { engine.fences.id(of: $0) }), "seed \(seed)")
        let old = engine.fences
        // Some go, some come back, some are drawn anew, and the order changes.
        let fresh = random.fences(count: 12, around: middle, extent: 0.02)
        for index in pool.indices where random.whole(in: 0...4) == 0 { pool[index].shape = fresh[index].shape }
        let some = pool.filter { _ in random.whole(in: 0...5) > 0 }
        let next = try FenceSet(round % 2 == 0 ? some.reversed() : some)
        time += [1, 1, 20_000, 400_000][random.whole(in: 0...3)]
        engine.replaceFences(with: next, at: time, closing: &closing, into: &events)
        take(&closing, old)
        take(&events, next)
        #expect(inside == Set(next.fences(containing: place).map { next.id(of: $0) }), "seed \(seed), round \(round)")
        #expect(told[0] == inside, "seed \(seed), round \(round)")
        if round == Int(seed) % 25 {
          engine = try Engine(restoring: engine.snapshot(), fences: next, configuration: configuration)
        }
      }
      engine.finish(into: &events)
      take(&events, engine.fences)
      #expect(inside.isEmpty && told == [[], []], "seed \(seed)")
    }
  }
}
