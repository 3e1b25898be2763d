import CProj
import TriplineCore

/// The length of every step from fix to fix.
enum DistanceCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: try fixtures.world(1_000).region, seed: 12)
    let fixes = fleet.next(seconds: 21)
    let file = try fixtures.trackFile()
    let passes = fixtures.isQuick ? 1 : 3
    return run(file.name, steps(of: file.fixes, apart: 1), passes: passes)
      + run("fleet", steps(of: fixes, apart: Fixtures.fleetSize), passes: passes)
  }

  private struct Step {
    var start: Coordinate
    var end: Coordinate
  }

  /// The steps of all vehicles; `apart` is the distance in the list between two fixes of one.
  private static func steps(of fixes: [Fix], apart: Int) -> [Step] {
    zip(fixes, fixes.dropFirst(apart)).filter { $0.vehicle == $1.vehicle }.map {
      Step(start: $0.coordinate, end: $1.coordinate)
    }
  }

  private static func run(_ workload: String, _ steps: [Step], passes: Int) -> [Row] {
    var ellipsoid = geod_geodesic()
    geod_init(&ellipsoid, Ellipsoid.semiMajorAxis, Ellipsoid.flattening)
    func measureOurs(_ range: Range<Int>) {
      var total = 0.0
      for index in range { total += Geodesic.step(from: steps[index].start, to: steps[index].end) }
      consume(total)
    }
    let karney = Interleaved.measure(
      steps.count, chunk: 8192, passes: passes, ours: measureOurs,
      baseline: { range in
        var total = 0.0
        for index in range {
          var length = 0.0
          let (a, b) = (steps[index].start, steps[index].end)
          geod_inverse(&ellipsoid, a.latitude, a.longitude, b.latitude, b.longitude, &length, nil, nil)
          total += length
        }
        consume(total)
      })
    let sphere = Interleaved.measure(
      steps.count, chunk: 8192, passes: passes, ours: measureOurs,
      baseline: { range in
        var total = 0.0
        for index in range { total += Haversine.distance(from: steps[index].start, to: steps[index].end) }
        consume(total)
      })
    return [
      Row(
        name: "distance", workload: workload, unit: "ns/step", ours: karney.ours, baselineName: "geod_inverse",
        baseline: karney.baseline),
      Row(
        name: "distance", workload: workload, unit: "ns/step", ours: sphere.ours, baselineName: "haversine",
        baseline: sphere.baseline),
    ]
  }
}
