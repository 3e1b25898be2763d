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
      let pieces = points.count - 1
      // Quarters too: a side that bends one way and then the other is right in its middle.
      var found = (0..<pieces).flatMap { piece in Self.shares.map { between(piece, $0) } }
      try transform(&found)
      var (refined, places): ([Projection.Point], [Coordinate]) = ([], [])
      for piece in 0..<pieces {
        refined.append(points[piece])
        places.append(coordinates[piece])
        let first = piece * Self.shares.count
        guard zip(Self.shares, found[first...]).contains(where: { isOff($0.1, at: $0.0, of: piece) }) else { continue }
        refined.append(between(piece, 0.5))
        places.append(Coordinate(latitude: found[first + 1].y, longitude: found[first + 1].x))
      }
      guard refined.count > pieces else { return }
      points = refined + points.suffix(1)
      coordinates = places + coordinates.suffix(1)
    }
  }

  private static let shares = [0.25, 0.5, 0.75]

  private func between(_ piece: Int, _ share: Double) -> Projection.Point {
    let (a, b) = (points[piece], points[piece + 1])
    return Projection.Point(x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share)
  }

  /// Whether a place of a piece is not where longitude and latitude have it: how far it is from the straight line.
  private func isOff(_ place: Projection.Point, at share: Double, of piece: Int) -> Bool {
    let (a, b) = (coordinates[piece], coordinates[piece + 1])
    // Across the antimeridian.
    guard abs(a.longitude - b.longitude) < 180 else { return false }
    let east = cos(place.y * .pi / 180) * Self.metersPerDegree
    let (dx, dy) = ((b.longitude - a.longitude) * east, (b.latitude - a.latitude) * Self.metersPerDegree)
    let (x, y) = ((place.x - a.longitude) * east, (place.y - a.latitude) * Self.metersPerDegree)
    let length = (dx * dx + dy * dy).squareRoot()
    return length > 0 && abs(dx * y - dy * x) / length > Self.tolerance
  }
}
