/// The way from one accepted fix to the next, measured once for all who need it.
struct FixStep: BitwiseCopyable {
  /// Milliseconds from the one to the other.
  var elapsed: Int64
  /// Whether the vehicle was found again at a place it cannot have driven to: the step counts for nothing.
  var isJump = false
  /// Metres from the one to the other.
  var length: Double
  /// The plane at the latitude halfway between the two.
  var metric: LocalMetric

  /// Metres that two positions of a vehicle at rest may be apart: the smallest radius of a stop by default.
  private static let noise = 50.0
  /// Two positions further apart than that are so in latitude or in longitude by as many degrees at least.
  static let leastDegrees = 3e-4

  @inline(__always)
  init(from last: AcceptedFix, to fix: Fix) {
    elapsed = fix.time - last.time
    metric = LocalMetric(latitude: (last.coordinate.latitude + fix.latitude) * 0.5)
    length = Geodesic.step(from: last.coordinate, to: fix.coordinate, metric: metric)
  }

  /// Whether the later fix states to be at rest and the positions say that it is not: a receiver that states 0 where it has no speed.
  /// They are further apart than noise makes them, and than the earlier fix's speed would have brought the vehicle.
  @inline(__always)
  func contradictsSpeed(of fix: Fix, from last: AcceptedFix) -> Bool {
    // Without a speed before, the last comparison does not hold.
    fix.speedOrNaN == 0 && length > FixStep.noise && !(length * 1000 <= Double(last.speedOrNaN) * Double(elapsed))
  }
}
