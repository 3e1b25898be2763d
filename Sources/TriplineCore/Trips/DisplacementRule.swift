import Glibc

/// Traccar's rule for trips, for comparison with its reports: not where a vehicle stays, but whether it has gone far
/// lately.
///
/// A trip begins once the vehicle is `distance` away from where its last trip ended or began, back-dated along steps that
/// were faster than `distance` in `duration`. It ends with the first fix that no fix of the last `duration` is `distance`
/// away from; it is not back-dated. A silence longer than `gap` in which the vehicle travelled faster than that is a trip of its
/// own. Distances are on a sphere with the equatorial radius, as Traccar measures them (commit 9e5c458, the rule that its
/// reports use unless told otherwise). Memory a vehicle grows with the fixes of `duration`.
public struct DisplacementRule: Sendable, Hashable {
  /// Metres.
  public var distance = 200.0
  /// Milliseconds.
  public var duration: Int64 = 180_000
  /// Milliseconds.
  public var gap: Int64 = 3_600_000

  /// Traccar's defaults.
  public init() {}

  /// Metres between two places on the sphere, by the haversine formula.
  func length(from a: Coordinate, to b: Coordinate) -> Double {
    let radian = Double.pi / 180
    let latitude = sin((b.latitude - a.latitude) * radian / 2)
    let longitude = sin((b.longitude - a.longitude) * radian / 2)
    let square =
      latitude * latitude + cos(a.latitude * radian) * cos(b.latitude * radian) * longitude * longitude
    return 6_378_137 * 2 * atan2(square.squareRoot(), (1 - square).squareRoot())
  }
}
