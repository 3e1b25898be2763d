import Testing
import TriplineCore
import TriplineTesting

@Suite struct FenceSetLookupTests {
  /// Positions and fences against every edge of every fence by exact arithmetic.
  @Test(arguments: [(1, 1000), (3, 700), (30, 200), (300, 40), (2000, 4)])
  func `C37 the grid answers as brute force does`(count: Int, seeds: Int) throws {
    for seed in Seeds.first(seeds) {
      var random = RandomFences(seed: seed &* 7919 &+ UInt64(count))
      let middle = RandomFences.snapped(
        latitude: random.number(in: -60...60), longitude: random.number(in: -170...170))
      let extent: Double = [0.05, 0.5, 5][random.whole(in: 0...2)]
      let fences = random.fences(count: count, around: middle, extent: extent)
      let set = try FenceSet(fences)
      for _ in 0..<60 {
        let point = random.probe(of: fences, around: middle, extent: extent * 1.5)
        let expected = FenceSetLookupTests.expected(point, in: fences)
        let found = set.locations(of: point).map { Pair(fence: $0.fence, location: $0.location) }
        #expect(found == expected, "seed \(seed), \(count) fences, \(point)")
        if found != expected { return }
      }
    }
  }

  /// What an earlier lookup left in the list must not show in the next, nor that many positions are looked up at once.
  @Test func `one list for all lookups and batches give what single lookups do`() throws {
    var random = RandomFences(seed: 1)
    let middle = RandomFences.snapped(latitude: 50, longitude: 14)
    let fences = random.fences(count: 100, around: middle, extent: 0.5)
    let set = try FenceSet(fences)
    let points = (0..<1000).map { _ in random.probe(of: fences, around: middle, extent: 0.75) }
    var one = FenceMatches()
    var all = FenceMatches()
    set.collectFences(containing: points.span, into: &all)
    #expect(all.positionCount == points.count)
    #expect(all.count > 300)
    for (position, point) in points.enumerated() {
      let expected = set.fences(containing: point)
      set.collectFences(containing: point, into: &one)
      #expect(one.array == expected)
      #expect(all.range(ofPosition: position).map { all[$0] } == expected)
    }
    set.collectFences(containing: points.span.extracting(0..<0), into: &all)
    #expect(all.positionCount == 0 && all.isEmpty)
  }

  struct Pair: Equatable {
    var fence: UInt32
    var location: Location
  }

  static func expected(_ point: Coordinate, in fences: [Fence]) -> [Pair] {
    fences.enumerated().compactMap { index, fence in
      let location =
        switch fence.shape {
        case .polygons(let polygons): ReferenceGeometry.location(of: point, in: polygons)
        case .corridor: ReferenceGeometry.contains(point, fence) ? Location.interior : .exterior
        case .circle(let center, let radius):
          ReferenceGeometry.location(of: point, center: center, radius: radius)
        case .box(let south, let west, let north, let east):
          ReferenceGeometry.location(
            of: point,
            in: [
              Polygon(
                exterior: Ring([
                  Coordinate(latitude: south, longitude: west), Coordinate(latitude: south, longitude: east),
                  Coordinate(latitude: north, longitude: east), Coordinate(latitude: north, longitude: west),
                ]))
            ])
        }
      return location == .exterior ? nil : Pair(fence: UInt32(index), location: location)
    }
  }
}
