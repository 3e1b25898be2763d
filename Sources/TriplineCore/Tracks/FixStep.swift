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

  @inline(__always)
  init(from last: AcceptedFix, to fix: Fix) {
    elapsed = fix.time - last.time
    metric = LocalMetric(latitude: (last.coordinate.latitude + fix.latitude) * 0.5)
    length = Geodesic.step(from: last.coordinate, to: fix.coordinate, metric: metric)
  }

  /// The speed in metres a second that time on the step is counted at: the one stated at its end, or that between the two where none is
  /// stated, or where it is 0 and the positions say that the vehicle has moved. Receivers state 0 where they have no speed; then the two
  /// are further apart than noise makes them, and than the speed before would have brought the vehicle.
  @inline(__always)
  func countedSpeed(to fix: Fix, from last: AcceptedFix) -> Float {
    let stated = fix.speedOrNaN
    // Without a speed, now or before, the comparisons do not hold.
    let isKnown =
      stated > 0
      || stated == 0 && (length <= FixStep.noise || length * 1000 <= Double(last.speedOrNaN) * Double(elapsed))
    return isKnown ? stated : Float(length * 1000 / Double(max(1, elapsed)))
  }
}
