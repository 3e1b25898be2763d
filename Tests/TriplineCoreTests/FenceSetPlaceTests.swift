import Testing
import TriplineCore
import TriplineTesting

/// The same fences somewhere else on Earth: shifted, mirrored, across ±180 and around a pole.
@Suite struct FenceSetPlaceTests {
  /// A shift by whole degrees keeps every coordinate exact.
  @Test(arguments: [-166.0, 165.0, 166.0, 167.0, 346.0])
  func `fences shifted onto the antimeridian answer as they did`(shift: Double) throws {
    for seed in Seeds.first(60) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 10, longitude: 14)
      let fences = random.fences(count: 25, around: middle, extent: 2)
      let moved = fences.map { $0.moved(east: shift) }
      let wrapped = moved.map { $0.wrapped() }
      let set = try FenceSet(fences)
      let past180 = try FenceSet(moved)
      let jumping = try FenceSet(wrapped)
      for _ in 0..<60 {
        let probe = random.probe(of: fences, around: middle, extent: 3)
        let there = Coordinate(latitude: probe.latitude, longitude: wrap(probe.longitude + shift))
        let expected = set.locations(of: probe).map { FenceSetLookupTests.Pair(fence: $0.fence, location: $0.location) }
        for other in [past180, jumping] {
          let found = other.locations(of: there).map {
            FenceSetLookupTests.Pair(fence: $0.fence, location: $0.location)
          }
          #expect(found == expected, "seed \(seed), \(probe) shifted by \(shift)")
        }
      }
    }
  }

  @Test func `mirrored fences answer as they did`() throws {
    for seed in Seeds.first(100) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 40, longitude: -70)
      // A mirrored circle is no circle to the last bit: geodesics are not symmetric in rounding.
      let fences = random.fences(count: 20, around: middle, extent: 1).filter { !$0.isCircle }
      let set = try FenceSet(fences)
      let mirrored = try FenceSet(fences.map { $0.mirrored() })
      for _ in 0..<60 {
        let probe = random.probe(of: fences, around: middle, extent: 1.5)
        let there = Coordinate(latitude: -probe.latitude, longitude: -probe.longitude)
        #expect(
          mirrored.locations(of: there).map(\.location) == set.locations(of: probe).map(\.location),
          "seed \(seed), \(probe)")
      }
    }
  }

  @Test func `C35 a ring around a pole holds the pole`() throws {
    for sign in [1.0, -1.0] {
      let corners = stride(from: -180.0, to: 180, by: 30).map {
        Coordinate(latitude: sign * (60 + ($0 / 30).truncatingRemainder(dividingBy: 2) * 5), longitude: $0)
      }
      for ring in [corners, corners.reversed()] {
        let set = try FenceSet([Fence(id: "cap", shape: .polygons([Polygon(exterior: Ring(ring))]))])
        for longitude in stride(from: -180.0, through: 180, by: 7.5) {
          #expect(set.fences(containing: Coordinate(latitude: sign * 90, longitude: longitude)) == [0])
          #expect(set.fences(containing: Coordinate(latitude: sign * 75, longitude: longitude)) == [0])
          #expect(set.fences(containing: Coordinate(latitude: sign * 54, longitude: longitude)) == [])
          #expect(set.fences(containing: Coordinate(latitude: sign * -80, longitude: longitude)) == [])
        }
      }
    }
  }

  /// Rings around a pole, by their bearing and distance from it: a position is inside by how far it is from the pole.
  @Test func `random rings around a pole hold what lies nearer to the pole`() throws {
    for seed in Seeds.first(1000) {
      var random = RandomFences(seed: seed)
      let sign: Double = seed % 2 == 0 ? 1 : -1
      let count = random.whole(in: 3...40)
      let turn = random.number(in: 0...360)
      let corners = (0..<count).map { index in
        Coordinate(
          latitude: sign * (90 - random.number(in: 1...20)),
          longitude: wrap(turn + Double(index) / Double(count) * 360 - 180))
      }
      // Three corners 120 degrees apart are a way around the pole; fewer would be a way there and back.
      let ring = seed % 3 == 0 ? corners.reversed() : corners
      let set = try FenceSet([Fence(id: "cap", shape: .polygons([Polygon(exterior: Ring(Array(ring)))]))])
      for _ in 0..<20 {
        let longitude = random.number(in: -180...180)
        let along = (longitude + 180 - turn + 720).truncatingRemainder(dividingBy: 360) / 360 * Double(count)
        let index = Int(along) % count
        let edge =
          abs(corners[index].latitude)
          + (abs(corners[(index + 1) % count].latitude) - abs(corners[index].latitude)) * (along - along.rounded(.down))
        let inside = Coordinate(latitude: sign * min(90, edge + 1e-6), longitude: longitude)
        let outside = Coordinate(latitude: sign * (edge - 1e-6), longitude: longitude)
        #expect(set.fences(containing: inside) == [0], "seed \(seed), \(inside)")
        #expect(set.fences(containing: outside) == [], "seed \(seed), \(outside)")
      }
    }
  }

  @Test func `C35 circles hold what is near, at the poles and across the antimeridian too`() throws {
    for seed in Seeds.first(300) {
      var random = RandomFences(seed: seed)
      let center = Coordinate(
        latitude: [89.9, -89.99, 90, 85, 0, -60][random.whole(in: 0...5)] - (seed % 2 == 0 ? 0 : 0.01),
        longitude: [180, -179.999, 179.99, 0, 77][random.whole(in: 0...4)])
      let radius = [50, 3_000, 40_000, 900_000, 4_000_000][random.whole(in: 0...4)] as Double
      let set = try FenceSet([Fence(id: "circle", shape: .circle(center: center, radius: radius))])
      for _ in 0..<60 {
        let probe = Geodesic.destination(
          from: center, azimuth: random.number(in: 0...360), distance: radius * random.number(in: 0...2))
        let expected = ReferenceGeometry.location(of: probe, center: center, radius: radius)
        #expect(set.location(of: probe, in: 0) == expected, "seed \(seed): \(probe), \(radius) m around \(center)")
      }
    }
  }

  @Test func `C35 a box from 179 to -179 is two degrees wide`() throws {
    let set = try FenceSet([Fence(id: "box", shape: .box(south: -20, west: 179, north: -15, east: -179))])
    for (longitude, isInside) in [
      (179.5, true), (-179.5, true), (180, true), (-180, true), (179, true), (178.9, false),
      (-178.9, false), (0, false), (100, false),
    ] {
      let found = set.fences(containing: Coordinate(latitude: -17, longitude: longitude))
      #expect(found == (isInside ? [0] : []), "\(longitude)")
    }
  }

  @Test func `a box of more than half the Earth is as wide as it says`() throws {
    let set = try FenceSet([Fence(id: "box", shape: .box(south: 0, west: -120, north: 10, east: 120))])
    #expect(set.fences(containing: Coordinate(latitude: 5, longitude: 0)) == [0])
    #expect(set.fences(containing: Coordinate(latitude: 5, longitude: 180)) == [])
  }

  private func wrap(_ longitude: Double) -> Double {
    longitude >= 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
  }
}

