/// Decides which fixes of a vehicle count, and in which order.
///
/// Three steps. What a fix says by itself is checked as it arrives (`admit`); fixes wait, sorted by time, until none
/// that is still welcome can come before them (`release`); then each is held against the last accepted one (`screen`).
/// Only the first step and the choice between two fixes of one time depend on the order of arrival.
struct InputGate: ~Copyable, Sendable {
  /// What the gate remembers of one vehicle.
  struct State: Sendable, BitwiseCopyable {
    var counts = VehicleGateCounts()
    /// The newest time seen of a fix that is not too coarse.
    var newest = Int64.min
    /// Fixes that wait for their turn, by time.
    var waiting = FixPool.List()
    /// Fixes that cannot be reached from the last accepted one, waiting for witnesses.
    var suspects = FixPool.List()
    /// The last coarse position, to know it again.
    var lastKnown = CompactCoordinate(Coordinate(latitude: 0, longitude: 0))
    var hasLastKnown = false
  }

  /// What becomes of a released fix.
  enum Verdict {
    case accepted
    case rejected(RejectionReason)
    /// It waits for witnesses.
    case suspected
    /// It and the suspects before it bear each other out: the vehicle is there.
    case reanchored
  }

  /// The years 1 to 9999, in milliseconds since 1970: what can be written as a date. Sums of two such times fit.
  static let times: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

  private(set) var parameters: GateParameters
  var pool = FixPool()
  /// The time before which the caller expects no further fix.
  var watermark = Int64.min
  /// The time of the last one of the suspects that were dropped last.
  private(set) var lastSuspectTime = Int64.min

  init(_ parameters: GateParameters) { self.parameters = parameters }

  mutating func setReorderWindow(_ window: Int64) { parameters.reorderWindow = window }

  // MARK: Arrival

  /// Checks a fix by itself and lets it wait for its turn.
  ///
  /// A fix that is too coarse makes no other one late: it does not count as the newest. Where it is so far ahead of the
  /// newest that it might wait for long, it is not kept. A jump cannot be known on arrival; one that is dated ahead of
  /// the fixes that follow it makes those late that are older than the window.
  ///
  /// - Returns: the reason to reject it, or another fix that it replaces; `nil` where it waits now. What is `coarse` may
  ///   be `frozen` (`screenCoarse`).
  @inline(__always)
  mutating func admit(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    guard InputGate.isPlaced(fix) else { return .range }
    if abs(fix.latitude) < 1e-6 && abs(fix.longitude) < 1e-6 { return .nullIsland }
    return fix.isNormal && !InputGate.isMisdated(fix) ? admitNormal(fix, &state) : admitRepaired(fix, &state)
  }

  @inline(never)
  private mutating func admitRepaired(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    var fix = fix
    fix.normalize()
    if InputGate.repairWeek(of: &fix) { state.counts.repaired &+= 1 }
    return admitNormal(fix, &state)
  }

  @inline(__always)
  private mutating func admitNormal(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    if InputGate.times.contains(fix.receivedOrMissing), fix.time - fix.receivedOrMissing > parameters.largestFuture {
      return .future
    }
    if fix.time < bound(state) { return .late }
    if isCoarse(fix) {
      if state.newest == .min || fix.time - state.newest > parameters.reorderWindow { return .coarse }
      return insertCoarse(fix, &state)
    }
    return insert(fix, &state)
  }

  /// Whether a fix has a place and a time.
  @inline(__always)
  private static func isPlaced(_ fix: Fix) -> Bool {
    abs(fix.latitude) <= 90 && abs(fix.longitude) <= 180 && times.contains(fix.time)
  }

  /// What a fix of clean input is refused for, `nil` where it counts: it has to come after the last one of its vehicle.
  @inline(__always)
  func refuse(_ fix: Fix, after last: AcceptedFix?) -> RejectionReason? {
    guard InputGate.isPlaced(fix) else { return .range }
    if let last, fix.time <= last.time {
      if fix.time < last.time { return .late }
      let isSame =
        fix.latitude == last.coordinate.latitude && wrappedLongitude(fix.longitude) == last.coordinate.longitude
      return isSame ? .duplicate : .conflict
    }
    return fix.time < watermark ? .late : nil
  }

