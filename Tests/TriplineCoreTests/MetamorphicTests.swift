import Testing
import TriplineTesting

@testable import TriplineCore

/// Fences drawn otherwise that are the same fences: every position is where it was. Coordinates are on a lattice on which
/// halves are exact, so that not even a last digit may differ. Fences moved, mirrored and shifted by whole turns are in
/// `FenceSetPlaceTests`.
@Suite struct MetamorphicTests {
  private static let center = Coordinate(latitude: 50, longitude: 14)

  private func polygons(_ random: inout RandomFences, _ count: Int) -> [(middle: Coordinate, polygon: Polygon)] {
    (0..<count).map { _ in
      let middle = RandomFences.snapped(
        latitude: 50 + random.number(in: -0.05...0.05), longitude: 14 + random.number(in: -0.05...0.05))
      return (
        middle,
        random.polygon(around: middle, radius: random.number(in: 0.001...0.03), corners: random.whole(in: 3...30))
      )
    }
  }

  @Test(arguments: Seeds.first(100)) func `C55 sides with a corner more in their middle are the same sides`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let shapes = polygons(&random, 12).map(\.polygon)
    func denser(_ ring: Ring) -> Ring {
      Ring(
        ring.coordinates.indices.flatMap { index -> [Coordinate] in
          let (a, b) = (ring.coordinates[index], ring.coordinates[(index + 1) % ring.coordinates.count])
          let middle = Coordinate(latitude: (a.latitude + b.latitude) / 2, longitude: (a.longitude + b.longitude) / 2)
          return [a, middle]
        })
    }
    let fences = shapes.enumerated().map { Fence(id: "\($0.offset)", shape: .polygons([$0.element])) }
    let set = try FenceSet(fences)
    let dense = try FenceSet(
      shapes.enumerated().map {
        Fence(
          id: "\($0.offset)",
          shape: .polygons([Polygon(exterior: denser($0.element.exterior), holes: $0.element.holes.map(denser))]))
      })
    for _ in 0..<80 {
      let place = random.probe(of: fences, around: Self.center, extent: 0.08)
      let expected = set.locations(of: place).map { "\($0.fence) \($0.location)" }
      #expect(dense.locations(of: place).map { "\($0.fence) \($0.location)" } == expected, "seed \(seed), \(place)")
    }
  }

  @Test(arguments: Seeds.first(100)) func `C55 a star is the triangles that it is made of`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    for (middle, polygon) in polygons(&random, 6) {
      let corners = polygon.exterior.coordinates
      let whole = Fence(id: "whole", shape: .polygons([Polygon(exterior: polygon.exterior)]))
      let triangles = corners.indices.map { index in
        Fence(
          id: "\(index)",
          shape: .polygons([
            Polygon(exterior: Ring([middle, corners[index], corners[(index + 1) % corners.count]]))
          ]))
      }
      // With three corners the middle may lie outside: then it is no star.
      guard corners.count > 4 else { continue }
      var problems: [FenceError] = []
      let set = FenceSet([whole] + triangles, problems: &problems)
      guard problems.isEmpty else { continue }
      for _ in 0..<60 {
        let place = random.probe(of: [whole] + triangles, around: middle, extent: 0.04)
        let found = set.fences(containing: place)
        #expect(found.contains(0) == found.contains { $0 > 0 }, "seed \(seed), \(place): \(found)")
      }
    }
  }
}
