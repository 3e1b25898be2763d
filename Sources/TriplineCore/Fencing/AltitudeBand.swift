/// What is thought of a fix without an altitude, in a fence with a floor or a ceiling.
public enum MissingAltitude: UInt8, Sendable, Hashable {
  /// The vehicle is as high as it was last, to half a metre; before any altitude is known it is outside.
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

/// An altitude to half a metre in two bytes, from -16 to 16 km, for the state of a vehicle.
struct CompactAltitude: Sendable, BitwiseCopyable {
  private var halves: Int16

  /// Takes metres, or NaN where the altitude is not known.
  init(_ meters: Double) {
    halves = meters.isNaN ? .min : Int16(max(-32_767, min(32_767, (meters * 2).rounded())))
  }

  /// Metres, or NaN.
  var meters: Double { halves == .min ? .nan : Double(halves) / 2 }
}

extension CompactAltitude {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) { try coder.code(&halves) }
}

extension FenceSet {
  /// Whether a height in metres lies between the floor and the ceiling of a fence; true of a fence without either.
  ///
  /// Lookups by position do not look at heights; the engine does.
  public func contains(altitude: Double, in fence: UInt32) -> Bool {
    altitudes.isEmpty || altitudes[Int(fence)].contains(altitude, .outside)
  }
}
