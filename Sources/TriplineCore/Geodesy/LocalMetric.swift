import Glibc

/// Metres per degree around one latitude: the plane that touches the ellipsoid there.
///
/// With the radii of curvature in the meridian, M, and in the prime vertical, N (Rapp, Geometric Geodesy part I, 1991,
/// section 3.5), a step of dφ and dλ has the length √((M dφ)² + (N cos φ dλ)²). Taken at the mid-latitude of a step of
/// up to 1 km it agrees with the geodesic to 1e-8 up to 70 degrees of latitude and to 4e-8 up to 80.
@frozen
public struct LocalMetric: Sendable, BitwiseCopyable {
  /// Metres in a degree of latitude.
  public let metersPerDegreeLatitude: Double
  /// Metres in a degree of longitude.
  public let metersPerDegreeLongitude: Double

  /// Creates the metric at a latitude in degrees.
  ///
  /// - Complexity: O(1): a sine, two square roots and a division.
  @inline(__always)
  public init(latitude: Double) {
    let radian = Double.pi / 180
    let sine = sin(latitude * radian)
    // Exact enough below 80 degrees, beyond which no step is measured with it, and never 0, which it divides.
    let cosine = max((1 - sine * sine).squareRoot(), 1e-12)
    let e2 = Ellipsoid.eccentricitySquared
    let q = 1 / (1 - e2 * sine * sine)
    let root = q.squareRoot()
    let perRadian = Ellipsoid.semiMajorAxis * root * radian
    metersPerDegreeLongitude = perRadian * cosine
    metersPerDegreeLatitude = perRadian * (1 - e2) * q
  }

  /// The square of the length in metres of a step given in degrees.
  @inline(__always)
  func squaredLength(latitude: Double, longitude: Double) -> Double {
    let x = longitude * metersPerDegreeLongitude
    let y = latitude * metersPerDegreeLatitude
    return x * x + y * y
  }
}
