import Testing
import TriplineCore
import TriplineTesting

/// When a vehicle will enter and leave if it goes on as it does.
@Suite struct FenceForecastTests {
  private let place = Coordinate(latitude: 50, longitude: 14)

  private func box(_ id: String, from near: Double, to far: Double) -> Fence {
    let west = Geodesic.destination(from: place, azimuth: 90, distance: near).longitude
    let east = Geodesic.destination(from: place, azimuth: 90, distance: far).longitude
    return Fence(id: id, shape: .box(south: 49.9, west: west, north: 50.1, east: east))
  }

  @Test func `fences ahead are entered and left at distance over speed`() throws {
    let set = try FenceSet([
      box("second", from: 900, to: 5000), box("first", from: 300, to: 1000), box("behind", from: -900, to: -100),
    ])
    let ahead = set.forecast(from: place, speed: 10, course: 90, within: 120)
    #expect(ahead.map { set.id(of: $0.fence) } == ["first", "second", "first"])
    #expect(ahead.map(\.isExit) == [false, false, true])
    for (found, expected) in zip(ahead.map(\.seconds), [30.0, 90, 100]) { #expect(abs(found - expected) < 0.01) }
    #expect(Geodesic.length(from: ahead[0].coordinate, to: place) - 300 < 0.1)
  }

  @Test func `a vehicle inside is told when it leaves`() throws {
    let set = try FenceSet([box("here", from: -500, to: 250)])
    var fix = Fix(vehicle: 0, time: 0, latitude: place.latitude, longitude: place.longitude, speed: 5, course: 90)
    let leaving = set.forecast(for: fix, within: 600)
    #expect(leaving.map(\.isExit) == [true] && abs(leaving[0].seconds - 50) < 0.01)
    #expect(set.forecast(for: fix, within: 49).isEmpty)
    fix.courseOrNaN = .nan
    #expect(set.forecast(for: fix, within: 600).isEmpty)
  }

  @Test(arguments: [(0.0, 90.0, 60.0), (-1, 90, 60), (.nan, 90, 60), (10, .nan, 60), (10, 90, 0), (.infinity, 90, 60)])
  func `who does not move, or nobody knows where, has no forecast`(speed: Double, course: Double, horizon: Double)
    throws
  {
    let set = try FenceSet([box("first", from: 300, to: 1000)])
    #expect(set.forecast(from: place, speed: speed, course: course, within: horizon).isEmpty)
  }

  /// Against the engine that follows a vehicle along the same line.
  @Test(arguments: Seeds.first(100)) func `what is forecast happens if the vehicle goes on`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    let fences = random.fences(count: 40, around: place, extent: 0.05)
    let set = try FenceSet(fences)
    let speed = random.number(in: 1...30)
    let course = random.number(in: 0...360)
    let found = set.forecast(from: place, speed: speed, course: course, within: 240)
    let end = Geodesic.destination(from: place, azimuth: course, distance: speed * 240)
    var engine = Engine(fences: set)
    var events = EventBuffer()
    let fixes = [place, end].enumerated().map {
      Fix(vehicle: 0, time: Int64($0.offset) * 240_000, latitude: $0.element.latitude, longitude: $0.element.longitude)
    }
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    var expected: [(UInt32, Bool, Int64)] = []
    for case .fence(let event) in events.events {
      switch event.kind {
      case .enter: expected.append((event.fence, false, event.time))
      case .exit: expected.append((event.fence, true, event.time))
      case .cross: expected += [(event.fence, false, event.time), (event.fence, true, event.exitTime)]
      case .start, .end: break
      }
    }
    #expect(found.count == expected.count, "seed \(seed)")
    for (fence, isExit, time) in expected {
      #expect(
        found.contains { $0.fence == fence && $0.isExit == isExit && abs($0.seconds * 1000 - Double(time)) < 2 },
        "seed \(seed)")
    }
  }
}
