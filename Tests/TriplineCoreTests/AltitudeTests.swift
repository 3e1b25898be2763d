import Testing
import TriplineTesting

@testable import TriplineCore

/// Fences with a floor and a ceiling, by example over a box and against each fix by itself.
@Suite struct AltitudeTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let yard = Fence(
    id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01), floor: 50, ceiling: 120)

  /// Fixes ten seconds apart at a longitude and an altitude.
  private func told(
    _ places: [(east: Double, altitude: Float?)], missing: MissingAltitude = .last, fences: [Fence] = [yard]
  ) throws -> [String] {
    var configuration = Engine.Configuration()
    configuration.missingAltitude = missing
    var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
    let fixes = places.enumerated().map { index, place in
      Fix(
        vehicle: 0, time: Self.start + Int64(index) * 10_000, latitude: 50.005, longitude: place.east,
        altitude: place.altitude, accuracy: 5, sequence: UInt32(index))
    }
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    return events.events.compactMap { event in
      guard case .fence(let event) = event else { return nil }
      return "\(event.kind) \(Double(event.time - Self.start) / 1000)"
    }
  }

  @Test func `climbing through the ceiling and sinking through the floor are exits`() throws {
    #expect(
      try told([(10.005, 100), (10.005, 140), (10.005, 80), (10.005, 0), (10.005, 60)])
        == ["start 0.0", "exit 5.0", "enter 13.333", "exit 23.75", "enter 38.333", "end 40.0"])
  }

  @Test func `passing over is no visit, and a way through both planes is a cross`() throws {
    #expect(try told([(9.998, 300), (10.002, 300), (10.006, 300), (10.012, 300)]).isEmpty)
    #expect(try told([(10.005, 200), (10.005, 20)]) == ["cross 4.444"])
    // In through the side above the ceiling, down inside, out through the side.
    #expect(try told([(9.998, 150), (10.002, 130), (10.006, 60), (10.012, 60)]) == ["enter 11.429", "exit 26.667"])
  }

  @Test(arguments: [
    (MissingAltitude.last, ["start 0.0", "exit 12.0", "enter 48.0", "end 60.0"]),
    (.inside, ["start 0.0", "exit 20.0", "enter 30.0", "end 60.0"]),
    (.outside, ["start 0.0", "exit 10.0", "enter 50.0", "exit 60.0"]),
  ])
  func `C48 a fix without an altitude is what the policy says, and never 0 m`(
    policy: MissingAltitude, expected: [String]
  ) throws {
    let altitudes: [Float?] = [100, nil, 200, nil, nil, 100, nil]
    let events = try told(altitudes.map { (10.005, $0) }, missing: policy)
    // Between an altitude and none nothing is interpolated.
    #expect(events == expected)
  }

  @Test(arguments: [(MissingAltitude.last, false), (.inside, true), (.outside, false)])
  func `before any altitude is known`(policy: MissingAltitude, isInside: Bool) throws {
    let events = try told([(10.005, nil), (10.005, nil)], missing: policy)
    #expect(events == (isInside ? ["start 0.0", "end 10.0"] : []))
  }

  @Test func `a fence without bounds beside one with bounds does not look at heights`() throws {
    let plain = Fence(id: "plain", shape: Self.yard.shape)
    let events = try told([(10.005, nil), (10.005, 500), (10.005, -20)], fences: [plain, Self.yard])
    #expect(events == ["start 0.0", "cross 17.308", "end 20.0"])
  }

  @Test(arguments: [(120.0, 50.0), (50, 50), (.nan, 10), (5, .nan)]) func `bounds that are none are refused`(
    floor: Double, ceiling: Double
  ) {
    let error = #expect(throws: FenceError.self) {
      try FenceSet([Fence(id: "x", shape: Self.yard.shape, floor: floor, ceiling: ceiling)])
    }
    #expect(error?.code == .altitudes)
  }

  /// Whom the events leave inside after each fix, against the plane and the height of the fix.
  @Test(arguments: Seeds.first(40)) func `after each fix a vehicle is inside of what contains it`(seed: UInt64) throws {
    let center = Coordinate(latitude: 50, longitude: 14)
    var random = RandomFences(seed: seed)
    let fences = random.fences(count: 30, around: center, extent: 0.05).map { fence in
      var fence = fence
      if random.whole(in: 0...1) == 0 { fence.floor = random.number(in: 100...250) }
      if random.whole(in: 0...1) == 0 { fence.ceiling = (fence.floor ?? 100) + random.number(in: 10...150) }
      return fence
    }
    let set = try FenceSet(fences)
    var engine = Engine(fences: set)
    var inside: Set<UInt32> = []
    var altitude = Float.nan
    for fix in RandomDrive.fixes(seed: seed, vehicle: 0, count: 300, around: center) {
      var events = EventBuffer()
      let before = engine.counts(of: 0).accepted
      engine.process([fix].span, into: &events)
      engine.advanceWatermark(to: fix.time + 1, into: &events)
      for case .fence(let event) in events.events {
        switch event.kind {
        case .start, .enter: #expect(inside.insert(event.fence).inserted)
        case .exit: #expect(inside.remove(event.fence) != nil)
        case .cross, .end: break
        }
      }
      guard engine.counts(of: 0).accepted == before + 1 else { continue }
      if !fix.altitudeOrNaN.isNaN { altitude = fix.altitudeOrNaN }
      let expected = set.fences(containing: fix.coordinate).filter {
        !fences[Int($0)].altitudes.isBounded || set.contains(altitude: Double(altitude), in: $0)
      }
      #expect(inside == Set(expected), "seed \(seed), \(fix)")
    }
  }
}
