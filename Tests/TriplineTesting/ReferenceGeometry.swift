public import TriplineCore

/// The slow and obvious answers that the engine's index is held against: every edge of every ring, nothing clever.
///
/// Works on plain coordinates, without any care for the antimeridian.
public enum ReferenceGeometry {
  /// Even-odd location of a position in a set of polygons, by exact arithmetic on integers.
  ///
  /// Coordinates must be multiples of 2^-20 degrees of at most 512 degrees, so that all products fit 128 bits exactly.
  public static func location(of point: Coordinate, in polygons: [Polygon]) -> Location {
    var isInside = false
    let p = (x: fixed(point.longitude), y: fixed(point.latitude))
    for ring in polygons.flatMap(\.rings) {
      for (index, corner) in ring.coordinates.enumerated() {
        let next = ring.coordinates[(index + 1) % ring.coordinates.count]
        let a = (x: fixed(corner.longitude), y: fixed(corner.latitude))
        let b = (x: fixed(next.longitude), y: fixed(next.latitude))
        let side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
        let isBetween =
          min(a.x, b.x) <= p.x && p.x <= max(a.x, b.x) && min(a.y, b.y) <= p.y && p.y <= max(a.y, b.y)
        if side == 0 && isBetween { return .boundary }
        if (a.y > p.y) != (b.y > p.y), (side > 0) == (b.y > a.y) { isInside.toggle() }
      }
    }
    return isInside ? .interior : .exterior
  }

  /// Location with respect to a circle by the geodesic alone.
  public static func location(of point: Coordinate, center: Coordinate, radius: Double) -> Location {
    let distance = Geodesic.length(from: center, to: point)
    return distance < radius ? .interior : distance == radius ? .boundary : .exterior
  }

  private static func fixed(_ degrees: Double) -> Int {
    let value = degrees * 1_048_576
    precondition(value == value.rounded(), "\(degrees) is no multiple of 2^-20")
    return Int(value)
  }
}

extension ReferenceGeometry {
  /// Metres from a position to a line of straight pieces, by geodesics to ever nearer places of each piece.
  public static func distance(from point: Coordinate, toLine path: [Coordinate]) -> Double {
    zip(path, path.dropFirst()).map { a, b in
      func distance(_ fraction: Double) -> Double {
        Geodesic.length(
          from: point,
          to: Coordinate(
            latitude: a.latitude + (b.latitude - a.latitude) * fraction,
            longitude: a.longitude + (b.longitude - a.longitude) * fraction))
      }
      var (low, high) = (0.0, 1.0)
      for _ in 0..<60 {
        let third = (high - low) / 3
        if distance(low + third) < distance(high - third) { high -= third } else { low += third }
      }
      return distance((low + high) / 2)
    }.min() ?? .infinity
  }

  /// Whether a fence contains a position, in plain floating point: right except within rounding of an edge.
  public static func contains(_ point: Coordinate, _ fence: Fence) -> Bool {
    switch fence.shape {
    case .circle(let center, let radius): return Geodesic.length(from: center, to: point) <= radius
    case .corridor(let path, let width): return distance(from: point, toLine: path) <= width / 2
    case .box(let south, let west, let north, let east):
      return point.latitude >= south && point.latitude <= north && point.longitude >= west && point.longitude <= east
    case .polygons(let polygons):
      var isInside = false
      for ring in polygons.flatMap(\.rings) {
        for (index, a) in ring.coordinates.enumerated() {
          let b = ring.coordinates[(index + 1) % ring.coordinates.count]
          guard (a.latitude > point.latitude) != (b.latitude > point.latitude) else { continue }
          let part = (point.latitude - a.latitude) / (b.latitude - a.latitude)
          if point.longitude < a.longitude + (b.longitude - a.longitude) * part { isInside.toggle() }
        }
      }
      return isInside
    }
  }
}