  @inline(__always)
  private func isCoarse(_ fix: Fix) -> Bool { fix.accuracyOrNaN > parameters.coarsestAccuracy }

  /// The time before which every waiting fix is due and every new one late.
  @inline(__always)
  private func bound(_ state: State) -> Int64 {
    let byVehicle = state.newest == .min ? Int64.min : state.newest - parameters.reorderWindow
    return max(byVehicle, watermark)
  }

  /// A fix as the gate sees it: with a time that is put right.
  static func repaired(_ fix: Fix) -> Fix {
    var fix = fix
    _ = repairWeek(of: &fix)
    return fix
  }

  /// Whether the time of a fix is days from that of its receipt.
  @inline(__always)
  private static func isMisdated(_ fix: Fix) -> Bool {
    times.contains(fix.receivedOrMissing) && abs(fix.time - fix.receivedOrMissing) > 2 * day
  }

  private static let day: Int64 = 86_400_000

  /// Receivers count weeks modulo 1,024: a time that is one or two such periods old and fits otherwise is put right.
  private static func repairWeek(of fix: inout Fix) -> Bool {
    guard isMisdated(fix) else { return false }
    let received = fix.receivedOrMissing
    for periods in 1...2 {
      let repaired = fix.time + Int64(periods) * 7168 * day
      if abs(repaired - received) <= 2 * day {
        fix.time = repaired
        return true
      }
    }
    return false
  }

  @inline(__always)
  private mutating func insert(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    let isNewest = fix.time > state.newest
    if isNewest { state.newest = fix.time }
    if isNewest && isBehindAllWaiting(fix, state) {
      pool.insert(fix, after: state.waiting.last, in: &state.waiting)
      return nil
    }
    return insertEarlier(fix, &state)
  }

  @inline(__always)
  private func isBehindAllWaiting(_ fix: Fix, _ state: State) -> Bool {
    state.waiting.isEmpty || pool.fix(at: state.waiting.last).time < fix.time
  }

  @inline(never)
  private mutating func insertCoarse(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    guard isBehindAllWaiting(fix, state) else { return insertEarlier(fix, &state) }
    pool.insert(fix, after: state.waiting.last, in: &state.waiting)
    return nil
  }

  @inline(never)
  private mutating func insertEarlier(_ fix: Fix, _ state: inout State) -> RejectionReason? {
    var previous = FixPool.none
    var index = state.waiting.first
    while index != FixPool.none, pool.fix(at: index).time < fix.time {
      previous = index
      index = pool.next(after: index)
    }
    guard index != FixPool.none, pool.fix(at: index).time == fix.time else {
      pool.insert(fix, after: previous, in: &state.waiting)
      return nil
    }
    let other = pool.fix(at: index)
    if other.latitude == fix.latitude && other.longitude == fix.longitude {
      pool.note(at: index) { $0.duplicates = $0.duplicates == .max ? .max : $0.duplicates + 1 }
      return .duplicate
    }
    let accuracy = fix.accuracyOrNaN.isNaN ? parameters.assumedAccuracy : fix.accuracyOrNaN
    let otherAccuracy = other.accuracyOrNaN.isNaN ? parameters.assumedAccuracy : other.accuracyOrNaN
    if accuracy < otherAccuracy { pool.replace(at: index, with: fix) }
    pool.note(at: index) {
      $0.duplicates = other.duplicates
      $0.conflicts = other.conflicts == .max ? .max : other.conflicts + 1
    }
    return .conflict
  }

  /// The next fix whose turn it is, or `nil`.
  @inline(__always)
  mutating func release(_ state: inout State) -> Fix? {
    if state.waiting.isEmpty || pool.fix(at: state.waiting.first).time >= bound(state) { return nil }
    return pool.removeFirst(from: &state.waiting)
  }

