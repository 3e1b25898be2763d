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
  /// How many fixes state an accuracy of up to 50, 60, 70, 80, 90 m, and more: a byte each, that of the smallest lowest.
  private var accuracies: UInt64 = 0

  init(at place: Coordinate, accuracy: Float) {
    origin = CompactCoordinate(place)
    note(accuracy: accuracy)
  }

  /// Begins anew at a place, field by field: a new value would be made elsewhere and copied.
  @inline(__always)
  mutating func restart(at place: Coordinate, accuracy: Float) {
    origin = CompactCoordinate(place)
    meanX = 0
    meanY = 0
    squares = 0
    count = 1
    accuracies = 0
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
    let (latitude, longitude) = origin.offset(to: fix.coordinate)
    return (Float(longitude * metric.metersPerDegreeLongitude), Float(latitude * metric.metersPerDegreeLatitude))
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
    let squaredDrift = meanX * meanX + meanY * meanY
    let most = radius / 2
    if squaredDrift > most * most {
      let drift = squaredDrift.squareRoot()
      meanX *= most / drift
      meanY *= most / drift
    }
    note(accuracy: fix.accuracyOrNaN)
  }

  @inline(__always)
  private mutating func note(accuracy: Float) {
    guard accuracy > 0 else { return }
    let bin = accuracy <= 50 ? 0 : accuracy > 90 ? 5 : Int((accuracy - 50) / 10 + 1)
    // Half of each keeps the median within a fix.
    if fixes(inBin: bin) == 255 { accuracies = accuracies &>> 1 & 0x7F7F_7F7F_7F7F }
    accuracies &+= 1 &<< UInt64(8 &* bin)
  }

  @inline(__always)
  private func fixes(inBin bin: Int) -> Int { Int(accuracies &>> UInt64(8 &* bin) & 255) }

  /// The radius that belongs to the place: the median stated accuracy (read from bins of 10 m), held between the
  /// smallest and the largest radius; the smallest where no accuracy is stated.
  @inline(__always)
  func radius(_ parameters: TripParameters) -> Float {
    let smallest = Float(parameters.stopRadius)
    return accuracies &>> 8 == 0 ? smallest : max(smallest, min(Float(parameters.largestStopRadius), medianAccuracy))
  }

  /// The median stated accuracy in metres, 0 where most are 50 m or less.
  private var medianAccuracy: Float {
    let half = ((0..<6).reduce(0) { $0 + fixes(inBin: $1) } + 1) / 2
    var below = fixes(inBin: 0)
    if below >= half { return 0 }
    for bin in 1..<6 {
      let inBin = fixes(inBin: bin)
      if below + inBin >= half { return 40 + Float(bin) * 10 + (Float(half - below) - 0.5) / Float(inBin) * 10 }
      below += inBin
    }
    return 0
  }
}

extension Anchor {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try origin.code(&coder)
    try coder.code(&meanX)
    try coder.code(&meanY)
    try coder.code(&squares)
    try coder.code(&count)
    for bin in 0..<6 {
      var fixes = UInt8(fixes(inBin: bin))
      try coder.code(&fixes)
      if coder.isReading { accuracies = accuracies & ~(255 << UInt64(8 * bin)) | UInt64(fixes) << UInt64(8 * bin) }
    }
  }
}
