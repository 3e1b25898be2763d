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

  // MARK: Tracks

  /// A walk on the lattice, a second or some minutes a step.
  private func walk(_ random: inout RandomFences, _ count: Int) -> [(place: Coordinate, time: Int64)] {
    var (place, time) = (Self.center, 1_700_000_000_000 as Int64)
    return (0..<count).map { _ in
      let reach = random.whole(in: 0...3) == 0 ? 0.03 : 0.003
      place = RandomFences.snapped(
        latitude: min(max(place.latitude + random.number(in: -reach...reach), 49.92), 50.08),
        longitude: min(max(place.longitude + random.number(in: -reach...reach), 13.92), 14.08))
      time += Int64(random.whole(in: 1...100)) * 2_000
      return (place, time)
    }
  }

  private func periods(_ walk: [(place: Coordinate, time: Int64)], _ fences: FenceSet) -> [FencePeriod] {
    var tracker = FencePeriodTracker(fences: fences)
    for step in walk { tracker.move(0, to: step.place, at: step.time * 1000) }
    tracker.finish()
    // In one order, and without what only touches.
    return tracker.periods.filter { $0.end - $0.start > 10 }.sorted { ($0.fence, $0.start) < ($1.fence, $1.start) }
  }

  private func areAlike(_ a: [FencePeriod], _ b: [FencePeriod]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { $0.fence == $1.fence && abs($0.start - $1.start) <= 2 && abs($0.end - $1.end) <= 2 }
  }

  @Test(arguments: Seeds.first(60)) func `C55 a track with a position more halfway is inside at the same times`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let set = try FenceSet(random.fences(count: 30, around: Self.center, extent: 0.06))
    let walk = walk(&random, 150)
    let denser =
      zip(walk, walk.dropFirst()).flatMap { a, b in
        let middle = Coordinate(
          latitude: (a.place.latitude + b.place.latitude) / 2, longitude: (a.place.longitude + b.place.longitude) / 2)
        return [a, (middle, (a.time + b.time) / 2)]
      } + walk.suffix(1)
    let expected = periods(walk, set)
    #expect(!expected.isEmpty)
    #expect(areAlike(periods(denser, set), expected), "seed \(seed)")
  }

  @Test(arguments: Seeds.first(60)) func `C55 a mirrored track in mirrored fences is inside at the same times`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let fences = random.fences(count: 30, around: Self.center, extent: 0.06)
    let walk = walk(&random, 150)
    func mirrored(_ place: Coordinate) -> Coordinate {
      Coordinate(latitude: -place.latitude, longitude: -place.longitude)
    }
    func mirrored(_ fence: Fence) -> Fence {
      var fence = fence
      switch fence.shape {
      case .polygons(let polygons):
        func ring(_ ring: Ring) -> Ring { Ring(ring.coordinates.map(mirrored)) }
        fence.shape = .polygons(polygons.map { Polygon(exterior: ring($0.exterior), holes: $0.holes.map(ring)) })
      case .circle(let center, let radius): fence.shape = .circle(center: mirrored(center), radius: radius)
      case .box(let south, let west, let north, let east):
        fence.shape = .box(south: -north, west: -east, north: -south, east: -west)
      case .corridor(let path, let width): fence.shape = .corridor(path: path.map(mirrored), width: width)
      }
      return fence
    }
    let expected = periods(walk, try FenceSet(fences))
    let found = periods(walk.map { (mirrored($0.place), $0.time) }, try FenceSet(fences.map(mirrored)))
    #expect(areAlike(found, expected), "seed \(seed)")
  }

  /// The index cuts the plane otherwise with other fences: what is one cell among few fences is many among many, and the
  /// other way round where one of them is far away.
  @Test(arguments: Seeds.first(24)) func `C55 a fence says the same to the bit whatever other fences there are`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let fences =
      random.fences(count: 12, around: Self.center, extent: 0.06)
      + random.corridors(count: 2, around: Self.center, extent: 0.06)
    let walk = walk(&random, 300)
    let others = (0..<2_000).map { number in
      let middle = RandomFences.snapped(
        latitude: 50 + random.number(in: -0.08...0.08), longitude: 14 + random.number(in: -0.08...0.08))
      return Fence(id: "other \(number)", shape: .circle(center: middle, radius: random.number(in: 5...80)))
    }
    let away = Fence(id: "away", shape: .box(south: -60, west: -120, north: -59.99, east: -119.99))
    let world = Fence(id: "world", shape: .box(south: -80, west: -180, north: 80, east: 180))
    let expected = periods(walk, try FenceSet(fences))
    #expect(!expected.isEmpty)
    for more in [[away], others, others + [away], [world], others + [world]] {
      let found = periods(walk, try FenceSet(fences + more)).filter { $0.fence < fences.count }
      #expect(found == expected, "seed \(seed), with \(more.count) more")
    }
  }

  @Test(arguments: Seeds.first(40)) func `C55 fences a whole turn away are the same fences for a track`(
    seed: UInt64
  ) throws {
    var random = RandomFences(seed: seed)
    let fences =
      random.fences(count: 30, around: Self.center, extent: 0.06)
      + random.corridors(count: 4, around: Self.center, extent: 0.06)
    let walk = walk(&random, 150)
    let turned = fences.map { fence -> Fence in
      var fence = fence
      switch fence.shape {
      case .polygons(let polygons):
        func ring(_ ring: Ring) -> Ring {
          Ring(ring.coordinates.map { Coordinate(latitude: $0.latitude, longitude: $0.longitude + 360) })
        }
        fence.shape = .polygons(polygons.map { Polygon(exterior: ring($0.exterior), holes: $0.holes.map(ring)) })
      case .circle(let center, let radius):
        fence.shape = .circle(
          center: Coordinate(latitude: center.latitude, longitude: center.longitude + 360), radius: radius)
      case .box(let south, let west, let north, let east):
        fence.shape = .box(south: south, west: west + 360, north: north, east: east + 360)
      case .corridor(let path, let width):
        fence.shape = .corridor(
          path: path.map { Coordinate(latitude: $0.latitude, longitude: $0.longitude + 360) }, width: width)
      }
      return fence
    }
    #expect(areAlike(periods(walk, try FenceSet(turned)), periods(walk, try FenceSet(fences))), "seed \(seed)")
  }
}
