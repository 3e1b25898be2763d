import Testing
import TriplineCore
import TriplineTesting

/// What happens between two fixes.
@Suite struct FenceStepTests {
  /// Runs fixes a second apart over fences and gives the fence events.
  private func events(_ places: [Coordinate], _ fences: [Fence], interval: Int64 = 1000) throws -> [FenceEvent] {
    try Self.events(of: places, in: FenceSet(fences), interval: interval)
  }

  static func events(of places: [Coordinate], in fences: FenceSet, interval: Int64 = 1000) throws -> [FenceEvent] {
    var configuration = Engine.Configuration()
    configuration.gate.largestSpeed = .infinity
    var engine = Engine(fences: fences, configuration: configuration)
    var buffer = EventBuffer()
    let fixes = places.enumerated().map { index, place in
      Fix(
        vehicle: 0, time: Int64(index) * interval, latitude: place.latitude, longitude: place.longitude,
        sequence: UInt32(index))
    }
    engine.process(fixes.span, into: &buffer)
    engine.finish(into: &buffer)
    return buffer.events.compactMap { if case .fence(let event) = $0 { event } else { nil } }
  }

  /// A square of 0.01 degrees whose south-west corner lies at 50 N, `east` E.
  private func square(_ id: String, east: Double = 10, side: Double = 0.01) -> Fence {
    Fence(id: id, shape: .box(south: 50, west: east, north: 50 + side, east: east + side))
  }

  private func at(_ latitude: Double, _ longitude: Double) -> Coordinate {
    Coordinate(latitude: latitude, longitude: longitude)
  }

  @Test func `C7 a fence between two fixes outside is crossed, with both instants and places`() throws {
    let found = try events([at(50.005, 9.99), at(50.005, 10.03)], [square("depot")])
    #expect(found.map(\.kind) == [.cross])
    let cross = try #require(found.first)
    #expect(cross.time == 250 && cross.exitTime == 500 && cross.isInterpolated)
    #expect(abs(cross.coordinate.longitude - 10) < 1e-9 && abs(cross.exitCoordinate.longitude - 10.01) < 1e-9)
    #expect(cross.previousFixTime == 0 && cross.fixTime == 1000 && cross.sequence == 1)
  }

  @Test func `C53 enter and exit get the instant at which the line meets the boundary`() throws {
    let found = try events([at(50.005, 9.99), at(50.005, 10.005), at(50.005, 10.03)], [square("depot")])
    #expect(found.map(\.kind) == [.enter, .exit])
    #expect(found.map(\.time) == [667, 1200])
  }

  @Test func `trap 31: several fences in one step come in the order of their crossing, exits before enters`() throws {
    let fences = [square("c", east: 10.02), square("a"), square("b", east: 10.01)]
    let found = try events([at(50.005, 10.005), at(50.005, 10.025)], fences)
    // From a into b at 10.01 and from b into c at 10.02; b is passed between the two.
    #expect(found.map(\.kind) == [.start, .exit, .cross, .enter, .end])
    #expect(found.map(\.fence) == [1, 1, 2, 0, 0])
    #expect(found[1].time == found[2].time && found[2].exitTime == found[3].time)
  }

  @Test func `C9 a notch between two fixes inside is left and entered again`() throws {
    // A U, open to the north, passed from one arm to the other.
    let u = Fence(
      id: "u",
      shape: .polygons([
        Polygon(
          exterior: Ring([
            at(50, 10), at(50, 10.03), at(50.03, 10.03), at(50.03, 10.02), at(50.01, 10.02), at(50.01, 10.01),
            at(50.03, 10.01), at(50.03, 10),
          ]))
      ]))
    let found = try events([at(50.02, 10.005), at(50.02, 10.025)], [u])
    #expect(found.map(\.kind) == [.start, .exit, .enter, .end])
    #expect(found[1].time == 250 && found[2].time == 750)
  }

  @Test func `C9 a hole between two fixes inside is left and entered again`() throws {
    let ring = Fence(
      id: "ring",
      shape: .polygons([
        Polygon(
          exterior: Ring([at(50, 10), at(50, 10.04), at(50.04, 10.04), at(50.04, 10)]),
          holes: [Ring([at(50.01, 10.01), at(50.01, 10.03), at(50.03, 10.03), at(50.03, 10.01)])])
      ]))
    let found = try events([at(50.02, 10.005), at(50.02, 10.035)], [ring])
    #expect(found.map(\.kind) == [.start, .exit, .enter, .end])
  }

  @Test func `a line that only touches changes nothing`() throws {
    let diamond = Fence(
      id: "diamond",
      shape: .polygons([
        Polygon(exterior: Ring([at(50, 10.01), at(50.01, 10.02), at(50.02, 10.01), at(50.01, 10)]))
      ]))
    // Past the northern corner, exactly.
    #expect(try events([at(50.02, 10), at(50.02, 10.02)], [diamond]).isEmpty)
    // Through two corners, exactly: inside between them.
    #expect(try events([at(50.01, 9.99), at(50.01, 10.03)], [diamond]).map(\.kind) == [.cross])
  }

  @Test func `a line along an edge is inside`() throws {
    let found = try events([at(50, 9.99), at(50, 10.02)], [square("depot")])
    #expect(found.map(\.kind) == [.cross])
    #expect(found.first?.time == 333 && found.first?.exitTime == 667)
  }

  @Test func `a fix exactly on the boundary is inside`() throws {
    let found = try events([at(50.005, 9.99), at(50.005, 10), at(50.005, 9.99)], [square("depot")])
    #expect(found.map(\.kind) == [.enter, .exit])
    #expect(found.map(\.time) == [1000, 1000])
  }

