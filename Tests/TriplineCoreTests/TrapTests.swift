import Dispatch
import Foundation
import Testing
import TriplineTesting

@testable import TriplineCore

/// Traps of the field by their numbers in the list of the design, as far as no other suite has them: by example, in
/// metres east of the west side of a square of 700 m by 1,100 m.
///
/// Which test covers which trap is in `Documentation/Traps.md`.
@Suite struct TrapTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let metersPerDegree = LocalMetric(latitude: 50.005).metersPerDegreeLongitude
  private static let yard = Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))

  private func fix(
    _ second: Double, _ meters: Double, accuracy: Float = 5, latitude: Double = 50.005, vehicle: UInt32 = 0
  ) -> Fix {
    Fix(
      vehicle: vehicle, time: Self.start + Int64(second * 1000), latitude: latitude,
      longitude: 10 + meters / Self.metersPerDegree, accuracy: accuracy)
  }

  private func events(
    _ fixes: [Fix], fences: [Fence] = [yard], window: Int64 = 30_000, rules: [FenceRule] = []
  ) throws -> [Event] {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = window
    configuration.rules = rules
    var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    return events.events
  }

  private func told(_ events: [Event]) -> [String] {
    events.compactMap { event in
      guard case .fence(let event) = event else { return nil }
      return "\(event.kind) \(Double(event.time - Self.start) / 1000)"
    }
  }

  @Test func `trap 31: inside at the first fix is a state, and of two fences that touch one is left before the other`()
    throws
  {
    let edge = 10 + 800 / Self.metersPerDegree
    let next = Fence(id: "next", shape: .box(south: 50, west: edge, north: 50.01, east: edge + 0.01))
    let fixes = (0..<20).map { fix(Double($0), 300 + Double($0) * 50) }
    let told = try events(fixes, fences: [next, Self.yard]).compactMap { event -> String? in
      guard case .fence(let event) = event else { return nil }
      return "\(event.kind) \(event.fence)"
    }
    #expect(told == ["start 1", "exit 1", "enter 0", "end 0"])
  }

  @Test func `C6 a position of the network in the same second as one of the receiver is no flap`() throws {
    // Inside, and in the same seconds 2 km outside by a cell tower, with and without the time to the millisecond.
    let fixes = (0..<20).flatMap { second in
      [
        fix(Double(second), 300 + Double(second)), fix(Double(second), -2000, accuracy: 90),
        fix(Double(second) + 0.4, -2000, accuracy: 900),
      ]
    }
    #expect(told(try events(fixes)) == ["start 0.0", "end 19.0"])
  }

  @Test func `C8 a corner, a side and a touch are met in one way, and counted once`() throws {
    // A diamond with its corners on whole thousandths of a degree.
    let diamond = Fence(
      id: "diamond",
      shape: .polygons([
        Polygon(
          exterior: Ring([
            Coordinate(latitude: 50.005, longitude: 10.001), Coordinate(latitude: 50.006, longitude: 10.002),
            Coordinate(latitude: 50.005, longitude: 10.003), Coordinate(latitude: 50.004, longitude: 10.002),
          ]))
      ]))
    func way(_ a: (Double, Double), _ b: (Double, Double)) throws -> [String] {
      let fixes = [a, b].enumerated().map {
        Fix(
          vehicle: 0, time: Self.start + Int64($0.offset) * 60_000, latitude: $0.element.0, longitude: $0.element.1)
      }
      return told(try events(fixes, fences: [diamond]))
    }
    #expect(try way((50.005, 10), (50.005, 10.004)) == ["cross 15.0"], "in through a corner, out through the other")
    #expect(try way((50.006, 10), (50.006, 10.004)).isEmpty, "past the upper corner")
    #expect(try way((50.004, 10.001), (50.006, 10.003)).count == 1, "through two sides")
    let along = try way((50.005, 10.001), (50.006, 10.002))
    #expect(along == ["start 0.0", "end 60.0"], "along a side, which belongs to the fence")
    #expect(try way((50.006, 10.001), (50.004, 10.001)).isEmpty, "past the left corner")
  }

  @Test func `C11 and C47 who is outside of a thousand fences and crosses one is told both, at the cost of one`() throws
  {
    let far = (0..<1000).map { index in
      Fence(
        id: "far-\(index)",
        shape: .circle(center: Coordinate(latitude: 51 + Double(index) * 1e-3, longitude: 10), radius: 20))
    }
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    var engine = Engine(fences: try FenceSet([Self.yard] + far), configuration: configuration)
    var buffer = EventBuffer()
    engine.process([fix(0, -100), fix(60, 900), fix(61, 910)].span, into: &buffer)
    engine.advanceWatermark(to: Self.start + 62_000, into: &buffer)
    #expect(told(buffer.events).count == 1 && buffer.events.count == 2, "a cross and its visit, and nothing of others")
    var inside = engine.fences(holding: 0)
    #expect(inside.isEmpty)
    engine.process([fix(120, 300)].span, into: &buffer)
    engine.advanceWatermark(to: Self.start + 121_000, into: &buffer)
    inside = engine.fences(holding: 0)
    #expect(inside == [0])
    inside = engine.fences(holding: 77)
    #expect(inside.isEmpty)
  }

  @Test func `C13 a spike brings about nothing, and the way goes on from before it`() throws {
    let way = (0..<40).map { fix(Double($0), -100 + Double($0) * 5) }
    var spiked = way
    spiked.insert(fix(10.5, 40_000), at: 11)
    #expect(told(try events(spiked)) == told(try events(way)))
    #expect(told(try events(way)).first == "enter 20.0")
  }

  @Test func `C14 fixes that come newest first are the same fixes`() throws {
    let way = (0..<60).map { fix(Double($0), -100 + Double($0) * 15) }
    let expected = told(try events(way, window: 60_000))
    #expect(expected.count == 2)
    #expect(told(try events(way.reversed(), window: 60_000)) == expected)
    // Without a window for that, the engine that revises comes to the same.
    var engine = RevisingEngine(fences: try FenceSet([Self.yard]), window: 3_600_000)
    var buffer = EventBuffer()
    var revisions: [Revision] = []
    engine.process(Array(way.suffix(1)).span, into: &buffer, revisions: &revisions)
    for chunk in [30..<59, 0..<30] { engine.process(Array(way[chunk]).span, into: &buffer, revisions: &revisions) }
    engine.finish(into: &buffer)
    var all = buffer.events
    for change in revisions.flatMap(\.changes) {
      switch change {
      case .added(let event): all.append(event)
      case .retracted(let event): all.removeAll { $0 == event }
      case .replaced(let old, let new): all = all.map { $0 == old ? new : $0 }
      }
    }
    #expect(told(all).sorted() == expected.sorted())
  }

  @Test func `C15 a stale fix right behind an exit enters nothing again`() throws {
    let way = (0..<20).map { fix(Double($0) * 10, 500 + Double($0) * 30) }
    // The position of two minutes before, once with its own time and once handed out again with a new one.
    let stale = fix(80, way[8].longitude)
    var old = way[2]
    old.time = way[19].time - 130_000
    let again = (0..<3).map { fix(191 + Double($0), 500 + 19 * 30) }
    #expect(told(try events(way + [stale, old] + again)).filter { $0.hasPrefix("enter") }.isEmpty)
    #expect(told(try events(way + [stale, old] + again)).filter { $0.hasPrefix("exit") }.count == 1)
  }

  @Test func `C17 repetitions and several positions in one message change nothing`() throws {
    let way = (0..<40).map { fix(Double($0), -100 + Double($0) * 15) }
    let expected = told(try events(way))
    let repeated = way.flatMap { [$0, $0, $0] }
    #expect(told(try events(repeated)) == expected)
    // Six positions of one message, again with the next message.
    let messages = stride(from: 0, to: 36, by: 6).flatMap { first in Array(way[max(0, first - 6)..<(first + 6)]) }
    #expect(told(try events(messages + way.suffix(4))) == expected)
  }

  @Test(arguments: Seeds.first(40)) func `C18 what a rule tells of a vehicle comes in the order of its decisions`(
    seed: UInt64
  ) throws {
    let scene = try Scene(seed: seed, vehicles: 2, count: 400)
    var configuration = Engine.Configuration()
    configuration.rules = [FenceRule(id: "steady", conditions: .steady)]
    configuration.rules[0].conditions.dwell = 60_000
    var engine = Engine(fences: scene.fences, configuration: configuration)
    var buffer = EventBuffer()
    engine.process(scene.fixes.span, into: &buffer)
    engine.finish(into: &buffer)
    var last: [UInt32: Int64] = [:]
    for case .rule(let event) in buffer.events {
      #expect(event.decidedTime >= last[event.vehicle] ?? .min, "seed \(seed): \(event)")
      #expect(event.time <= event.decidedTime)
      last[event.vehicle] = event.decidedTime
    }
    #expect(!last.isEmpty)
  }

  @Test func `C27 who falls silent inside and is back outside has left in between, and it says between what`() throws {
    let fixes = [fix(0, 300), fix(60, 310), fix(4_000, 5_000), fix(4_060, 5_100)]
    let exit = try events(fixes).compactMap { event -> FenceEvent? in
      guard case .fence(let event) = event, event.kind == .exit else { return nil }
      return event
    }
    #expect(exit.count == 1 && exit[0].isInterpolated == false)
    #expect(exit[0].previousFixTime == Self.start + 60_000 && exit[0].fixTime == Self.start + 4_000_000)
  }

  @Test func `C31 nested and overlapping fences are all told`() throws {
    let inner = Fence(id: "inner", shape: .box(south: 50.002, west: 10.002, north: 50.008, east: 10.008))
    let beside = Fence(id: "beside", shape: .box(south: 50, west: 10.005, north: 50.01, east: 10.02))
    let set = try FenceSet([Self.yard, inner, beside])
    #expect(set.fences(containing: Coordinate(latitude: 50.005, longitude: 10.006)) == [0, 1, 2])
    let way = (0..<100).map { fix(Double($0), -100 + Double($0) * 20) }
    let all = try events(way, fences: [Self.yard, inner, beside]).compactMap { event -> String? in
      guard case .fence(let event) = event else { return nil }
      return "\(event.kind) \(event.fence)"
    }
    #expect(all == ["enter 0", "enter 1", "enter 2", "exit 1", "exit 0", "exit 2"])
  }

  @Test func `C36 a common side belongs to both fences, and a vehicle goes from the one to the other at one instant`()
    throws
  {
    let east = Fence(id: "east", shape: .box(south: 50, west: 10.01, north: 50.01, east: 10.02))
    let set = try FenceSet([Self.yard, east])
    #expect(set.fences(containing: Coordinate(latitude: 50.005, longitude: 10.01)) == [0, 1])
    #expect(set.location(of: Coordinate(latitude: 50.005, longitude: 10.01), in: 1) == .boundary)
    let way = [fix(0, 600), fix(60, 800)]
    let changes = try events(way, fences: [Self.yard, east]).compactMap { event -> (FenceEvent.Kind, Int64)? in
      guard case .fence(let event) = event, event.kind == .exit || event.kind == .enter else { return nil }
      return (event.kind, event.time)
    }
    #expect(changes.map(\.0) == [.exit, .enter] && changes[0].1 == changes[1].1)
  }

  @Test func `C40 long sides are straight in longitude and latitude, and how far that is from a geodesic is bounded`()
    throws
  {
    // A side of 10 degrees along a parallel: at 50 degrees the geodesic between its ends lies farther north by 120 m for
    // every degree squared, 12 km in the middle here.
    let set = try FenceSet([Fence(id: "wide", shape: .box(south: 45, west: 10, north: 50, east: 20))])
    let middle = Coordinate(latitude: 50, longitude: 15)
    #expect(set.location(of: middle, in: 0) == .boundary)
    let ends = (Coordinate(latitude: 50, longitude: 10), Coordinate(latitude: 50, longitude: 20))
    let half = Geodesic.inverse(from: ends.0, to: ends.1)
    let geodesic = Geodesic.destination(from: ends.0, azimuth: half.azimuth1, distance: half.length / 2)
    let difference = Geodesic.length(from: geodesic, to: middle)
    #expect(difference > 11_000 && difference < 13_000, "\(difference) m")
    // Of a fence of city size, 0.1 degrees, it is a ten-thousandth of that.
    let near = (Coordinate(latitude: 50, longitude: 10), Coordinate(latitude: 50, longitude: 10.1))
    let part = Geodesic.inverse(from: near.0, to: near.1)
    let place = Geodesic.destination(from: near.0, azimuth: part.azimuth1, distance: part.length / 2)
    #expect(Geodesic.length(from: place, to: Coordinate(latitude: 50, longitude: 10.05)) < 1.3)
  }

  @Test func `C45 one set is read on several threads from its first moment`() throws {
    var random = RandomFences(seed: 5)
    let center = Coordinate(latitude: 50, longitude: 14)
    let fences = random.fences(count: 200, around: center, extent: 0.05)
    let places = (0..<200).map { _ in random.probe(of: fences, around: center, extent: 0.05) }
    let expected = try places.map { try FenceSet(fences).fences(containing: $0) }
    let set = try FenceSet(fences)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      for (place, known) in zip(places, expected) { #expect(set.fences(containing: place) == known) }
    }
  }

  /// Nothing is gone through again: what is kept does not grow, and so neither does what a fix can cost.
  @Test func `C51 a vehicle that never stops leaves no more behind after a day than after a minute`() throws {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 30_000
    configuration.rules = [FenceRule(id: "steady", conditions: .steady)]
    var engine = Engine(fences: try FenceSet([Self.yard]), configuration: configuration)
    var events = EventBuffer()
    var sizes: [Int] = []
    for second in 1...86_400 {
      // Round and round, 600 km.
      let angle = Double(second) / 9_000
      let place = Fix(
        vehicle: 0, time: Self.start + Int64(second) * 1000, latitude: 50.005 + sin(angle),
        longitude: 10.5 + cos(angle),
        accuracy: 5)
      engine.process([place].span, into: &events)
      if [60, 3_600, 86_400].contains(second) { sizes.append(engine.snapshot().count) }
    }
    engine.finish(into: &events)
    #expect(Set(sizes).count == 1, "\(sizes)")
    #expect(!events.events.contains { if case .stop = $0 { true } else { false } })
  }

  @Test(arguments: Seeds.first(20)) func `C50 a stop on the edge of a fence is one stop, and no flapping`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    func noise(_ meters: Double) -> Double { Double.random(in: -meters...meters, using: &generator) }
    var fixes: [Fix] = []
    // To the western side from two kilometres outside, twenty minutes there, and back.
    for second in 0..<200 { fixes.append(fix(Double(second), -2000 + Double(second) * 10 + noise(3))) }
    for second in 200..<1400 { fixes.append(fix(Double(second), noise(8), accuracy: 8)) }
    for second in 1400..<1600 { fixes.append(fix(Double(second), -Double(second - 1400) * 10 + noise(3))) }
    let all = try events(fixes, rules: [FenceRule(id: "steady", conditions: .steady)])
    let stops = all.compactMap { event -> Stop? in
      guard case .stop(let step) = event, step.phase == .ended, step.stop.kind == .observed else { return nil }
      return step.stop
    }
    try #require(stops.count == 1, "seed \(seed): \(stops.count) stops")
    #expect(abs(stops[0].duration - 1_200_000) < 30_000, "seed \(seed): \(stops[0].duration)")
    let told = all.compactMap { if case .rule(let event) = $0 { event.kind } else { nil } }
    #expect(told.isEmpty || told == [.enter, .exit], "seed \(seed): \(told)")
    // Of the stop there is as much in each visit as lies in it, and no more than all of it.
    var stopped: Int64 = 0
    for case .visit(let visit) in all { stopped += visit.stopped }
    #expect(stopped <= stops[0].duration + 1000, "seed \(seed): \(stopped)")
  }

  @Test func `C46 ids that come and go share their indices`() {
    var table = IdentifierTable()
    #expect(table.insert("a") == 0 && table.insert("b") == 1 && table.insert("c") == 2)
    #expect(table.remove("b") == 1 && table.remove("b") == nil && table.index(of: "b") == nil)
    #expect(table.insert("a") == 0 && table.insert("d") == 1 && table.insert("b") == 3)
    #expect(table[1] == "d" && table.index(of: "d") == 1 && table.count == 4)
    for number in 0..<10_000 {
      _ = table.insert("n\(number)")
      table.remove("n\(number)")
    }
    #expect(table.count == 5)
  }

  @Test func `what the fences cost is counted`() throws {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    var engine = Engine(fences: try FenceSet([Self.yard]), configuration: configuration)
    var events = EventBuffer()
    // Far outside, in, on the western side itself, and out again.
    let fixes = [fix(0, -20_000), fix(1000, -19_990), fix(2000, 100), fix(2010, 110), fix(2020, 0), fix(2030, -60)]
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    let counts = engine.fenceCounts
    #expect(counts.lookups == 5 && counts.changes == 2, "\(counts)")
    #expect(counts.searches >= 3 && counts.searches < 5 && counts.contacts >= 2 && counts.exactTests >= 1, "\(counts)")
  }

  @Test(arguments: [-180.0, -179.5, -90])
  func `a fence around the world costs those inside of it no searches, away from its ends`(west: Double) throws {
    let world = Fence(id: "world", shape: .box(south: -85, west: west, north: 85, east: west + 360))
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    var engine = Engine(fences: try FenceSet([world, Self.yard]), configuration: configuration)
    var events = EventBuffer()
    let fixes = (0..<1000).map { fix(Double($0), -20_000 + 10 * Double($0)) }
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    let counts = engine.fenceCounts
    #expect(counts.lookups == 999 && counts.searches < 20 && counts.changes == 0, "\(counts)")
  }

  @Test func `C46 vehicles that come and go leave nothing behind`() throws {
    let scene = try Scene(seed: 6, vehicles: 1, count: 200)
    var configuration = Engine.Configuration()
    configuration.rules = [FenceRule(id: "steady", conditions: .steady)]
    var engine = Engine(fences: scene.fences, configuration: configuration)
    var buffer = EventBuffer()
    var sizes: [[Int]] = []
    for round in 0..<40 {
      var fixes = scene.fixes
      for index in fixes.indices { fixes[index].vehicle = UInt32(round % 5) }
      engine.process(fixes.span, into: &buffer)
      engine.finish(UInt32(round % 5), into: &buffer)
      buffer.removeAll()
      sizes.append([
        engine.states.count, engine.pipeline.tracker.pool.nodes.count, engine.pipeline.rules.pool.nodes.count,
        engine.pipeline.gate.pool.nodeCount,
      ])
    }
    #expect(sizes.allSatisfy { $0 == sizes[0] }, "\(sizes)")
    #expect(sizes[0][0] == 1)
  }
}
