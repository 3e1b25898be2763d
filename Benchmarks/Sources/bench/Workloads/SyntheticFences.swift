import Glibc
import TriplineCore

/// Fences by seed: half of them circles as 32-gons, half stars of 6 to 40 corners, the sizes log-normal with a median
/// radius of 0.0018 degrees.
///
/// The density is constant, so that a place lies in half a fence on average whatever the number of fences.
struct SyntheticFences {
  private(set) var fences: [Fence] = []
  private static let medianRadius = 0.0018
  private static let spread = 0.5
  private static let fencesPerPlace = 0.5

  /// `count` fences spread evenly over a square around 49.5° north, 14.5° east, and that square.
  static func even(count: Int, seed: UInt64) -> (fences: [Fence], region: Region) {
    var generator = SeededGenerator(seed: seed)
    let outlines = (0..<count).map { _ in Outline(&generator) }
    let side = (outlines.reduce(0) { $0 + $1.area } / fencesPerPlace).squareRoot()
    let region = Region(south: 49.5 - side / 2, west: 14.5 - side / 2, side: side)
    let fences = outlines.enumerated().map { index, outline in
      outline.fence(index, around: region.randomPlace(&generator))
    }
    return (fences, region)
  }

  /// `count` fences along recorded tracks, in a corridor as wide as the density asks for.
  static func along(_ fixes: [Fix], count: Int, seed: UInt64) -> [Fence] {
    var generator = SeededGenerator(seed: seed)
    let outlines = (0..<count).map { _ in Outline(&generator) }
    var length = 0.0
    for (a, b) in zip(fixes, fixes.dropFirst()) where a.vehicle == b.vehicle {
      length += min(0.001, hypot(b.latitude - a.latitude, b.longitude - a.longitude))
    }
    let width = outlines.reduce(0) { $0 + $1.area } / fencesPerPlace / max(length, 1e-9)
    return outlines.enumerated().map { index, outline in
      let fix = fixes[Int(generator.number(0, Double(fixes.count)))]
      return outline.fence(
        index,
        around: Coordinate(
          latitude: fix.latitude + generator.number(-width / 2, width / 2),
          longitude: fix.longitude + generator.number(-width / 2, width / 2)))
    }
  }

  /// The shape of a fence around its center.
  private struct Outline {
    var corners: [(x: Double, y: Double)] = []

    init(_ generator: inout SeededGenerator) {
      let radius = medianRadius * exp(spread * generator.normal())
      let isStar = generator.number(0, 1) < 0.5
      let count = isStar ? Int(generator.number(6, 41)) : 32
      for index in 0..<count {
        let angle = Double(index) / Double(count) * 2 * .pi
        let reach = isStar ? radius * generator.number(0.4, 1) : radius
        corners.append((reach * cos(angle), reach * sin(angle)))
      }
    }

    var area: Double {
      corners.indices.reduce(0) { sum, index in
        let a = corners[index]
        let b = corners[(index + 1) % corners.count]
        return sum + (a.x * b.y - b.x * a.y) / 2
      }
    }

    func fence(_ index: Int, around center: Coordinate) -> Fence {
      let ring = Ring(
        corners.map { Coordinate(latitude: center.latitude + $0.y, longitude: center.longitude + $0.x) })
      return Fence(id: "fence-\(index)", shape: .polygons([Polygon(exterior: ring)]))
    }
  }
}
