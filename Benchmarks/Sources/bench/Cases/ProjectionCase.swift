import TriplineCore

/// A batch of coordinates through PROJ, against the same batch handed to its C function.
enum ProjectionCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    let region = Region(south: 45, west: 12, side: 6)
    var generator = SeededGenerator(seed: 17)
    let given = (0..<100_000).map { _ in Projection.Point(region.randomPlace(&generator)) }
    let projection = try Projection(from: "EPSG:4326", to: "EPSG:32633")
    let direct = DirectProjection(from: "EPSG:4326", to: "EPSG:32633")
    var ours = Samples()
    var baseline = Samples()
    var first = given
    var second = given
    for _ in 0..<(fixtures.isQuick ? 5 : 25) {
      for index in given.indices {
        first[index] = given[index]
        second[index] = given[index]
      }
      try ours.measure(given.count) { try projection.transform(&first) }
      baseline.measure(given.count) { direct.transform(&second) }
      guard first == second else { throw BenchmarkError(description: "projection: the results differ") }
    }
    return [
      Row(
        name: "projection", workload: "EPSG:4326 to 32633", unit: "ns/point", ours: ours.quantiles,
        baselineName: "proj_trans_generic", baseline: baseline.quantiles, target: .ratio(0.9))
    ]
  }
}
