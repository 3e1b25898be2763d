import Foundation
import TriplineCore

/// A line whose pieces are straight in a reference system of its own, followed in longitude and latitude.
struct ProjectedLine {
  /// How far in metres a straight piece may be off.
  private static let tolerance = 1.0
  /// A piece is halved so many times at most.
  private static let mostRounds = 12
  private static let metersPerDegree = 111_320.0

  private var points: [Projection.Point]
  private(set) var coordinates: [Coordinate]

  /// A line of points and of what they are in longitude and latitude.
  init(_ points: [Projection.Point], _ coordinates: [Coordinate]) {
    self.points = points
    self.coordinates = coordinates
  }

  mutating func append(_ point: Projection.Point, _ coordinate: Coordinate) {
    points.append(point)
    coordinates.append(coordinate)
  }

  /// Puts points in between, halfway and again halfway, where a piece that is straight in longitude and latitude is off.
  ///
  /// - Parameter transform: makes longitude and latitude of points. Where it throws the line stays as it is by then.
  mutating func refine(
    with transform: (inout [Projection.Point]) throws(ProjectionError) -> Void
  ) throws(ProjectionError) {
    for _ in 0..<Self.mostRounds {
      let halfway = zip(points, points.dropFirst()).map { a, b in
        Projection.Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
      }
      var found = halfway
      try transform(&found)
      guard zip(found, halfway).contains(where: { $0.0 != $0.1 }) else { return }
      let bent = found.indices.filter { isOff(found[$0], piece: $0) }
      if bent.isEmpty { return }
      for index in bent.reversed() {
        points.insert(halfway[index], at: index + 1)
        coordinates.insert(Coordinate(latitude: found[index].y, longitude: found[index].x), at: index + 1)
      }
    }
  }

  /// Whether the middle of a piece is not where longitude and latitude have it.
  private func isOff(_ middle: Projection.Point, piece: Int) -> Bool {
    let (a, b) = (coordinates[piece], coordinates[piece + 1])
    // Across the antimeridian.
    guard abs(a.longitude - b.longitude) < 180 else { return false }
    let north = middle.y - (a.latitude + b.latitude) / 2
    let east = (middle.x - (a.longitude + b.longitude) / 2) * cos(middle.y * .pi / 180)
    return (north * north + east * east).squareRoot() * Self.metersPerDegree > Self.tolerance
  }
}
