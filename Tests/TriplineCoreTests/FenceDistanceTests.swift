import Testing
import TriplineCore
import TriplineTesting

@Suite struct FenceDistanceTests {
  /// Against every edge of every fence, each by its nearest point and the geodesic to that.
  @Test func `the distance to a boundary is that to its nearest edge`() throws {
    for seed in Seeds.first(300) {
      var random = RandomFences(seed: seed)
      let middle = RandomFences.snapped(latitude: random.number(in: -60...60), longitude: random.number(in: -170...170))
      let extent = [0.005, 0.05, 1][random.whole(in: 0...2)]
      let fences = random.fences(count: 8, around: middle, extent: extent).filter {
        if case .box = $0.shape { false } else { true }
      }
      let set = try FenceSet(fences)
      for _ in 0..<40 {
        let point = random.probe(of: fences, around: middle, extent: extent)
        for (index, fence) in fences.enumerated() {
          let reach = [10, 100, 400][random.whole(in: 0...2)] as Double
          let expected = Self.distance(from: point, to: fence)
          let found = set.distance(from: point, toBoundaryOf: UInt32(index), within: reach)
          if abs(expected - reach) < 0.01 { continue }
          #expect((found == nil) == (expected > reach), "seed \(seed), \(point), \(fence.id), \(expected) m")
          if let found {
            #expect(abs(abs(found) - expected) < 0.001 + expected * 1e-4, "seed \(seed), \(point), \(fence.id)")
            let isInside = set.location(of: point, in: UInt32(index)) != .exterior
            #expect(found == 0 || (found < 0) == isInside)
          }
        }
      }
    }
  }

  private static func distance(from point: Coordinate, to fence: Fence) -> Double {
    switch fence.shape {
    case .circle(let center, let radius): return abs(Geodesic.length(from: center, to: point) - radius)
    case .box: return .nan
    case .corridor(let path, let width): return abs(ReferenceGeometry.distance(from: point, toLine: path) - width / 2)
    case .polygons(let polygons):
      var best = Double.infinity
      let metric = LocalMetric(latitude: point.latitude)
      for ring in polygons.flatMap(\.rings) {
        for (index, a) in ring.coordinates.enumerated() {
          let b = ring.coordinates[(index + 1) % ring.coordinates.count]
          let (kx, ky) = (metric.metersPerDegreeLongitude, metric.metersPerDegreeLatitude)
          let (dx, dy) = ((b.longitude - a.longitude) * kx, (b.latitude - a.latitude) * ky)
          let (px, py) = ((point.longitude - a.longitude) * kx, (point.latitude - a.latitude) * ky)
          let length = dx * dx + dy * dy
          let along = length == 0 ? 0 : max(0, min(1, (px * dx + py * dy) / length))
          let nearest = Coordinate(
            latitude: a.latitude + along * (b.latitude - a.latitude),
            longitude: a.longitude + along * (b.longitude - a.longitude))
          best = min(best, Geodesic.length(from: point, to: nearest))
        }
      }
      return best
    }
  }
}