  /// The next fix whose turn it is, none older than `time` of its vehicle being waited for any more, or `nil`. What comes of its
  /// time or before from here on is late.
  mutating func release(_ state: inout State, before time: Int64) -> Fix? {
    guard !state.waiting.isEmpty, pool.fix(at: state.waiting.first).time < time else { return nil }
    let fix = pool.removeFirst(from: &state.waiting)
    if !isCoarse(fix) { state.newest = max(state.newest, fix.time + parameters.reorderWindow + 1) }
    return fix
  }

  /// The next waiting fix, whether it is its turn or not: the track is over.
  mutating func drain(_ state: inout State) -> Fix? {
    state.waiting.isEmpty ? nil : pool.removeFirst(from: &state.waiting)
  }

  // MARK: In the order of time

  /// Holds a released fix against the last accepted one, `step` being the way between the two.
  ///
  /// Suspects that a later fix does not bear out are dropped and counted as jumps.
  @inline(__always)
  mutating func screen(
    _ fix: Fix, last: AcceptedFix?, over step: FixStep?, _ state: inout State
  ) -> Verdict {
    if fix.accuracyOrNaN >= parameters.coarsestAccuracy, let reason = screenCoarse(fix, last: last, &state) {
      return .rejected(reason)
    }
    guard let step, step.length > parameters.largestSpeed * Double(step.elapsed) / 1000 else {
      if !state.suspects.isEmpty { dropSuspects(&state) }
      return .accepted
    }
    return suspect(fix, &state)
  }

  /// What a coarse fix is held to be, or one of exactly the coarsest accuracy; `nil` where that is good enough.
  @inline(never)
  mutating func screenCoarse(_ fix: Fix, last: AcceptedFix?, _ state: inout State) -> RejectionReason? {
    func isSame(_ other: Coordinate) -> Bool {
      abs(other.latitude - fix.latitude) <= 1e-6 && abs(other.longitude - fix.longitude) <= 1e-6
    }
    let isCoarse = isCoarse(fix)
    if let last, isSame(last.coordinate) { return .frozen }
    if isCoarse && state.hasLastKnown && isSame(state.lastKnown.coordinate) { return .frozen }
    guard isCoarse else { return nil }
    state.lastKnown = CompactCoordinate(fix.coordinate)
    state.hasLastKnown = true
    return .coarse
  }

  @inline(never)
  private mutating func suspect(_ fix: Fix, _ state: inout State) -> Verdict {
    if !state.suspects.isEmpty {
      let before = pool.fix(at: state.suspects.last)
      let elapsed = fix.time - before.time
      let length = Geodesic.step(from: before.coordinate, to: fix.coordinate)
      if elapsed > parameters.witnessWindow || length > parameters.largestSpeed * Double(elapsed) / 1000 {
        dropSuspects(&state)
      }
    }
    if Int(pool.count(of: state.suspects)) + 1 >= parameters.anchorFixes { return .reanchored }
    pool.insert(fix, after: state.suspects.last, in: &state.suspects)
    return .suspected
  }

  /// Whether a fix of the time of the watermark or later might still bear out the suspects; drops them where none can.
  mutating func awaitsWitness(_ state: inout State) -> Bool { awaitsWitness(&state, at: watermark) }

  /// Whether a fix of a time or later might still bear out the suspects; drops them where none can.
  mutating func awaitsWitness(_ state: inout State, at time: Int64) -> Bool {
    guard !state.suspects.isEmpty else { return false }
    if time - pool.fix(at: state.suspects.last).time <= parameters.witnessWindow { return true }
    dropSuspects(&state)
    return false
  }

  /// How far a silence goes that is to last until a time: a fix from before that waits for its turn is none.
  func silence(of state: State, until time: Int64) -> Int64 {
    state.waiting.isEmpty ? time : min(time, pool.fix(at: state.waiting.first).time)
  }

  /// Drops all suspects: they were errors.
  mutating func dropSuspects(_ state: inout State) {
    if !state.suspects.isEmpty { lastSuspectTime = pool.fix(at: state.suspects.last).time }
    state.counts[.jump] &+= pool.count(of: state.suspects)
    pool.removeAll(from: &state.suspects)
  }
}
