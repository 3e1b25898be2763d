/// The place where a vehicle may be staying: the mean of the fixes so far, tied to the first of them.
///
/// The mean may move at most half a radius away from the first fix, so that a slow vehicle cannot drag it along.
struct Anchor: Sendable, BitwiseCopyable {
  /// The first fix at the place.
  private var origin: CompactCoordinate
  private var meanX: Float = 0
  private var meanY: Float = 0
  /// Sum of the squared distances of the fixes from their mean, in square metres.
  private(set) var squares: Float = 0
  private(set) var count: UInt32 = 1
  /// How many fixes state an accuracy of up to 50, 60, 70, 80, 90 m, and more.
  private var accuracies: InlineArray<6, UInt8> = .init(repeating: 0)

  init(at place: Coordinate, accuracy: Float) {
    origin = CompactCoordinate(place)
    note(accuracy: accuracy)
  }

  /// The mean of the fixes.
  var place: Coordinate {
    let origin = origin.coordinate
    let metric = LocalMetric(latitude: origin.latitude)
    return Coordinate(
      latitude: origin.latitude + Double(meanY) / metric.metersPerDegreeLatitude,
      longitude: wrappedLongitude(origin.longitude + Double(meanX) / metric.metersPerDegreeLongitude))
  }

  /// Offset of a position from the first fix in metres east and north.
  @inline(__always)
  private func offset(of fix: Fix, in metric: LocalMetric) -> (x: Float, y: Float) {
    let origin = origin.coordinate
    let x = wrappedLongitude(fix.longitude - origin.longitude) * metric.metersPerDegreeLongitude
    let y = (fix.latitude - origin.latitude) * metric.metersPerDegreeLatitude
    return (Float(x), Float(y))
  }

  /// Squared distance of a fix from the anchor in square metres.
  @inline(__always)
  func squaredDistance(to fix: Fix, in metric: LocalMetric) -> Float {
    let (x, y) = offset(of: fix, in: metric)
    return (x - meanX) * (x - meanX) + (y - meanY) * (y - meanY)
  }

  /// Takes a fix into the mean.
  @inline(__always)
  mutating func join(_ fix: Fix, radius: Float, in metric: LocalMetric) {
    let (x, y) = offset(of: fix, in: metric)
    count &+= 1
    let weight = 1 / Float(count)
    let dx = x - meanX
    let dy = y - meanY
    meanX += dx * weight
    meanY += dy * weight
    squares += dx * (x - meanX) + dy * (y - meanY)
    let drift = (meanX * meanX + meanY * meanY).squareRoot()
    let most = radius / 2
    if drift > most {
      meanX *= most / drift
      meanY *= most / drift
    }
    note(accuracy: fix.accuracyOrNaN)
  }

  @inline(__always)
  private mutating func note(accuracy: Float) {
    guard accuracy > 0 else { return }
    let bin = accuracy <= 50 ? 0 : accuracy > 90 ? 5 : Int((accuracy - 50) / 10 + 1)
    if accuracies[bin] == .max {
      // Half of each keeps the median within a fix.
      for index in accuracies.indices { accuracies[index] /= 2 }
    }
    accuracies[bin] += 1
  }

  /// The radius that belongs to the place: the median stated accuracy (read from bins of 10 m), held between the
  /// smallest and the largest radius; the smallest where no accuracy is stated.
  @inline(__always)
  func radius(_ parameters: TripParameters) -> Float {
    let smallest = Float(parameters.stopRadius)
    var total = 0
    for index in accuracies.indices { total += Int(accuracies[index]) }
    let half = (total + 1) / 2
    if Int(accuracies[0]) >= half { return smallest }
    var below = Int(accuracies[0])
    for index in 1..<6 {
      let inBin = Int(accuracies[index])
      if below + inBin >= half {
        let part = (Float(half - below) - 0.5) / Float(inBin)
        return max(smallest, min(Float(parameters.largestStopRadius), 40 + Float(index) * 10 + part * 10))
      }
      below += inBin
    }
    return smallest
  }
}

extension Anchor {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try origin.code(&coder)
    try coder.code(&meanX)
    try coder.code(&meanY)
    try coder.code(&squares)
    try coder.code(&count)
    try coder.code(&accuracies)
  }
}
