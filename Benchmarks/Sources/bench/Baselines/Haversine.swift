import Glibc
import TriplineCore

/// Distance on a sphere, the formula most trackers use.
enum Haversine {
  @inline(never)
  static func distance(from a: Coordinate, to b: Coordinate) -> Double {
    let radian = Double.pi / 180
    let x = sin((b.latitude - a.latitude) * radian / 2)
    let y = sin((b.longitude - a.longitude) * radian / 2)
    let h = x * x + cos(a.latitude * radian) * cos(b.latitude * radian) * y * y
    return 2 * 6_371_008.8 * asin(min(1, h.squareRoot()))
  }
}
