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
    return coder.bytes
  }

  /// Forgets a vehicle without a word.
  mutating func forget(_ vehicle: UInt32) {
    guard let slot = slot(ifKnown: vehicle) else { return }
    pipeline.release(&states[slot])
    slots[Int(vehicle)] = Engine.noSlot
    freeSlots.append(UInt32(slot))
  }

  /// Runs fixes of a vehicle from a state on, up to the watermark of another engine.
  mutating func runAgain(
    _ vehicle: UInt32, from state: [UInt8]?, _ fixes: Span<Fix>, asOf other: borrowing Engine,
    into events: inout EventBuffer
  ) {
    forget(vehicle)
    pipeline.gate.watermark = .min
    pipeline.tracker.changeTime = other.pipeline.tracker.changeTime
    if let state {
      var coder = SnapshotCoder(reading: state)
      do {
        try readVehicle(from: &coder)
      } catch {
        preconditionFailure("a state that was just written cannot be read: \(error)")
      }
    }
    process(fixes, into: &events)
    advanceWatermark(to: other.pipeline.gate.watermark, into: &events)
  }

  /// Takes a vehicle over from an engine that has run it again. Fixes that were too late for that are late.
  mutating func take(_ vehicle: UInt32, from other: inout Engine) {
    guard let state = other.state(of: vehicle) else { return }
    let received = slot(ifKnown: vehicle).map { states[$0].gate.counts.received } ?? 0
    forget(vehicle)
    other.forget(vehicle)
    var coder = SnapshotCoder(reading: state)
    do {
      try readVehicle(from: &coder)
    } catch {
      preconditionFailure("a state that was just written cannot be read: \(error)")
    }
    guard let slot = slot(ifKnown: vehicle) else { return }
    let missing = received &- states[slot].gate.counts.received
    states[slot].gate.counts.received = received
    states[slot].gate.counts[.late] &+= missing
  }
}
