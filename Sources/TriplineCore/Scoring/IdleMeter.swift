/// Time at rest with the ignition on, while a trip is under way.
///
/// What has been idled since the vehicle came to the place where it may have arrived belongs to the trip only if it goes
/// on from there.
struct IdleMeter: Sendable, BitwiseCopyable {
  /// Milliseconds that make a rest with the ignition on idling.
  private static let leastRun: UInt32 = 120_000
  /// The code of the last fix.
  private(set) var ignition: UInt8 = 0
  /// Fixes that say whether it is on.
  private var known: UInt32 = 0
  /// Milliseconds of the rest under way, of those since `arrival`, and of those before.
  private var run: UInt32 = 0
  private var since: UInt32 = 0
  private var before: UInt32 = 0
  private var arrival: Int64 = 0

  /// Takes a step inside of a stretch of data; called once a fix has said anything of the ignition.
  @inline(never)
  mutating func add(_ fix: Fix, elapsed: Int64, isMoving: Bool, _ arrival: Int64) {
    if arrival != self.arrival {
      // It has gone on from where it might have stayed.
      endRun()
      before &+= since
      since = 0
      self.arrival = arrival
    }
    if ignition == 2 && fix.ignitionCode == 2 && !isMoving {
      run &+= UInt32(clamping: elapsed)
    } else {
      endRun()
    }
    ignition = fix.ignitionCode
    if ignition != 0 { known &+= 1 }
  }

  private mutating func endRun() {
    if run >= Self.leastRun { since &+= run }
    run = 0
  }

  /// Milliseconds of a trip that is over; `nil` where less than four fifths of its fixes say whether it idled.
  func total(of trip: Trip, fixes: UInt32) -> Int64? {
    guard known > 0, 5 * Int(known) >= 4 * Int(fixes) else { return nil }
    var meter = self
    meter.endRun()
    let idle = Int64(meter.before) + (trip.end > arrival ? Int64(meter.since) : 0)
    return min(idle, trip.stationary)
  }
}

extension IdleMeter {
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&ignition)
    try coder.code(&known)
    try coder.code(&run)
    try coder.code(&since)
    try coder.code(&before)
    try coder.code(&arrival)
  }
}