extension Fence {
  fileprivate var isCircle: Bool {
    if case .circle = shape { true } else { false }
  }

  private func mapped(_ change: (Coordinate) -> Coordinate) -> Fence {
    switch shape {
    case .circle(let center, let radius):
      return Fence(id: id, shape: .circle(center: change(center), radius: radius))
    case .corridor(let path, let width):
      return Fence(id: id, shape: .corridor(path: path.map(change), width: width))
    case .box(let south, let west, let north, let east):
      let a = change(Coordinate(latitude: south, longitude: west))
      let b = change(Coordinate(latitude: north, longitude: east))
      let (low, high) = a.latitude <= b.latitude ? (a, b) : (b, a)
      return Fence(
        id: id,
        shape: .box(south: low.latitude, west: low.longitude, north: high.latitude, east: high.longitude))
    case .polygons(let polygons):
      let shape = Shape.polygons(
        polygons.map { polygon in
          Polygon(
            exterior: Ring(polygon.exterior.coordinates.map(change)),
            holes: polygon.holes.map { Ring($0.coordinates.map(change)) })
        })
      return Fence(id: id, shape: shape)
    }
  }

  /// Moved by whole degrees; longitudes may go past 180.
  fileprivate func moved(east shift: Double) -> Fence {
    mapped { Coordinate(latitude: $0.latitude, longitude: $0.longitude + shift) }
  }

  /// With every longitude in [-180, 180), so that rings across the antimeridian jump.
  fileprivate func wrapped() -> Fence {
    mapped { Coordinate(latitude: $0.latitude, longitude: $0.longitude >= 180 ? $0.longitude - 360 : $0.longitude) }
  }

  /// Turned by half a turn around the place where the equator meets the prime meridian.
  fileprivate func mirrored() -> Fence {
    mapped { Coordinate(latitude: -$0.latitude, longitude: -$0.longitude) }
  }
}
