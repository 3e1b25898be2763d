import Foundation
import TriplineCore
import TriplineFormats

/// Real fences, whole sets and single large polygons, against GEOS with the same answer at every place.
enum RealCase {
  private static let sets = [
    "us_counties", "berlin_ortsteile", "nyc_boroughs", "russia_subjects_antimeridian", "osm_boston_small_many",
    "ne_50m_countries",
  ]

  static func runSets(_ fixtures: Fixtures) throws -> [Row] {
    try sets.compactMap { name in
      guard let fences = try load(name) else { return nil }
      return try compare(
        "real", "\(name), \(fences.count) fences", fences, passes: fixtures.isQuick ? 2 : 5, target: 5)
    }
  }

  /// One polygon at a time: the largest of recorded ones, circles and stars.
  static func runSingle(_ fixtures: Fixtures) throws -> [Row] {
    var polygons: [(String, Polygon)] = []
    for name in ["ne_50m_countries", "us_counties", "russia_subjects_antimeridian"] {
      let all = try load(name)?.flatMap { fence -> [Polygon] in
        guard case .polygons(let polygons) = fence.shape else { return [] }
        return polygons
      }
      guard let largest = all?.max(by: { $0.exterior.coordinates.count < $1.exterior.coordinates.count }) else {
        continue
      }
      polygons.append(("largest of \(name), \(largest.exterior.coordinates.count) corners", largest))
    }
    for count in [16, 64, 1000] { polygons.append(("circle, \(count) corners", star(count, from: 1, seed: 1))) }
    // As many corners as the largest time zones have, 45,000.
    let stars = [1000, 10_000, 45_000].map { ("star, \($0) corners", star($0, from: 0.4, seed: 2)) }
    func row(_ name: String, _ polygon: Polygon, target: Double) throws -> Row {
      try compare(
        "single", name, [Fence(id: "one", shape: .polygons([polygon]))], passes: fixtures.isQuick ? 2 : 5,
        target: target)
    }
    var rows = try polygons.map { try row($0, $1, target: 3) }
    let ratios = rows.compactMap(\.ratio)
    let mean = exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
    rows.append(
      Row(
        name: "single", workload: "geometric mean", unit: "ratio", ours: Quantiles(once: 1),
        baselineName: "GEOS prepared",
        baseline: Quantiles(once: mean), target: .ratio(8)))
    return try rows + stars.map { try row($0, $1, target: 5) }
  }

  private static func star(_ count: Int, from shortest: Double, seed: UInt64) -> Polygon {
    var generator = SeededGenerator(seed: seed)
    return Polygon(
      exterior: Ring(
        (0..<count).map { index in
          let angle = Double(index) / Double(count) * 2 * .pi
          let reach = shortest < 1 ? generator.number(shortest, 1) : 1
          return Coordinate(latitude: 49 + reach * sin(angle), longitude: 14 + reach * cos(angle))
        }))
  }

  /// The valid fences of a recorded set; `nil` where there are no recorded sets.
  private static func load(_ name: String) throws -> [Fence]? {
    guard let path = TrackFile.shared("fences/\(name).geojson.gz") else { return nil }
    let fences = try FenceReader().read(InputFile(path: path)).fences
    // Across ±180 the plane of GEOS and the Earth differ, and what is invalid has no answer there.
    return fences.filter { fence in
      guard case .polygons(let polygons) = fence.shape else { return false }
      let longitudes = polygons.flatMap(\.rings).flatMap(\.coordinates).map(\.longitude)
      guard let west = longitudes.min(), let east = longitudes.max(), east - west < 180 else { return false }
      return !fence.findings().contains(where: \.isInvalid)
    }
  }

  private static func compare(
    _ name: String, _ workload: String, _ fences: [Fence], passes: Int, target: Double
  ) throws -> Row {
    let set = try FenceSet(fences)
    let geos = GeosIndex(fences)
    let corners = fences.flatMap { fence -> [Coordinate] in
      guard case .polygons(let polygons) = fence.shape else { return [] }
      return polygons.flatMap(\.rings).flatMap(\.coordinates)
    }
    // Half of the places anywhere in the box of all, half near corners, where fences are.
    var generator = SeededGenerator(seed: 17)
    let latitudes = (corners.map(\.latitude).min() ?? 0, corners.map(\.latitude).max() ?? 0)
    let longitudes = (corners.map(\.longitude).min() ?? 0, corners.map(\.longitude).max() ?? 0)
    let reach = (latitudes.1 - latitudes.0) / 100
    let places = (0..<40_000).map { index -> Coordinate in
      if index % 2 == 0 || fences.count == 1 {
        return Coordinate(
          latitude: generator.number(latitudes.0, latitudes.1), longitude: generator.number(longitudes.0, longitudes.1))
      }
      let corner = corners[Int(generator.number(0, Double(corners.count)))]
      return Coordinate(
        latitude: corner.latitude + generator.number(-reach, reach),
        longitude: corner.longitude + generator.number(-reach, reach))
    }.filter { abs($0.latitude) <= 90 && abs($0.longitude) <= 180 }
    let points = GeosPoints(places, geos.context)
    var found = FenceMatches()
    var hits = 0
    for (index, place) in places.enumerated() {
      set.collectFences(containing: place, into: &found)
      let other = geos.countFences(containing: points.points[index])
      guard found.count == other else {
        throw BenchmarkError(description: "\(name), \(workload): \(found.count) fences at \(place), GEOS has \(other)")
      }
      hits += found.count
    }
    let times = Interleaved.measure(
      places.count, chunk: 10_000, passes: passes,
      ours: { range in
        set.collectFences(containing: places.span.extracting(range), into: &found)
        consume(Double(found.count))
      },
      baseline: { range in
        var hits = 0
        if fences.count == 1 {
          for index in range where geos.firstContains(points.points[index]) { hits += 1 }
        } else {
          for index in range { hits += geos.countFences(containing: points.points[index]) }
        }
        consume(Double(hits))
      })
    return Row(
      name: name, workload: workload, ours: times.ours,
      baselineName: fences.count == 1 ? "GEOS prepared" : "GEOS STRtree + prepared", baseline: times.baseline,
      target: .ratio(target),
      note:
        "the same answer at \(places.count) places, \(Report.short(Double(hits) / Double(places.count))) fences each")
  }
}
