public import MyCarTracks

/// Brings an archive up to date with its account.
///
/// What is there already is not fetched again. Each track is one transaction, so that a sync that is killed has lost nothing,
/// and the next one goes on where it was. There is no feed of changes (ASSUMED): the tracks of the last three days are listed
/// each time, those of the last five weeks once a week, and a track is fetched anew whose row in the list has changed.
public struct Sync: Sendable {
  /// How far back tracks are listed each time, in milliseconds.
  public static let overlap: Int64 = 3 * 86_400_000
  /// How far back they are listed once a week.
  public static let fullOverlap: Int64 = 35 * 86_400_000
  static let week: Int64 = 7 * 86_400_000
  /// How long units that were verified are believed, in milliseconds: they may follow an account's settings.
  static let unitsLast: Int64 = 30 * 86_400_000
  /// How long it is waited where there was not enough to verify them.
  static let unitsWait: Int64 = 86_400_000
  /// Positions before 2010, or later than so many milliseconds from now, are no positions: section 8 of the contract.
  static let earliest: Int64 = 1_262_304_000_000
  static let furthest: Int64 = 600_000
  /// Tracks in a row at which the API fails, after which it is given up.
  static let mostFailures = 5
  /// Tracks that cannot be fetched where none could, after which it is given up.
  static let mostRefusals = 50
  /// Vehicles without history, above which that of all is listed.
  static let mostListings = 10

  private let client: MyCarTracksClient
  private let archive: Archive
  /// Points of tracks that were fetched to verify units, by the tracks' numbers.
  private typealias Fetched = [Int64: [TrackPoint]]

  /// Creates a sync of an account into its archive, which was opened for it.
  public init(_ client: MyCarTracksClient, into archive: Archive) {
    self.client = client
    self.archive = archive
  }

  /// Fetches what is missing.
  ///
  /// - Parameters:
  ///   - options: what is wanted.
  ///   - listing: called before tracks are listed, where the API says how many there are.
  ///   - planned: called once, when it is known what is to be done and what the account's numbers mean.
  ///   - progress: called after each track.
  /// - Throws: `MyCarTracksError`, of which `notFound` where there is no such vehicle, `StoreError` and `CancellationError`.
  ///   What was fetched until then is there. A track that cannot be fetched costs no other.
  public func run(
    _ options: SyncOptions = SyncOptions(), listing: (ListingPlan) -> Void = { _ in },
    planned: (SyncPlan, UnitFindings) -> Void = { _, _ in }, progress: (SyncProgress) -> Void = { _ in }
  ) async throws -> SyncOutcome {
    var outcome = SyncOutcome()
    defer { try? archive.keep(client.learned) }
    let isFirst = try archive.counts().fixes == 0
    let vehicles = try await client.vehicles(priority: .background).all()
    try archive.keep(vehicles)
    outcome.vehicles = vehicles.count
    if let unknown = options.vehicles?.first(where: { id in !vehicles.contains { $0.id == id } }) {
      throw MyCarTracksError(
        .notFound, "there is no vehicle \(unknown) that these credentials may see. `tripline vehicles list` has them.")
    }
    try await fetchFences(&outcome)
    try await list(options, vehicles, listing, &outcome)
    var fetched: Fetched = [:]
    outcome.units = try await verifyUnits(&fetched, isForced: options.verifiesUnits)
    // Also those that an earlier sync has listed, and was interrupted before it fetched them.
    let pending = try archive.pendingTracks(vehicles: options.vehicles, since: options.since ?? 0, at: client.time.date)
    planned(try await plan(pending, fetched), outcome.units)
    try await fetch(pending, &fetched, &outcome, progress)
    try archive.derive()
    // Tracks that came newest first leave pages half empty; where somebody reads, or the disk is full, that is no matter.
    if isFirst && outcome.fixes > 0 { try? archive.vacuum() }
    return outcome
  }

  /// The path of fences is ASSUMED: what fails there costs nothing else.
  private func fetchFences(_ outcome: inout SyncOutcome) async throws {
    do {
      guard let fences = try await client.geofences(priority: .background) else { return }
      try archive.keep(fences)
      outcome.fences = fences.count
    } catch let error as MyCarTracksError where Self.isOfOneTrack(error) || error.code == .redirected {
      outcome.fencesFailure = error
    }
  }

