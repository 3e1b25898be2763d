import TriplineCore

/// Which fences contain a position, against GEOS with equal answers.
enum FenceCase {
  /// Some seconds of the fleet at a time, so that either index finds its own memory in the caches, as it does at work.
  private static let chunk = 4 * Fixtures.fleetSize

  static func run(_ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for count in fixtures.fenceCounts { rows += try run(fixtures.world(count), fixtures) }
    if !fixtures.isQuick { rows += try run(fixtures.world(1_000_000), fixtures) }
    return rows
  }

  private static func run(_ world: Fixtures.World, _ fixtures: Fixtures) throws -> [Row] {
    let geos = GeosIndex(world.fences)
    var rows: [Row] = []
    for (name, places) in workloads(world, fixtures) {
      let passes = fixtures.isQuick ? 4 : 6
      rows.append(
        try compare(name, places, world, geos, passes: passes, target: 4) { range, found in
          var hits = 0
          for index in range {
            world.set.collectFences(containing: places[index], into: &found)
            hits += found.count
          }
          return hits
        })
      // Far more fences than fit the caches, met by vehicles all over them, is what batches are for.
      let target: Double = world.fences.count >= 100_000 && name != "one track" ? 15 : 5
      rows.append(
        try compare(name + ", in batches", places, world, geos, passes: passes, target: target) { range, found in
          world.set.collectFences(containing: places.span.extracting(range), into: &found)
          return found.count
        })
    }
    return rows
  }

  private static func workloads(
    _ world: Fixtures.World, _ fixtures: Fixtures
  ) -> [(name: String, places: [Coordinate])] {
    let seconds = fixtures.isQuick ? 8 : 20
    let count = seconds * Fixtures.fleetSize
    var single = SyntheticFleet(count: 1, in: world.region, stays: false, seed: 11)
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: world.region, seed: 12)
    var generator = SeededGenerator(seed: 13)
    return [
      ("one track", single.next(seconds: count).map(\.coordinate)),
      ("fleet", fleet.next(seconds: seconds).map(\.coordinate)),
      ("random", (0..<count).map { _ in world.region.randomPlace(&generator) }),
    ]
  }

  private static func compare(
    _ name: String, _ places: [Coordinate], _ world: Fixtures.World, _ geos: borrowing GeosIndex, passes: Int,
    target: Double, lookUp: (Range<Int>, inout FenceMatches) -> Int
  ) throws -> Row {
    let points = GeosPoints(places, geos.context)
    var found = FenceMatches()
    var ourHits = 0
    var geosHits = 0
    let times = Interleaved.measure(
      places.count, chunk: chunk, passes: passes,
      ours: { range in ourHits += lookUp(range, &found) },
      baseline: { range in
        for index in range { geosHits += geos.countFences(containing: points.points[index]) }
      })
    guard ourHits == geosHits else {
      throw BenchmarkError(
        description: "fences, \(world.name), \(name): \(ourHits) hits, but GEOS has \(geosHits): the times mean nothing"
      )
    }
    let perPlace = Double(ourHits) / Double(places.count * (passes + 1))
    return Row(
      name: "fences", workload: "\(world.name), \(name)", ours: times.ours, baselineName: "GEOS STRtree + prepared",
      baseline: times.baseline, target: .ratio(target), note: "equal hits, \(Report.short(perPlace)) fences a fix")
  }
}
