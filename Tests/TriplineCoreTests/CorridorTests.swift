import Testing
import TriplineTesting

@testable import TriplineCore

@Suite struct CorridorTests {
  private static let center = Coordinate(latitude: 50, longitude: 14)

  @Test(arguments: Seeds.first(40)) func `a corridor contains what is within half its width of its line`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let fences = random.corridors(count: 12, around: Self.center, extent: 0.05)
    let set = try FenceSet(fences)
    for probed in 0..<250 {
      let probe = random.probe(of: fences, around: Self.center, extent: 0.06)
      let found = Set(set.fences(containing: probe))
      for (index, fence) in fences.enumerated() {
        guard case .corridor(let path, let width) = fence.shape else { continue }
        let pieces = set.grid.geometry.pieces(of: index)
        let isInside = pieces.contains { $0.location(x: probe.longitude, y: probe.latitude) != .exterior }
        #expect(found.contains(UInt32(index)) == isInside, "seed \(seed), \(fence.id) at \(probe): not as its pieces")
        // Geodesics are slow; lines of hundreds of points are left to their pieces.
        guard path.count <= 12, probed % 5 == 0 else { continue }
        let distance = ReferenceGeometry.distance(from: probe, toLine: path)
        guard abs(distance - width / 2) > 0.002 * width + 0.01 else { continue }
        #expect(isInside == (distance < width / 2), "seed \(seed), \(fence.id): \(distance) m, \(width) m wide")
        if let position = set.corridorPosition(of: probe, in: UInt32(index)), distance < 2000 {
          #expect(abs(position.distance - distance) < 0.002 * distance + 0.01)
        }
      }
    }
  }

  @Test(arguments: Seeds.first(40)) func `a step meets a corridor where its sides change`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    let fences = random.corridors(count: 12, around: Self.center, extent: 0.05)
    let set = try FenceSet(fences)
    var contacts: [Contact] = []
    var met = 0
    for _ in 0..<200 {
      let a = random.probe(of: fences, around: Self.center, extent: 0.06)
      let b = random.probe(of: fences, around: Self.center, extent: 0.06)
      let p = PlanarPoint(x: a.longitude, y: a.latitude)
      let q = PlanarPoint(x: b.longitude, y: b.latitude)
      set.collectContacts(from: p, to: q, turned: 0, into: &contacts)
      for fence in fences.indices {
        func isInside(_ fraction: Double) -> Bool {
          let x = p.x + (q.x - p.x) * fraction
          let y = p.y + (q.y - p.y) * fraction
          return set.grid.geometry.pieces(of: fence).contains { $0.location(x: x, y: y) != .exterior }
        }
        // Between two contacts nothing changes.
        var last = 0.0
        for next in contacts.filter({ $0.fence == UInt32(fence) }).map(\.fraction) + [1] {
          met += 1
          if next - last > 1e-6 {
            let sides = (1...9).map { isInside(last + (next - last) * (0.001 + 0.998 * Double($0 - 1) / 8)) }
            #expect(Set(sides).count == 1, "seed \(seed), \(fences[fence].id) from \(a) to \(b): \(sides)")
          }
          last = next
        }
      }
    }
    #expect(met > 200 * fences.count)
  }

  @Test func `a position has a place along the line and a side of it`() throws {
    // A kilometre and a half north, then east.
    let path = [
      Coordinate(latitude: 50, longitude: 14), Coordinate(latitude: 50.02, longitude: 14),
      Coordinate(latitude: 50.02, longitude: 14.1),
    ]
    let set = try FenceSet([
      Fence(id: "road", shape: .corridor(path: path, width: 60)),
      Fence(id: "yard", shape: .circle(center: path[0], radius: 100)),
    ])
    let metric = LocalMetric(latitude: 50.01)
    let east = try #require(
      set.corridorPosition(
        of: Coordinate(latitude: 50.01, longitude: 14 + 25 / metric.metersPerDegreeLongitude), in: 0))
    #expect(abs(east.distanceAlong - 0.01 * metric.metersPerDegreeLatitude) < 0.01)
    #expect(abs(east.distance - 25) < 0.01 && !east.isLeft && abs(east.bearing) < 1e-9)
    let north = try #require(set.corridorPosition(of: Coordinate(latitude: 50.021, longitude: 14.05), in: 0))
    #expect(abs(north.distance - 111.2) < 0.1 && north.isLeft && abs(north.bearing - 90) < 1e-9)
    let length = try #require(set.corridorLength(of: 0))
    let expected = Geodesic.length(from: path[0], to: path[1]) + Geodesic.length(from: path[1], to: path[2])
    #expect(abs(length - expected) < 0.1)
    #expect(set.corridorPosition(of: path[0], in: 1) == nil && set.corridorLength(of: 1) == nil)
    let depth = try #require(
      set.distance(from: Coordinate(latitude: 50.01, longitude: 14), toBoundaryOf: 0, within: 50))
    #expect(abs(depth + 30) < 0.001)
  }

  @Test func `C10 a corridor passed within its width and beside its line is told`() throws {
    // Two fixes on either side of the corner of a road, never as near as half the width; the way cuts the outer bend.
    let path = [
      Coordinate(latitude: 50, longitude: 14), Coordinate(latitude: 50.01, longitude: 14),
      Coordinate(latitude: 50, longitude: 14.001),
    ]
    let set = try FenceSet([Fence(id: "road", shape: .corridor(path: path, width: 40))])
    var configuration = Engine.Configuration()
    configuration.gate.reorderWindow = 0
    var engine = Engine(fences: set, configuration: configuration)
    var events = EventBuffer()
    // 15 m north of the tip: within 20 m of it, without touching the line.
    let north = 50.01 + 15 / 111_229.0
    let fixes = [13.99, 14.01].enumerated().map {
      Fix(vehicle: 0, time: Int64($0.offset) * 60_000, latitude: north, longitude: $0.element)
    }
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    let kinds = events.events.compactMap { if case .fence(let event) = $0 { event.kind } else { nil } }
    #expect(kinds == [.cross])
  }

  @Test func `a corridor across the antimeridian is one`() throws {
    let path = [Coordinate(latitude: -17, longitude: 179.9), Coordinate(latitude: -17.05, longitude: -179.9)]
    let set = try FenceSet([Fence(id: "ferry", shape: .corridor(path: path, width: 2000))])
    for longitude in [179.95, 180, -180, -179.95] {
      let middle = Coordinate(latitude: -17.025 - wrappedLongitude(longitude - 180) / 4, longitude: longitude)
      #expect(set.fences(containing: middle) == [0], "\(longitude)")
      let position = try #require(set.corridorPosition(of: middle, in: 0))
      #expect(position.distance < 1)
    }
    #expect(set.fences(containing: Coordinate(latitude: -17, longitude: 0)).isEmpty)
  }

  @Test(arguments: [
    (0.0, [50.0, 50.1], FenceError.Code.width), (.nan, [50, 50.1], .width), (30_000, [50, 50.1], .width),
    (50, [50, 50], .tooFewCorners), (50, [50], .tooFewCorners), (50, [], .tooFewCorners),
    (50, [50, 96], .coordinateOutOfRange), (50, [50, 86], .tooNearPole), (50, [50, .nan], .coordinateOutOfRange),
  ])
  func `a corridor that cannot be is refused`(width: Double, latitudes: [Double], code: FenceError.Code) {
    let path = latitudes.map { Coordinate(latitude: $0, longitude: 14) }
    #expect(throws: FenceError.self) { try FenceSet([Fence(id: "x", shape: .corridor(path: path, width: width))]) }
    var problems: [FenceError] = []
    _ = FenceSet([Fence(id: "x", shape: .corridor(path: path, width: width))], problems: &problems)
    #expect(problems.first?.code == code)
  }
}
