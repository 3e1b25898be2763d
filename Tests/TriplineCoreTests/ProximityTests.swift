import Testing
import TriplineTesting

@testable import TriplineCore

/// Vehicles that meet, by example and against their distance at many instants.
@Suite struct ProximityTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let middle = Coordinate(latitude: 50, longitude: 14)

  /// A way by seconds and metres east and north of the middle.
  private func way(
    _ vehicle: UInt32, _ from: (second: Double, x: Double, y: Double), _ to: (second: Double, x: Double, y: Double)
  ) -> Travel {
    let metric = LocalMetric(latitude: Self.middle.latitude)
    func place(_ x: Double, _ y: Double) -> Coordinate {
      Coordinate(
        latitude: Self.middle.latitude + y / metric.metersPerDegreeLatitude,
        longitude: Self.middle.longitude + x / metric.metersPerDegreeLongitude)
    }
    return Travel(
      vehicle: vehicle, sequence: 0, startTime: Self.start + Int64(from.second * 1000),
      endTime: Self.start + Int64(to.second * 1000), start: place(from.x, from.y), end: place(to.x, to.y),
      isInferable: true)
  }

  private func told(_ ways: [Travel], _ rules: [ProximityRule]) -> [ProximityEvent] {
    var tracker = ProximityTracker(rules: rules, patience: 3_600_000)
    var told: [ProximityEvent] = []
    for way in ways { tracker.process(way, into: &told) }
    return told
  }

  @Test func `two that pass one another between their fixes are near and apart`() {
    // Towards one another at 10 m/s each, 20 m apart sideways, from 2 km: the radius of 100 m is met at a distance of
    // 97.98 m along, after (2000 - 97.98) / 20 seconds.
    let ways = [way(1, (0, 0, 0), (200, 2000, 0)), way(2, (0, 2000, 20), (200, 0, 20))]
    for order in [ways, ways.reversed()] {
      let events = told(order, [ProximityRule(id: "r", radius: 100)])
      #expect(events.map(\.kind) == [.near, .apart])
      #expect(events.map { ($0.time - Self.start + 50) / 100 } == [951, 1049])
      #expect(events.allSatisfy { abs($0.distance - 100) < 0.1 && $0.vehicle == 1 && $0.other == 2 })
    }
  }

  @Test func `C39 the radius is a circle and not its square`() {
    // 120 m apart diagonally: within the square of 100 m, not within the circle.
    let ways = [way(1, (0, 0, 0), (60, 1, 0)), way(2, (0, 85, 85), (60, 86, 85))]
    #expect(told(ways, [ProximityRule(id: "r", radius: 100)]).isEmpty)
    #expect(told(ways, [ProximityRule(id: "r", radius: 121)]).map(\.kind) == [.near])
  }

  @Test func `a margin keeps two that follow one another from parting every moment`() {
    let ways = (0..<20).flatMap { index -> [Travel] in
      let (from, to) = (Double(index) * 10, Double(index + 1) * 10)
      let (gapFrom, gapTo) = (index % 2 == 0 ? 95.0 : 105, index % 2 == 0 ? 105.0 : 95)
      return [
        way(1, (from, from * 10, 0), (to, to * 10, 0)),
        way(2, (from, from * 10 + gapFrom, 0), (to, to * 10 + gapTo, 0)),
      ]
    }
    #expect(told(ways, [ProximityRule(id: "r", radius: 100)]).count == 21)
    #expect(told(ways, [ProximityRule(id: "r", radius: 100, margin: 20)]).map(\.kind) == [.near])
  }

  @Test func `a rule is about its pairs only, and a vehicle whose track is over is near nobody`() {
    let ways = (1...3).map { way(UInt32($0), (0, Double($0), 0), (60, Double($0), 1)) }
    let some = ProximityRule(id: "r", radius: 50, pairs: .between([1], [3]))
    #expect(told(ways, [some]).map { [$0.vehicle, $0.other] } == [[1, 3]])
    var tracker = ProximityTracker(rules: [ProximityRule(id: "r", radius: 50)])
    var events: [ProximityEvent] = []
    for way in ways { tracker.process(way, into: &events) }
    #expect(events.count == 3)
    tracker.finish(1)
    tracker.process(way(2, (60, 2, 1), (120, 500, 1)), into: &events)
    tracker.process(way(3, (60, 3, 1), (120, 3, 1)), into: &events)
    #expect(events.dropFirst(3).map { [$0.vehicle, $0.other] } == [[2, 3]])
  }

  @Test func `who is silent is apart until both are seen again, whoever is heard of first`() {
    var gap = way(1, (60, 0, 0), (900, 5000, 0))
    gap.isInferable = false
    let first = [
      way(1, (0, 0, 0), (60, 0, 0)), gap, way(1, (900, 5000, 0), (960, 5000, 0)), way(1, (960, 5000, 0), (1500, 30, 0)),
    ]
    let second = [way(2, (0, 30, 0), (60, 30, 0)), way(2, (60, 30, 0), (1500, 30, 0))]
    let rules = [ProximityRule(id: "r", radius: 50)]
    for order in [first + second, second + first, [first[0], second[0], second[1]] + first.dropFirst()] {
      let events = told(order, rules)
      #expect(events.map(\.kind) == [.near, .apart, .near])
      #expect(events.map { ($0.time - Self.start) / 1000 }.prefix(2) == [0, 60])
    }
  }

  @Test func `two of whom nothing more comes are apart since the last that is known of both`() throws {
    var tracker = ProximityTracker(rules: [ProximityRule(id: "r", radius: 50)])
    var events: [ProximityEvent] = []
    for one in [way(1, (0, 0, 0), (60, 0, 0)), way(2, (0, 30, 0), (60, 30, 0)), way(2, (60, 30, 0), (90, 30, 0))] {
      tracker.process(one, into: &events)
    }
    var other = ProximityTracker(rules: tracker.rules)
    try other.restore(tracker.snapshot())
    tracker.advance(to: Self.start + 360_000, into: &events)
    #expect(events.map(\.kind) == [.near])
    tracker.advance(to: Self.start + 360_001, into: &events)
    #expect(events.map(\.kind) == [.near, .apart])
    #expect(events[1].time == Self.start + 60_000 && abs(events[1].distance - 30) < 0.1)
    // The same where a way comes that does not go on where the last one ended.
    var later: [ProximityEvent] = []
    other.process(way(1, (400, 0, 0), (460, 0, 0)), into: &later)
    #expect(later == [events[1]])
  }

  @Test func `a snapshot is of its rules, and a byte that is wrong is found`() throws {
    var tracker = ProximityTracker(rules: [ProximityRule(id: "r", radius: 50)])
    var events: [ProximityEvent] = []
    tracker.process(way(1, (0, 0, 0), (60, 0, 0)), into: &events)
    let snapshot = tracker.snapshot()
    var other = ProximityTracker(rules: [ProximityRule(id: "q", radius: 50)])
    #expect(throws: SnapshotError.otherConfiguration) { try other.restore(snapshot) }
    for index in snapshot.indices {
      var wrong = snapshot
      wrong[index] ^= 1
      #expect(throws: SnapshotError.self) { try tracker.restore(wrong) }
    }
    #expect(tracker.snapshot() == snapshot)
  }

  @Test func `with other rules who is near by one that stays goes on being so`() {
    let rules = [ProximityRule(id: "r", radius: 50), ProximityRule(id: "gone", radius: 60)]
    var tracker = ProximityTracker(rules: rules)
    var events: [ProximityEvent] = []
    for one in [way(1, (0, 0, 0), (60, 0, 0)), way(2, (0, 30, 0), (60, 30, 0))] { tracker.process(one, into: &events) }
    tracker.replaceRules(with: [ProximityRule(id: "new", radius: 500, pairs: .between([], [2])), rules[0]])
    tracker.include(1, inRule: 0, isFirst: true, isSecond: false)
    events = []
    for one in [way(1, (60, 0, 0), (120, 0, 0)), way(2, (60, 30, 0), (120, 300, 0))] {
      tracker.process(one, into: &events)
    }
    #expect(events.map(\.kind) == [.near, .apart])
    #expect(events.map(\.rule) == [0, 1] && events[0].time == Self.start + 60_000)
  }

  @Test func `across the antimeridian two are as near as anywhere`() {
    func travel(_ vehicle: UInt32, _ longitude: Double) -> Travel {
      Travel(
        vehicle: vehicle, sequence: 0, startTime: 0, endTime: 60_000,
        start: Coordinate(latitude: -17, longitude: longitude),
        end: Coordinate(latitude: -17.0001, longitude: longitude),
        isInferable: true)
    }
    #expect(told([travel(0, 179.9998), travel(1, -179.9998)], [ProximityRule(id: "r", radius: 50)]).count == 1)
    #expect(told([travel(0, 179.9998), travel(1, -179.99)], [ProximityRule(id: "r", radius: 50)]).isEmpty)
  }

  /// Random vehicles with fixes at their own times, against the distance by geodesic at many instants.
  @Test(arguments: Seeds.first(40)) func `who is near is near, whatever the order in which they are heard of`(
    seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 6
    let radius = 150.0
    var ways: [[Travel]] = []
    for vehicle in 0..<count {
      var second = Double.random(in: 0...20, using: &generator)
      var place = (
        x: Double.random(in: -400...400, using: &generator), y: Double.random(in: -400...400, using: &generator)
      )
      var mine: [Travel] = []
      for _ in 0..<25 {
        let next = (
          second: second + Double.random(in: 1...30, using: &generator),
          x: max(-500, min(500, place.x + Double.random(in: -200...200, using: &generator))),
          y: max(-500, min(500, place.y + Double.random(in: -200...200, using: &generator)))
        )
        mine.append(way(UInt32(vehicle), (second, place.x, place.y), next))
        (second, place) = (next.second, (next.x, next.y))
      }
      ways.append(mine)
    }
    let rules = [ProximityRule(id: "r", radius: radius)]
    let byTime = ways.flatMap { $0 }.sorted { $0.endTime < $1.endTime }
    let events = told(byTime, rules)
    func key(_ event: ProximityEvent) -> (Int64, UInt32, UInt32) { (event.time, event.vehicle, event.other) }
    let expected = events.sorted { key($0) < key($1) }
    #expect(
      told(ways.flatMap { $0 }, rules).sorted { key($0) < key($1) } == expected, "seed \(seed): vehicle by vehicle")
    #expect(!events.isEmpty)
    let cut = Int.random(in: 0...byTime.count, using: &generator)
    var before = ProximityTracker(rules: rules, patience: 3_600_000)
    var cutEvents: [ProximityEvent] = []
    for way in byTime[..<cut] { before.process(way, into: &cutEvents) }
    var after = ProximityTracker(rules: rules, patience: 3_600_000)
    try after.restore(before.snapshot())
    for way in byTime[cut...] { after.process(way, into: &cutEvents) }
    #expect(cutEvents == events, "seed \(seed): restored after \(cut)")
    for a in 0..<count {
      for b in (a + 1)..<count {
        let mine = expected.filter { $0.vehicle == UInt32(a) && $0.other == UInt32(b) }
        for (one, other) in zip(mine, mine.dropFirst()) { #expect(one.kind != other.kind, "seed \(seed): in turn") }
        let start = max(ways[a][0].startTime, ways[b][0].startTime)
        let end = min(ways[a].last?.endTime ?? 0, ways[b].last?.endTime ?? 0)
        for time in stride(from: start, to: end, by: 997) {
          let distance = Geodesic.length(from: place(ways[a], time), to: place(ways[b], time))
          guard abs(distance - radius) > 0.5 else { continue }
          let isNear = mine.last { $0.time <= time }?.kind == .near
          #expect(isNear == (distance < radius), "seed \(seed): \(a) and \(b) at \(time): \(distance) m")
        }
      }
    }
  }

  private func place(_ ways: [Travel], _ time: Int64) -> Coordinate {
    guard let way = ways.first(where: { $0.endTime >= time }) else { return ways[0].start }
    let fraction = Double(time - way.startTime) / Double(way.endTime - way.startTime)
    return Coordinate(
      latitude: way.start.latitude + (way.end.latitude - way.start.latitude) * fraction,
      longitude: way.start.longitude + (way.end.longitude - way.start.longitude) * fraction)
  }

  @Test func `engines report the ways that it is told from`() throws {
    var configuration = Engine.Configuration()
    configuration.reportsTravel = true
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    let fixes = RandomDrive.fixes(seed: 5, vehicle: 0, count: 200, around: Self.middle)
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    let ways = events.events.compactMap { if case .travel(let travel) = $0 { travel } else { nil } }
    #expect(UInt64(ways.count) == engine.finishedCounts.accepted - 1)
    for (way, next) in zip(ways, ways.dropFirst()) { #expect(way.endTime == next.startTime && way.end == next.start) }
  }
}
