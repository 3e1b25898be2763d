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

  @inline(__always)
  init(from last: AcceptedFix, to fix: Fix) {
    elapsed = fix.time - last.time
    metric = LocalMetric(latitude: (last.coordinate.latitude + fix.latitude) * 0.5)
    length = Geodesic.step(from: last.coordinate, to: fix.coordinate, metric: metric)
  }
}
