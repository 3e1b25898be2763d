/// Keeps account of what may be missing of each vehicle, and from when on history has to be fetched; knows no network and no
/// clock. Times are in milliseconds UTC.
struct LiveGaps: Sendable {
  /// What has to be fetched.
  struct Task: Sendable, Hashable {
    /// The vehicles, each with the time up to which its history has to come: that of its last position, or `min` where it has none
    /// that counts.
    var vehicles: [ResourceID: Int64]
    /// Nothing that ended before is needed.
    var since: Int64
  }

  /// How far before a gap positions may have been missed too, because they came out of their order: devices that were out of
  /// reach for two hours (section 10.3 of the contract) may upload the newest first.
  static let margin: Int64 = 3 * 3_600_000
  /// How far in the future a position may be: section 8 of the contract.
  static let furthest: Int64 = 600_000
  /// Before 2010 there was nothing: section 8 of the contract.
  static let earliest: Int64 = 1_262_304_000_000
  /// How often a vehicle is asked for in vain until what it had as its last position counts as no part of its history.
  static let mostRounds = 6

  private struct Lag: Sendable {
    /// Rounds in which nothing new came.
    var rounds = 0
    var reached: Int64
    var due: Duration
  }

  /// When the feed began.
  private let start: Int64
  /// When an earlier feed still handed positions on; `nil` where there was none.
  private let resumed: Int64?
  /// Whether the last positions of the start are known.
  private(set) var hasStarted = false
  /// Up to which time nothing of a vehicle is missing.
  private var complete: [ResourceID: Int64]
  /// From which time on something of a vehicle may be missing.
  private var missing: [ResourceID: Int64]
  /// The same, of vehicles that are being made up for right now.
  private var madeUpFor: [ResourceID: Int64] = [:]
  /// What lies before was handed on by an earlier feed, or is no matter.
  private var beginnings: [ResourceID: Int64]
  /// When the gap began that is made up for next.
  private var lostAt: Int64
  /// Vehicles whose history has not come as far as their last positions.
  private var lags: [ResourceID: Lag] = [:]

  /// Nothing is missing of what lies before `complete`, of each vehicle.
  init(completeUpTo complete: [ResourceID: Int64], at date: Int64) {
    self.complete = complete
    missing = complete
    beginnings = complete
    (start, lostAt) = (date, date)
    resumed = complete.values.max().map { min($0, date) }
  }

  /// Whether a position can be from this time.
  static func isPlausible(_ time: Int64, at date: Int64) -> Bool { time >= earliest && time <= date + furthest }

  /// Whether anything of a vehicle has come.
  func isKnown(_ vehicle: ResourceID) -> Bool { complete[vehicle] != nil }

  /// Whether positions of a vehicle are missing, or may be.
  func isMissing(_ vehicle: ResourceID) -> Bool { missing[vehicle] != nil || madeUpFor[vehicle] != nil }

  /// Whether nothing is missing, as far as that is known.
  var isEmpty: Bool { missing.isEmpty }

  /// From which time on positions of a vehicle may be fetched once more.
  func floor(of vehicle: ResourceID) -> Int64 {
    guard let complete = complete[vehicle] else { return .min }
    return min(complete, missing[vehicle] ?? complete, madeUpFor[vehicle] ?? complete) - Self.margin
  }

  /// A position of a vehicle has come.
  ///
  /// A vehicle that nothing was known of has been silent since the feed began; if it appears in a gap, it may have been driving
  /// all the while.
  /// What comes by a stream before the last positions of the start are known says nothing of what lay between. One that an earlier
  /// feed has never seen has appeared since that ended.
  mutating func note(_ time: Int64, of vehicle: ResourceID, isFromStream: Bool = false) {
    if complete[vehicle] == nil && beginnings[vehicle] == nil {
      let beginning = hasStarted ? start : min(resumed ?? (isFromStream ? start : time), isFromStream ? start : time)
      beginnings[vehicle] = beginning
      if !hasStarted {
        missing[vehicle] = beginning
      } else if !(missing.isEmpty && madeUpFor.isEmpty) {
        missing[vehicle] = lostAt
      }
    }
    complete[vehicle] = max(complete[vehicle] ?? .min, time)
  }

  /// The first last positions have come, all of which were noted.
  mutating func started() { hasStarted = true }

  /// From here on something may be missed.
  mutating func lose(at date: Int64) {
    if missing.isEmpty { lostAt = date }
    for (vehicle, time) in complete where missing[vehicle] == nil { missing[vehicle] = time }
  }

  /// Whether something is missing that is not waited for.
  func isDue(at now: Duration) -> Bool { missing.keys.contains { lags[$0].map { $0.due <= now } ?? true } }

  /// Begins to make up for what is missing, by the last position of each vehicle; what is lost from here on is noted beside it,
  /// and made up for the next time. `nil` where nothing has to be fetched.
  ///
  /// - Parameter isFollowed: whether a vehicle is one of those that are asked for, as far as that is known.
  mutating func begin(
    _ last: [ResourceID: Int64], at now: Duration, isFollowed: (ResourceID) -> Bool = { _ in true }
  ) -> Task? {
    madeUpFor = missing.filter { lags[$0.key].map { $0.due <= now } ?? true }
    for vehicle in madeUpFor.keys { missing[vehicle] = nil }
    // Those that have moved on, and those that were on their way when the gap began: some of theirs may have come out of order, and
    // a last position may be none that counts. Others have nothing that could be fetched.
    let active = lostAt - Self.furthest
    let known = complete
    madeUpFor = madeUpFor.filter { vehicle, missed in
      (last[vehicle] ?? (isFollowed(vehicle) ? known[vehicle] : nil)).map { $0 > min(missed, active) } ?? false
    }
    guard let first = madeUpFor.values.min() else { return nil }
    let vehicles = madeUpFor.keys.map { ($0, last[$0] ?? .min) }
    return Task(vehicles: Dictionary(uniqueKeysWithValues: vehicles), since: first - Self.margin)
  }

  /// From which time on the points of a vehicle are to be handed on, of one that is being made up for.
  ///
  /// Some may have come out of their order before; what is known is left out. Nothing of an earlier feed is.
  func beginning(of vehicle: ResourceID) -> Int64? {
    madeUpFor[vehicle].map { max($0 - Self.margin, beginnings[vehicle] ?? .min) }
  }

  /// History of a vehicle has been fetched, up to a time, or without any point; where some of it failed it is still missing.
  mutating func conclude(
    _ vehicle: ResourceID, of task: Task, reached: Int64?, hasFailed: Bool, at now: Duration
  ) {
    guard let last = task.vehicles[vehicle], let missed = madeUpFor.removeValue(forKey: vehicle) else { return }
    let reached = reached ?? .min
    if reached >= last && !hasFailed {
      lags[vehicle] = nil
      return
    }
    var lag = lags[vehicle] ?? Lag(reached: .min, due: now)
    lag.rounds = reached > lag.reached ? 0 : lag.rounds + 1
    lag.reached = max(lag.reached, reached)
    lag.due = now + LiveSessionMachine.pollInterval * (1 << min(lag.rounds, 5))
    let isGivenUp = lag.rounds >= Self.mostRounds
    lags[vehicle] = isGivenUp ? nil : lag
    if !isGivenUp { missing[vehicle] = min(missing[vehicle] ?? .max, missed) }
  }

  /// History could not be fetched: what was not concluded is still missing.
  mutating func abandon() {
    for (vehicle, time) in madeUpFor { missing[vehicle] = min(missing[vehicle] ?? .max, time) }
    madeUpFor = [:]
  }
}