  @Test func `C38 a circle is crossed where its radius says`() throws {
    let center = at(50, 10)
    let circle = Fence(id: "circle", shape: .circle(center: center, radius: 500))
    let found = try events([at(50, 9.98), at(50, 10.02)], [circle])
    let cross = try #require(found.first)
    #expect(cross.kind == .cross)
    #expect(abs(Geodesic.length(from: center, to: cross.coordinate) - 500) < 1e-3)
    #expect(abs(Geodesic.length(from: center, to: cross.exitCoordinate) - 500) < 1e-3)
    #expect(cross.time + cross.exitTime == 1000)
  }

  @Test(arguments: [100_000.0, 300_000], [50.0, 70])
  func `a large circle that a step only grazes is crossed`(radius: Double, latitude: Double) throws {
    let center = at(latitude, 10)
    let north = Geodesic.destination(from: center, azimuth: 0, distance: radius).latitude
    // A step along a parallel five metres inside the northernmost point; its ends lie outside.
    let width = 0.02 * radius / 100_000
    let graze = north - 5 / 111_500
    let circle = Fence(id: "circle", shape: .circle(center: center, radius: radius))
    let ends = [at(graze, 10 - width), at(graze, 10 + width)]
    let isOutside = ends.allSatisfy { Geodesic.length(from: center, to: $0) > radius }
    let found = try events(ends, [circle])
    #expect(found.map(\.kind) == (isOutside ? [.cross] : [.start, .end]))
  }

  @Test func `C12 nothing is inferred across a long gap`() throws {
    let places = [at(50.005, 9.99), at(50.005, 10.03), at(50.005, 10.005)]
    let found = try events(places, [square("depot")], interval: 300_001)
    #expect(found.map(\.kind) == [.enter, .end])
    #expect(found.first?.isInterpolated == false && found.first?.time == 600_002)
    #expect(found.first?.previousFixTime == 300_001)
  }

  @Test func `C34 a step across the antimeridian meets only what lies on its way`() throws {
    let fences = [
      Fence(id: "zero", shape: .box(south: -1, west: -1, north: 1, east: 1)),
      Fence(id: "fiji", shape: .box(south: -1, west: 179.95, north: 1, east: -179.95)),
    ]
    let found = try events([at(0, 179.9), at(0, -179.9)], fences)
    #expect(found.map(\.kind) == [.cross])
    #expect(found.first?.fence == 1)
    #expect(found.first?.time == 250 && found.first?.exitTime == 750)
  }

  // MARK: Against points on the way

  /// The events of a step cut it into pieces inside and outside; a brute-force look at many points of the step has to
  /// agree with every piece.
  @Test func `C55 a step is inside where brute force says so`() throws {
    for seed in Seeds.first(150) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 48, longitude: 8)
      let fences = random.fences(count: 30, around: middle, extent: 0.5)
      let p = random.probe(of: fences, around: middle, extent: 0.6)
      let q = random.probe(of: fences, around: middle, extent: 0.6)
      if p == q { continue }
      let hour: Int64 = 200_000
      let found = try events([p, q], fences, interval: hour)
      for (index, fence) in fences.enumerated() {
        let own = found.filter { Int($0.fence) == index }
        let isBoundary = Self.insideness(own, duration: hour)
        for _ in 0..<40 {
          let t = random.number(in: 0...1)
          guard let isInside = isBoundary(t) else { continue }
          let point = Coordinate(
            latitude: p.latitude + (q.latitude - p.latitude) * t,
            longitude: p.longitude + (q.longitude - p.longitude) * t)
          #expect(
            ReferenceGeometry.contains(point, fence) == isInside, "seed \(seed), fence \(fence.id), at \(t)")
        }
      }
    }
  }

  /// Whether the events say that the vehicle is inside at a fraction of the step; `nil` too near a change to tell.
  private static func insideness(_ events: [FenceEvent], duration: Int64) -> (Double) -> Bool? {
    { fraction in
      let time = fraction * Double(duration)
      var isInside = events.first?.kind == .start || events.first?.kind == .exit
      for event in events where event.kind != .start && event.kind != .end {
        if abs(Double(event.time) - time) < 2 || abs(Double(event.exitTime) - time) < 2 { return nil }
        switch event.kind {
        case .enter where Double(event.time) < time: isInside = true
        case .exit where Double(event.time) < time: isInside = false
        case .cross where Double(event.time) < time && time < Double(event.exitTime): isInside = true
        default: break
        }
      }
      return isInside
    }
  }

  @Test func `the way back gives the same places in reverse`() throws {
    for seed in Seeds.first(200) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: -33, longitude: 151)
      let fences = random.fences(count: 40, around: middle, extent: 0.5)
      let p = random.probe(of: fences, around: middle, extent: 0.6)
      let q = random.probe(of: fences, around: middle, extent: 0.6)
      let there = try events([p, q], fences, interval: 100_000)
      let back = try events([q, p], fences, interval: 100_000)
      #expect(Self.boundaries(there, isReversed: false) == Self.boundaries(back, isReversed: true), "seed \(seed)")
    }
  }

  /// Fence and instant, to 2 ms, of each boundary met inside the step.
  private static func boundaries(_ events: [FenceEvent], isReversed: Bool) -> [[Int64]] {
    var result: [[Int64]] = []
    for event in events where event.kind != .start && event.kind != .end {
      let times = event.kind == .cross ? [event.time, event.exitTime] : [event.time]
      for time in times {
        let forward = isReversed ? 100_000 - time : time
        result.append([Int64(event.fence), (forward + 2) / 4])
      }
    }
    return result.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
