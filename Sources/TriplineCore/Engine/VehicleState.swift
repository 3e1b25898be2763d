/// Everything the engine remembers of one vehicle, in a fixed number of bytes.
///
/// Fixes that wait and fences it is inside of are lists in shared pools; the state has their ends only.
struct VehicleState: Sendable, BitwiseCopyable {
  var gate = InputGate.State()
  var hasLast = false
  var vehicle: UInt32
  var last = AcceptedFix(Fix(vehicle: 0, time: 0, latitude: 0, longitude: 0))
  var fences = FenceTracker.State()
  var trips = TripDetector()

  init(vehicle: UInt32) { self.vehicle = vehicle }

  /// The first so many bytes are all that an accepted fix touches where trips are not detected: the altitude, which stands among what
  /// is known of trips, is the last of it.
  static var sizeForFences: Int {
    let end = MemoryLayout<VehicleState>.offset(of: \.trips.altitude).map { $0 + MemoryLayout<Float>.size }
    return end ?? MemoryLayout<VehicleState>.size
  }
}

extension VehicleState {
  /// Codes everything but what stands in pools: fixes that wait, stays in fences, and what rules know.
  mutating func code(_ coder: inout SnapshotCoder) throws(SnapshotError) {
    try coder.code(&vehicle)
    try gate.counts.code(&coder)
    try coder.code(&gate.newest)
    try gate.lastKnown.code(&coder)
    try coder.code(&gate.hasLastKnown)
    try coder.code(&hasLast)
    try last.code(&coder)
    try trips.code(&coder)
  }
}
