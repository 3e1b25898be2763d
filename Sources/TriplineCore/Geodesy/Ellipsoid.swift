/// The WGS 84 ellipsoid (NIMA TR8350.2, 3rd edition, 2000).
public enum Ellipsoid {
  /// Semi-major axis in metres.
  public static let semiMajorAxis = 6_378_137.0
  /// Flattening.
  public static let flattening = 1 / 298.257_223_563
  /// First eccentricity squared.
  public static let eccentricitySquared = flattening * (2 - flattening)
}

/// The angle `degrees` in [-180, 180), whole turns taken off.
///
/// Values that are in the interval already come back bit for bit.
@inline(__always)
func wrappedLongitude(_ degrees: Double) -> Double {
  if degrees >= -180 && degrees < 180 { return degrees }
  let turned = degrees.truncatingRemainder(dividingBy: 360)
  if turned >= 180 { return turned - 360 }
  if turned < -180 { return turned + 360 }
  return turned
}
