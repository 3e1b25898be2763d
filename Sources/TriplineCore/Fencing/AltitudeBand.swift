/// What is thought of a fix without an altitude, in a fence with a floor or a ceiling.
public enum MissingAltitude: UInt8, Sendable, Hashable {
  /// The vehicle is as high as it was last; before any altitude is known it is outside.
  case last
  /// It is between floor and ceiling.
  case inside
  /// It is not.
  case outside
}

/// The heights between which a fence is, in metres above the datum that the fixes use. Both ends belong to it.
struct AltitudeBand: Sendable, BitwiseCopyable {
  var floor = -Double.infinity
  var ceiling = Double.infinity

  var isBounded: Bool { floor > -.infinity || ceiling < .infinity }

  /// Whether an altitude lies inside; one that is NaN as `policy` says, where there are any bounds.
  func contains(_ altitude: Double, _ policy: MissingAltitude) -> Bool {
    altitude.isNaN ? policy == .inside || !isBounded : altitude >= floor && altitude <= ceiling
  }
}

extension FenceSet {
  /// Whether a height in metres lies between the floor and the ceiling of a fence; true of a fence without either.
  ///
  /// Lookups by position do not look at heights; the engine does.
  public func contains(altitude: Double, in fence: UInt32) -> Bool {
    altitudes.isEmpty || altitudes[Int(fence)].contains(altitude, .outside)
  }
}
