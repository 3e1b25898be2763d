/// What a trip has summed up until the last place where the vehicle may have begun to stay.
struct TripTotals: Sendable, BitwiseCopyable {
  var distance = 0.0
  var gapDistance = 0.0
  var doppler = 0.0
  var moving: Int64 = 0
  var stationary: Int64 = 0
  var gap: Int64 = 0
  var fixes: UInt32 = 0
  var pauses: UInt32 = 0
  var maximumSpeed = Float.nan
  /// Whether the maximum is the first speed, which stands only until there are others.
  var isFirstSpeed = false
  var hasDoppler = false
  /// Whether the vehicle has been far enough from the start for a trip.
  var isFarEnough = false
  var speeds = SpeedHistogram()

  /// Takes what has come since, of which nothing is left then. Where it stands, as it was written field by field: what is copied whole
  /// right behind that waits for it.
  mutating func take(_ tail: inout TripTail) {
    distance += tail.distance
    doppler += Double(tail.doppler)
    moving += Int64(tail.moving)
    stationary += Int64(tail.stationary)
    fixes &+= tail.fixes
    let isLarger = isFirstSpeed ? !tail.isFirstSpeed : !(maximumSpeed >= tail.maximumSpeed)
    if !tail.maximumSpeed.isNaN, isLarger, maximumSpeed.isNaN || !tail.isFirstSpeed {
      maximumSpeed = tail.maximumSpeed
      isFirstSpeed = tail.isFirstSpeed
    }
    hasDoppler = hasDoppler || tail.hasDoppler
    isFarEnough = isFarEnough || tail.isFarEnough
    if tail.hasSpeeds { speeds.add(tail.speeds) }
    tail = TripTail()
  }
}

/// What has come since: part of the trip if the vehicle goes on, of the stop if it stays.
struct TripTail: Sendable, BitwiseCopyable {
  var distance = 0.0
  var doppler: Float = 0
  var moving: UInt32 = 0
  var stationary: UInt32 = 0
  var fixes: UInt32 = 0
  var maximumSpeed = Float.nan
  /// Whether the maximum is the first speed, which stands only until there are others.
  var isFirstSpeed = false
  var hasDoppler = false
  var isFarEnough = false
  var hasSpeeds = false
  /// In hundredths of a second; a tail is shorter than the 655 s that fit.
  var speeds: InlineArray<20, UInt16> = .init(repeating: 0)

  /// Counts time at a speed.
  @inline(__always)
  mutating func count(_ milliseconds: Int64, at speed: Float) {
    let bin = SpeedHistogram.bin(of: speed)
    speeds[bin] = UInt16(min(65_535, Int64(speeds[bin]) + (milliseconds + 5) / 10))
    hasSpeeds = true
  }
}

extension TripTotals {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&distance)
    try coder.code(&gapDistance)
    try coder.code(&doppler)
    try coder.code(&moving)
    try coder.code(&stationary)
    try coder.code(&gap)
    try coder.code(&fixes)
    try coder.code(&pauses)
    try coder.code(&maximumSpeed)
    try coder.code(&isFirstSpeed)
    try coder.code(&hasDoppler)
    try coder.code(&isFarEnough)
    try speeds.code(&coder)
  }
}

extension TripTail {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&distance)
    try coder.code(&doppler)
    try coder.code(&moving)
    try coder.code(&stationary)
    try coder.code(&fixes)
    try coder.code(&maximumSpeed)
    try coder.code(&isFirstSpeed)
    try coder.code(&hasDoppler)
    try coder.code(&isFarEnough)
    try coder.code(&hasSpeeds)
    try coder.code(&speeds)
  }
}