  private func fetch(
    _ pending: [PendingTrack], _ fetched: inout Fetched, _ outcome: inout SyncOutcome,
    _ progress: (SyncProgress) -> Void
  ) async throws {
    var failuresInARow = 0
    for (number, track) in pending.enumerated() {
      try Task.checkCancellation()
      do {
        let points =
          if let known = fetched.removeValue(forKey: track.number) { known } else { try await points(of: track) }
        let latest = client.time.date + Self.furthest
        let fixes = points.filter { $0.time >= Self.earliest && $0.time <= latest }.compactMap {
          StoredFix($0, outcome.units)
        }
        var track = track
        // Where this clock is behind, they will be of the past: it is asked for again a day later.
        let isAhead = points.contains { $0.time > latest }
        if isAhead { track.isClosed = false }
        outcome.fixes += try archive.replaceFixes(of: track, with: fixes)
        if isAhead { try archive.fail(track, at: client.time.date) }
        outcome.unusable += points.count - fixes.count
        outcome.fetched += 1
        failuresInARow = 0
      } catch let error as MyCarTracksError where error.code == .notFound {
        // Removed since it was listed.
        try archive.miss(track)
        outcome.gone += 1
      } catch let error as MyCarTracksError where Self.isOfOneTrack(error) && failuresInARow < Self.mostFailures {
        outcome.failures.append((track.id, error))
        // Where nothing at all may be had there is no use in asking on.
        if outcome.fetched == 0 && outcome.failures.count == Self.mostRefusals { throw error }
        // What may not be had is no failure of the API.
        if error.code == .notPermitted || error.code == .badRequest {
          try archive.fail(track, at: client.time.date)
        } else {
          failuresInARow += 1
        }
      }
      progress(SyncProgress(done: number + 1, tracks: pending.count, fixes: outcome.fixes))
    }
  }

  /// Whether an error may be one of a track and not of the API.
  private static func isOfOneTrack(_ error: MyCarTracksError) -> Bool {
    [.notPermitted, .badRequest, .serverFailed, .deadlineExceeded, .malformedAnswer].contains(error.code)
  }

  private func points(of track: PendingTrack) async throws -> [TrackPoint] {
    try await client.trackPoints(of: track.id, priority: .background).all()
  }

  // MARK: Lists

  /// Lists the tracks that may be new, and notes them.
  private func list(
    _ options: SyncOptions, _ vehicles: [Vehicle], _ listing: (ListingPlan) -> Void, _ outcome: inout SyncOutcome
  ) async throws {
    let now = client.time.date
    let last = try archive.lastListings(before: now)
    let isFull = last.full.map { now - $0 >= Self.week } ?? true
    // Those whose history was never listed as a whole: they are new, or a sync was killed before it had come so far.
    let new = try archive.vehiclesWithoutHistory(of: vehicles)
    var since: Int64?
    if let wanted = options.since {
      since = min(wanted, now)
    } else if let any = last.any, new.count <= Self.mostListings {
      since = isFull ? min(any - Self.overlap, now - Self.fullOverlap) : any - Self.overlap
    }
    if options.vehicles == nil && since == nil { try await announce(listing) }
    if let wanted = options.vehicles {
      for vehicle in wanted {
        let isNew = new.contains(vehicle) && options.since == nil
        try await list(since: isNew ? nil : since, of: vehicle, at: now, &outcome)
        if isNew || since == nil { try archive.keepHistory(of: [vehicle], at: now) }
      }
    } else {
      try await list(since: since, of: nil, at: now, &outcome)
      if since == nil {
        try archive.keepHistory(of: Set(vehicles.map(\.id)), at: now)
      } else if options.since == nil {
        for vehicle in new {
          try await list(since: nil, of: vehicle, at: now, &outcome)
          try archive.keepHistory(of: [vehicle], at: now)
        }
      }
    }
    // A list of some vehicles, or from a moment on that was asked for, says nothing of the rest.
    if options.vehicles == nil && options.since == nil {
      try archive.keepListing(at: now, since: since, isFull: isFull || since == nil)
    }
  }

