/// Single vehicles as values: what running a stretch of one again needs.
extension Engine {
  /// So many fixes of a vehicle have come late.
  func lateCount(of vehicle: UInt32) -> UInt32 {
    slot(ifKnown: vehicle).map { states[$0].gate.counts[.late] } ?? 0
  }

  /// The newest time seen of a vehicle, in milliseconds UTC; `nil` before any.
  func newestTime(of vehicle: UInt32) -> Int64? {
    slot(ifKnown: vehicle).map { states[$0].gate.newest }.flatMap { $0 == .min ? nil : $0 }
  }

  /// The state of a vehicle as bytes; `nil` for a vehicle the engine does not know.
  borrowing func state(of vehicle: UInt32) -> [UInt8]? {
    guard let slot = slot(ifKnown: vehicle) else { return nil }
    var coder = SnapshotCoder()
    // Writing cannot fail: the errors of the coder are those of reading.
    try? write(states[slot], to: &coder)
    return coder.finish()
  }

  /// Forgets a vehicle without a word.
  mutating func forget(_ vehicle: UInt32) {
    guard let slot = slot(ifKnown: vehicle) else { return }
    pipeline.release(&states[slot])
    slots[Int(vehicle)] = Engine.noSlot
    freeSlots.append(UInt32(slot))
  }

  /// When the fences changed last, in milliseconds UTC.
  var changeTime: Int64 { pipeline.tracker.changeTime }

  /// The time before which no further fix is expected, in milliseconds UTC.
  var watermark: Int64 { pipeline.gate.watermark }

  /// So many fixes of a vehicle have been nothing by themselves, whatever came before or after.
  func uselessCount(of vehicle: UInt32) -> UInt32 {
    let counts = vehicleCounts(of: vehicle)
    return Engine.useless.reduce(0) { $0 &+ counts[$1] }
  }

  /// Begins to run a vehicle again from a state, with the fences of another engine and without its watermark.
  mutating func begin(_ vehicle: UInt32, from state: [UInt8]?, asOf other: borrowing Engine) {
    forget(vehicle)
    pipeline.gate.watermark = .min
    pipeline.tracker.changeTime = other.pipeline.tracker.changeTime
    pipeline.tracker.leftInSilence[vehicle] = other.pipeline.tracker.leftInSilence[vehicle]
    if let state {
      var coder = SnapshotCoder(reading: state)
      do {
        try readVehicle(from: &coder)
      } catch {
        preconditionFailure("a state that was just written cannot be read: \(error)")
      }
    }
    pipeline.rules[groupsOf: vehicle] = other.pipeline.rules[groupsOf: vehicle]
  }

  /// The counts of a vehicle as its state has them.
  func vehicleCounts(of vehicle: UInt32) -> VehicleGateCounts {
    slot(ifKnown: vehicle).map { states[$0].gate.counts } ?? VehicleGateCounts()
  }

  /// Takes a vehicle over from an engine that has run it again from a state with the counts `base`. Fixes that are nothing
  /// by themselves were not run again, and are counted as before; those that were too late for it are late.
  mutating func take(_ vehicle: UInt32, from other: inout Engine, since base: VehicleGateCounts) {
    guard let state = other.state(of: vehicle) else { return }
    let before = vehicleCounts(of: vehicle)
    let left = pipeline.tracker.leftInSilence[vehicle]
    forget(vehicle)
    other.forget(vehicle)
    pipeline.tracker.leftInSilence[vehicle] = left
    other.pipeline.rules[groupsOf: vehicle] = []
    var coder = SnapshotCoder(reading: state)
    do {
      try readVehicle(from: &coder)
    } catch {
      preconditionFailure("a state that was just written cannot be read: \(error)")
    }
    guard let slot = slot(ifKnown: vehicle) else { return }
    var counts = states[slot].gate.counts
    for reason in Engine.useless { counts[reason] = before[reason] &+ counts[reason] &- base[reason] }
    counts.received = before.received
    counts.repaired = before.repaired
    counts[.late] = 0
    states[slot].gate.counts = counts
    let known = GateCounts(counts)
    let late = known.received - known.accepted - known.rejected - waitingCount(at: slot)
    states[slot].gate.counts[.late] = UInt32(max(0, late))
  }

  /// Fixes of a vehicle that are not decided on yet.
  private func waitingCount(at slot: Int) -> Int {
    let gate = states[slot].gate
    return Int(pipeline.gate.pool.count(of: gate.waiting) + pipeline.gate.pool.count(of: gate.suspects))
  }

  private static let useless: [RejectionReason] = [.range, .nullIsland, .future, .duplicate]
}
