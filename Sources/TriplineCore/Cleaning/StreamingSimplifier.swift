import Glibc

/// Leaves out fixes of a track as they come, in constant memory, within an error in metres.
///
/// From the fix kept last, the directions are known in which a line passes all fixes since within the tolerance; a fix
/// outside of them, or nearer than one before it, makes the fix before it the next one to keep (the sleeve of Zhao and
/// Saalfeld, Auto-Carto 13, 1997). Keeps more than `TrackSimplifier`, and needs to see no fix twice.
public struct StreamingSimplifier: Sendable {
  /// The largest distance in metres of a fix that is left out from the line between the fixes kept around it.
  public let tolerance: Double
  private var anchor: Fix?
  private var last: Fix?
  /// The direction of the first fix out of the tolerance, from which the others are counted.
  private var bearing = 0.0
  private var low = -Double.infinity
  private var high = Double.infinity
  private var reach = 0.0

  /// Creates a simplifier that has seen no fix.
  ///
  /// - Precondition: `tolerance` is above 0.
  public init(tolerance: Double) {
    precondition(tolerance > 0, "a tolerance is above 0")
    self.tolerance = tolerance
  }

  /// Takes the next fix of the track; returns a fix that is kept: the first one, and then one that was given before.
  ///
  /// - Complexity: O(1).
  public mutating func take(_ fix: Fix) -> Fix? {
    guard let anchor, let last else {
      begin(at: fix)
      return fix
    }
    if extend(to: fix, from: anchor) {
      self.last = fix
      return nil
    }
    begin(at: last)
    // From there nothing lies between.
    _ = extend(to: fix, from: last)
    self.last = fix
    return last
  }

  /// The track is over: the last fix, which is kept too, unless the first one was the only one.
  public mutating func finish() -> Fix? {
    defer { self = StreamingSimplifier(tolerance: tolerance) }
    guard let anchor, let last, last.time != anchor.time || last.sequence != anchor.sequence else { return nil }
    return last
  }

  private mutating func begin(at fix: Fix) {
    anchor = fix
    last = fix
    low = -.infinity
    high = .infinity
    reach = 0
  }

  /// Takes a fix into the sleeve; returns whether it fits.
  private mutating func extend(to fix: Fix, from anchor: Fix) -> Bool {
    let frame = TrackSimplifier.Frame(anchor, fix)
    let distance = (frame.x * frame.x + frame.y * frame.y).squareRoot()
    // One that goes back might leave a fix behind the end of the line.
    guard distance >= reach else { return false }
    guard distance > tolerance else {
      reach = distance
      return true
    }
    var direction = atan2(frame.y, frame.x)
    if low == -.infinity {
      bearing = direction
      direction = 0
    } else {
      direction -= bearing
      if direction > .pi { direction -= 2 * .pi }
      if direction < -.pi { direction += 2 * .pi }
      guard direction >= low && direction <= high else { return false }
    }
    reach = distance
    let half = asin(tolerance / distance)
    low = max(low, direction - half)
    high = min(high, direction + half)
    return true
  }
}