  /// Tells how many requests a list of everything takes, where the API says how many tracks there are.
  private func announce(_ listing: (ListingPlan) -> Void) async throws {
    guard let tracks = try? await client.trackCount(priority: .background) else { return }
    let page = client.configuration.pageSize
    listing(
      ListingPlan(
        tracks: tracks, requests: tracks / page + 1, rateLimit: await client.rateLimit,
        reserve: await client.reserve(of: .background)))
  }

  private func list(since: Int64?, of vehicle: ResourceID?, at now: Int64, _ outcome: inout SyncOutcome) async throws {
    var batch: [Track] = []
    let times = since.map { $0..<now + 86_400_000 }
    for try await track in client.tracks(in: times, of: vehicle, priority: .background) {
      var track = track
      track.vehicleID = track.vehicleID ?? vehicle
      outcome.listed += 1
      batch.append(track)
      if batch.count == 1000 {
        outcome.withoutVehicle += try archive.note(batch, at: now)
        batch.removeAll(keepingCapacity: true)
      }
    }
    outcome.withoutVehicle += try archive.note(batch, at: now)
  }

  // MARK: Units

  /// What the account's numbers mean: as it was found out before, or by the newest closed tracks, whose points are kept. Where
  /// there is not enough to compare, it is tried again a day later; what was found is looked at anew after a month.
  private func verifyUnits(_ fetched: inout Fetched, isForced: Bool) async throws -> UnitFindings {
    let now = client.time.date
    let (known, checked) = try archive.units()
    let wait = known.isVerified ? Self.unitsLast : Self.unitsWait
    guard isForced || checked.map({ now - $0 >= wait || $0 > now }) ?? true else { return known }
    let candidates = try archive.closedTracks(atLeast: UnitProbe.minimumPoints, limit: Self.mostProbes, at: now)
    guard candidates.count >= UnitProbe.minimumTracks else { return known }
    var probe = UnitProbe()
    for track in candidates where !probe.findings.isVerified {
      do {
        let row = try await client.track(track.id, priority: .background)
        let points = try await points(of: track)
        fetched[track.number] = points
        probe.add(row, points)
      } catch let error as MyCarTracksError where error.code == .notFound || Self.isOfOneTrack(error) {
        continue
      }
    }
    let findings = known.merging(probe.findings)
    try archive.keep(
      findings, areSpeedsVerified: probe.findings.speedRatio != nil || probe.findings.speed == .written, at: now)
    return findings
  }

  /// Tracks that are looked at for units, at most.
  private static let mostProbes = 20

  // MARK: The plan

  private func plan(_ pending: [PendingTrack], _ fetched: Fetched) async throws -> SyncPlan {
    // One request a track, or as many as its points need where the API gives fewer at once, by their usual density.
    let page = client.pageCap(of: "trackpoints") ?? client.learned.pointCap ?? client.configuration.pointPageSize
    let density = try Self.density(of: fetched, pending) ?? archive.density() ?? 1
    var largest = client.largestPage(of: "trackpoints")
    var requests = 0
    for track in pending where fetched[track.number] == nil {
      let seconds = Double(max(0, (track.endTime ?? 0) - (track.startTime ?? track.endTime ?? 0))) / 1000
      let points = min(Int(seconds * density) + 1, 10_000_000)
      requests += max(1, (points + page - 1) / page)
      // One as long as the longest so far is followed by a request that finds nothing.
      if min(points % page, page) >= largest { requests += 1 }
      largest = max(largest, min(points, page))
    }
    // What is not quite as it was reckoned, and tokens.
    requests += requests / 20
    return SyncPlan(
      tracks: pending.count, requests: requests, rateLimit: await client.rateLimit,
      reserve: await client.reserve(of: .background))
  }

  /// Points a second of the tracks that were fetched; `nil` where none was.
  private static func density(of fetched: Fetched, _ pending: [PendingTrack]) -> Double? {
    var (points, seconds) = (0.0, 0.0)
    for track in pending {
      guard let list = fetched[track.number], let start = track.startTime, let end = track.endTime else { continue }
      points += Double(list.count)
      seconds += Double(end - start) / 1000
    }
    return seconds > 0 ? points / seconds : nil
  }
}
