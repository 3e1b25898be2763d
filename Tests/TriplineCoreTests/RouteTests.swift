import Testing
import TriplineTesting

@testable import TriplineCore

/// The ways between visits.
@Suite struct RouteTests {
  private static let start: Int64 = 1_700_000_000_000
  private static func box(_ id: String, west: Double) -> Fence {
    Fence(id: id, shape: .box(south: 50, west: west, north: 50.01, east: west + 0.01))
  }

  private func engine(_ fences: FenceSet) -> Engine {
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    configuration.gate.largestSpeed = .infinity
    configuration.reportsRoutes = true
    return Engine(fences: fences, configuration: configuration)
  }

  /// A fix each 10 s, 0.001 degrees or 71.7 m further.
  private func drive(_ count: Int) -> [Fix] {
    (0..<count).map {
      Fix(
        vehicle: 0, time: Self.start + Int64($0) * 10_000, latitude: 50.005, longitude: 9.9955 + Double($0) * 0.001)
    }
  }

  private func routes(_ events: [Event]) -> [Route] {
    events.compactMap { if case .route(let route) = $0 { route } else { nil } }
  }

  @Test func `a route leads from the fence that was left to the one that is entered`() throws {
    let set = try FenceSet([
      Self.box("a", west: 10), Self.box("b", west: 10.02), Self.box("next to b", west: 10.03),
    ])
    var engine = engine(set)
    var events = EventBuffer()
    let fixes = drive(60)
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    let found = routes(events.events)
    // To a; from a to b; from b's neighbour on. Between b and its neighbour there is none.
    #expect(found.map(\.origin) == [nil, 0, 2] && found.map(\.destination) == [0, 1, nil])
    #expect(found.map(\.duration) == [45_000, 100_000, 145_000], "\(found.map(\.duration))")
    #expect(abs(found[1].distance - 716.8) < 2 && found[1].fixes == 10 && found[1].stops == 0)
    #expect(found.allSatisfy { $0.moving + $0.stationary + $0.stopped + $0.gap == $0.duration })
  }

  /// Whatever the drive: routes and visits tile it, as to time and as to way.
  @Test func `outside of all fences is on a route, inside of any is not`() throws {
    for seed in Seeds.first(80) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 50, longitude: 14)
      let set = try FenceSet(random.fences(count: 12, around: middle, extent: 0.05))
      let fixes = RandomDrive.fixes(seed: seed, vehicle: 0, count: 300, around: middle)
      var configuration = Engine.Configuration()
      configuration.reportsRoutes = true
      var engine = Engine(fences: set, configuration: configuration)
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      let found = routes(events.events)
      var visits: [(start: Int64, end: Int64)] = []
      for case .visit(let visit) in events.events { visits.append((visit.enterTime, visit.exitTime)) }
      visits.sort { $0.start < $1.start }
      // Unite the visits, and what lies between them is routes.
      var united: [(start: Int64, end: Int64)] = []
      for visit in visits {
        if let last = united.last, visit.start <= last.end {
          united[united.count - 1].end = max(last.end, visit.end)
        } else {
          united.append(visit)
        }
      }
      for route in found {
        #expect(route.duration > 0 && route.distance >= 0, "seed \(seed)")
        #expect(route.moving + route.stationary + route.stopped + route.gap == route.duration, "seed \(seed)")
        let overlap = united.contains { $0.start < route.endTime && $0.end > route.startTime && $0.end > $0.start }
        #expect(!overlap, "seed \(seed): \(route.startTime) to \(route.endTime)")
      }
      for (visit, next) in zip(united, united.dropFirst()) {
        let between = found.contains { $0.startTime == visit.end && $0.endTime == next.start }
        #expect(between, "seed \(seed): between \(visit.end) and \(next.start)")
      }
    }
  }

  @Test func `a fence drawn around a vehicle ends its route, one that is removed begins another`() throws {
    let set = try FenceSet([Self.box("a", west: 10)])
    var engine = engine(set)
    var (events, closing) = (EventBuffer(), EventBuffer())
    let fixes = drive(60)
    engine.process(fixes.span.extracting(0..<30), into: &events)
    let more = try set.adding(Self.box("here", west: 10.02))
    engine.replaceFences(with: more, at: fixes[29].time + 1, closing: &closing, into: &events)
    let without = more.removing("here").removing("a")
    engine.replaceFences(with: without, at: fixes[29].time + 2_001, closing: &closing, into: &events)
    engine.process(fixes.span.extracting(30..<60), into: &events)
    engine.finish(into: &events)
    let found = routes(events.events)
    #expect(found.map(\.origin) == [nil, 0, nil] && found.map(\.destination) == [0, nil, nil])
    #expect(found[1].endTime == fixes[29].time + 1 && found[2].startTime == fixes[29].time + 2_001)
  }
}
