import Glibc

/// Takes the noise of the receiver off a track: a Kalman filter forward and the smoother of Rauch, Tung and Striebel back
/// (AIAA Journal 3, 1965), with a constant velocity that white noise disturbs, in metres.
///
/// For whole tracks: every fix gets the place that all fixes, earlier and later, make most likely. The raw track stays the
/// evidence; keep its distances beside those of the smoothed one.
public struct TrackSmoother: Sendable {
  /// Spectral density of the noise in acceleration, in m²/s³: 1 follows a car through a junction.
  public var processNoise = 1.0
  /// Accuracy in metres taken for fixes that state none.
  public var assumedAccuracy = 10.0
  /// Standard deviation of reported speeds and courses, as a velocity in metres a second; `nil` where these are not used.
  public var velocityDeviation: Double? = 1.0
  /// Milliseconds between two fixes above which the track begins anew.
  public var longestGap: Int64 = 300_000

  /// A smoother for cars.
  public init() {}

  /// What is known of one axis: metres from a fix, metres a second, and how they vary.
  private struct Axis: BitwiseCopyable {
    var position = 0.0
    var velocity = 0.0
    var positionVariance = 0.0
    var covariance = 0.0
    var velocityVariance = 100.0

    /// Goes on in time.
    mutating func predict(_ seconds: Double, _ noise: Double) {
      position += velocity * seconds
      positionVariance +=
        seconds * (2 * covariance + seconds * velocityVariance) + noise * seconds * seconds * seconds / 3
      covariance += seconds * velocityVariance + noise * seconds * seconds / 2
      velocityVariance += noise * seconds
    }

    mutating func correct(position measured: Double, variance: Double) {
      let innovation = measured - position
      let total = positionVariance + variance
      let (gain, velocityGain) = (positionVariance / total, covariance / total)
      position += gain * innovation
      velocity += velocityGain * innovation
      velocityVariance -= velocityGain * covariance
      covariance *= 1 - gain
      positionVariance *= 1 - gain
    }

    mutating func correct(velocity measured: Double, variance: Double) {
      let innovation = measured - velocity
      let total = velocityVariance + variance
      let (gain, positionGain) = (velocityVariance / total, covariance / total)
      velocity += gain * innovation
      position += positionGain * innovation
      positionVariance -= positionGain * covariance
      covariance *= 1 - gain
      velocityVariance *= 1 - gain
    }

    /// Takes what is known of the next fix back to this one, `predicted` being what was expected there.
    mutating func smooth(from next: Axis, predicted: Axis, _ seconds: Double) {
      let determinant =
        predicted.positionVariance * predicted.velocityVariance - predicted.covariance * predicted.covariance
      guard determinant > 0 else { return }
      // The gain is this covariance times the transposed transition times the inverse of the predicted covariance.
      let (a, b) = (positionVariance + seconds * covariance, covariance)
      let (c, d) = (covariance + seconds * velocityVariance, velocityVariance)
      let (e, f, g) = (
        predicted.velocityVariance / determinant, -predicted.covariance / determinant,
        predicted.positionVariance / determinant
      )
      let (k11, k12, k21, k22) = (a * e + b * f, a * f + b * g, c * e + d * f, c * f + d * g)
      let (dp, dv) = (next.position - predicted.position, next.velocity - predicted.velocity)
      position += k11 * dp + k12 * dv
      velocity += k21 * dp + k22 * dv
    }
  }

  /// What is known at one fix, in metres east and north of where it was measured.
  private struct State: BitwiseCopyable {
    var east = Axis()
    var north = Axis()
  }

  /// The track with its positions smoothed; nothing else of the fixes changes.
  ///
  /// - Parameter fixes: one track in the order of time, without outliers.
  /// - Complexity: O(*n*).
  public func smoothed(_ fixes: Span<Fix>) -> [Fix] {
    var result: [Fix] = []
    result.reserveCapacity(fixes.count)
    var first = 0
    while first < fixes.count {
      var end = first + 1
      while end < fixes.count, fixes[end].time - fixes[end - 1].time <= longestGap { end += 1 }
      smooth(fixes.extracting(first..<end), into: &result)
      first = end
    }
    return result
  }

  private func smooth(_ fixes: Span<Fix>, into result: inout [Fix]) {
    var filtered: [State] = []
    var predicted: [State] = []
    filtered.reserveCapacity(fixes.count)
    predicted.reserveCapacity(fixes.count)
    var state = State()
    for index in fixes.indices {
      let fix = fixes[index]
      if index == 0 {
        let variance = variance(of: fix)
        state.east.positionVariance = variance
        state.north.positionVariance = variance
        predicted.append(state)
      } else {
        let (east, north) = Self.way(from: fixes[index - 1], to: fix)
        let seconds = Double(fix.time - fixes[index - 1].time) / 1000
        state.east.predict(seconds, processNoise)
        state.north.predict(seconds, processNoise)
        // From now on in metres from this fix.
        state.east.position -= east
        state.north.position -= north
        predicted.append(state)
        let variance = variance(of: fix)
        state.east.correct(position: 0, variance: variance)
        state.north.correct(position: 0, variance: variance)
      }
      correctVelocity(by: fix, &state)
      filtered.append(state)
    }
    for index in stride(from: fixes.count - 2, through: 0, by: -1) {
      let seconds = Double(fixes[index + 1].time - fixes[index].time) / 1000
      filtered[index].east.smooth(from: filtered[index + 1].east, predicted: predicted[index + 1].east, seconds)
      filtered[index].north.smooth(from: filtered[index + 1].north, predicted: predicted[index + 1].north, seconds)
    }
    for index in fixes.indices {
      var fix = fixes[index]
      let metric = LocalMetric(latitude: fix.latitude)
      fix.latitude += filtered[index].north.position / metric.metersPerDegreeLatitude
      fix.longitude = wrappedLongitude(fix.longitude + filtered[index].east.position / metric.metersPerDegreeLongitude)
      result.append(fix)
    }
  }

  /// Variance in m² of each axis: an accuracy is the radius that holds 68 %, which is 1.51 standard deviations of an axis.
  private func variance(of fix: Fix) -> Double {
    let accuracy = fix.accuracyOrNaN > 0 ? Double(fix.accuracyOrNaN) : assumedAccuracy
    return accuracy * accuracy / (1.51 * 1.51)
  }

  private func correctVelocity(by fix: Fix, _ state: inout State) {
    guard let deviation = velocityDeviation, let speed = fix.speed, let course = fix.course, speed >= 0,
      course >= 0, speed < .infinity, course < .infinity
    else { return }
    let angle = Double(course) * .pi / 180
    state.east.correct(velocity: Double(speed) * sin(angle), variance: deviation * deviation)
    state.north.correct(velocity: Double(speed) * cos(angle), variance: deviation * deviation)
  }

  /// Metres east and north from one fix to another.
  @inline(__always)
  private static func way(from a: Fix, to b: Fix) -> (east: Double, north: Double) {
    let metric = LocalMetric(latitude: (a.latitude + b.latitude) / 2)
    return (
      wrappedLongitude(b.longitude - a.longitude) * metric.metersPerDegreeLongitude,
      (b.latitude - a.latitude) * metric.metersPerDegreeLatitude
    )
  }
}
