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

  /// Metres that a degree of latitude has at least: that at the equator.
  static let shortestDegreeLatitude = 110_574.2

  /// Creates the metric at a latitude in degrees.
  ///
  /// Both lengths are even functions of the latitude φ. They are polynomials in (φ / 90°)² here, of degree 9, that interpolate M
  /// and N cos φ of WGS 84 at the Chebyshev nodes of [0, 1]: no further than 2e-8 m per degree from them anywhere.
  /// - Precondition: the latitude is from -90 to 90.
  /// - Complexity: O(1): ten multiplications and additions of two values at once, no function of a library, no root, no division;
  ///   five behind each other. Every fix waits for them.
  @inline(__always)
  public init(latitude: Double) {
    let t = latitude * latitude * (1 / 8100)
    let t2 = t * t
    let t4 = t2 * t2
    let low = LocalMetric.pair(0, t) + LocalMetric.pair(1, t) * t2
    let middle = LocalMetric.pair(2, t) + LocalMetric.pair(3, t) * t2
    let high = LocalMetric.pair(4, t) * (t4 * t4)
    let lengths = low + middle * t4 + high
    metersPerDegreeLatitude = lengths[0]
    // Never 0, which distances are divided by.
    metersPerDegreeLongitude = max(lengths[1], 1e-7)
  }

  /// Two terms of both polynomials, those of 2 * index and the next one, less the power of the first.
  @inline(__always)
  private static func pair(_ index: Int, _ t: Double) -> SIMD2<Double> {
    switch index {
    case 0: SIMD2(110_574.27582160429, 111_319.49079325836) + SIMD2(2739.6524806236685, -136_415.54490896748) * t
    case 1: SIMD2(-2196.7077664901526, 26_359.366646414564) + SIMD2(649.3392290821463, -940.2922440349205) * t
    case 2: SIMD2(-64.43664052778965, -420.1224696704221) + SIMD2(-13.23531224816814, 108.54500898808271) * t
    case 3: SIMD2(6.033784480254632, -10.926553656282035) + SIMD2(-0.9947208868291945, -0.9599254049158695) * t
    default: SIMD2(0.04532206491833802, 0.5073071198370824) + SIMD2(0.007361433335318767, -0.06365406215363659) * t
    }
  }

  /// The square of the length in metres of a step given in degrees.
  @inline(__always)
  func squaredLength(latitude: Double, longitude: Double) -> Double {
    let x = longitude * metersPerDegreeLongitude
    let y = latitude * metersPerDegreeLatitude
    return x * x + y * y
  }
}
