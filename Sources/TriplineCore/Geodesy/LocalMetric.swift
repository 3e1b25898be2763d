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
  /// - Precondition: the latitude is from -90 to 90.
  /// - Complexity: O(1): some thirty multiplications and additions, no function of a library, no root, no division.
  @inline(__always)
  public init(latitude: Double) {
    let radian = Double.pi / 180
    let cosine = LocalMetric.cosine(latitude * radian)
    let e2 = Ellipsoid.eccentricitySquared
    // 1 / sqrt(1 - u) as a binomial series: u is 0.0067 at most, what is left out 4e-12 of the sum.
    let u = e2 * (1 - cosine * cosine)
    let root = 1 + u * (1 / 2 + u * (3 / 8 + u * (5 / 16 + u * (35 / 128))))
    let perRadian = Ellipsoid.semiMajorAxis * radian * root
    metersPerDegreeLongitude = perRadian * cosine
    metersPerDegreeLatitude = perRadian * (1 - e2) * (root * root)
  }

  /// The cosine of an angle from -π/2 to π/2 by its Taylor series, to 6e-13, and never 0, which distances are divided by.
  @inline(__always)
  private static func cosine(_ angle: Double) -> Double {
    let x = angle * angle
    let fourth = x * x
    // Even and odd terms side by side: the second chain need not wait for the first.
    let last: (even: Double, odd: Double) = (1 / 20_922_789_888_000, 1 / 87_178_291_200)
    let even = 1 + fourth * (1 / 24 + fourth * (1 / 40_320 + fourth * (1 / 479_001_600 + fourth * last.even)))
    let odd = 1 / 2 + fourth * (1 / 720 + fourth * (1 / 3_628_800 + fourth * last.odd))
    return max(even - x * odd, 1e-12)
  }

  /// The square of the length in metres of a step given in degrees.
  @inline(__always)
  func squaredLength(latitude: Double, longitude: Double) -> Double {
    let x = longitude * metersPerDegreeLongitude
    let y = latitude * metersPerDegreeLatitude
    return x * x + y * y
  }
}
