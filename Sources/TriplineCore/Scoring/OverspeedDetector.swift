/// Finds times of driving faster than allowed, in constant memory.
///
/// An event begins with the first fix above limit and tolerance and is one once that has lasted; it ends with the last
/// fix above the limit, once the vehicle has kept to it for a while. A fix without a limit ends it at once.
struct OverspeedDetector: Sendable, BitwiseCopyable {
  /// Milliseconds UTC; `Int64.min` where nothing is pending.
  private var start = Int64.min
  /// The last fix above the limit.
  private var last: Int64 = 0
  private var place = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
  private var firstSequence: UInt32 = 0
  private var lastSequence: UInt32 = 0
  private var peak: Float = 0
  private var limit: Float = 0
  private var distance: Float = 0
  private var pendingDistance: Float = 0
  /// Whether it has lasted long enough.
  private var isEvent = false

  /// Takes the speed at a fix; returns an event that is over.
  @inline(__always)
  mutating func take(
    _ speed: Float, limit: Float, at fix: Fix, length: Float, _ parameters: OverspeedParameters
  ) -> OverspeedEvent? {
    // Nothing is too fast where no limit is known: a comparison with NaN does not hold.
    let isTooFast = speed > limit * parameters.tolerance + parameters.margin
    guard start != .min || isTooFast else { return nil }
    return follow(speed, limit, isTooFast, fix, length, parameters)
  }

  @inline(never)
  private mutating func follow(
    _ speed: Float, _ limit: Float, _ isTooFast: Bool, _ fix: Fix, _ length: Float, _ parameters: OverspeedParameters
  ) -> OverspeedEvent? {
    if start == .min {
      start = fix.time
      last = fix.time
      place = CompactCoordinate(fix.coordinate)
      firstSequence = fix.sequence
      note(speed, limit, fix)
      return nil
    }
    pendingDistance += length
    if speed > limit {
      last = fix.time
      distance += pendingDistance
      pendingDistance = 0
      note(speed, limit, fix)
      if isTooFast && fix.time - start >= parameters.duration { isEvent = true }
      if !isTooFast && !isEvent { self = OverspeedDetector() }
      return nil
    }
    guard limit.isNaN || !isEvent || fix.time - last >= parameters.endDuration else { return nil }
    return finish(vehicle: fix.vehicle, parameters)
  }

  private mutating func note(_ speed: Float, _ limit: Float, _ fix: Fix) {
    lastSequence = fix.sequence
    guard self.limit == 0 || speed / limit > peak / self.limit else { return }
    peak = speed
    self.limit = limit
  }

  /// Ends what is open.
  mutating func finish(vehicle: UInt32, _ parameters: OverspeedParameters) -> OverspeedEvent? {
    defer { self = OverspeedDetector() }
    guard isEvent else { return nil }
    let excess = peak / limit - 1
    let tier: OverspeedEvent.Tier =
      excess >= parameters.tiers.severe
      ? .extreme
      : excess >= parameters.tiers.harsh ? .serious : excess >= parameters.tiers.noticeable ? .moderate : .slight
    return OverspeedEvent(
      tier: tier, vehicle: vehicle, firstSequence: firstSequence, lastSequence: lastSequence, start: start, end: last,
      coordinate: place.coordinate, peak: peak, limit: limit, distance: distance)
  }
}

extension OverspeedDetector {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&start)
    try coder.code(&last)
    try place.code(&coder)
    try coder.code(&firstSequence)
    try coder.code(&lastSequence)
    try coder.code(&peak)
    try coder.code(&limit)
    try coder.code(&distance)
    try coder.code(&pendingDistance)
    try coder.code(&isEvent)
  }
}
