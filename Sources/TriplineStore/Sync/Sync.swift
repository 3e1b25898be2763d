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
  /// Positions before 2010, or later than so many milliseconds from now, are no positions: section 8 of the contract.
  static let earliest: Int64 = 1_262_304_000_000
  static let furthest: Int64 = 600_000
  /// Tracks in a row that cannot be fetched, after which it is given up.
  static let mostFailures = 5

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
  ///   - planned: called once, when it is known what is to be done and what the account's numbers mean.
  ///   - progress: called after each track.
  /// - Throws: `MyCarTracksError`, `StoreError` and `CancellationError`. What was fetched until then is there. A track that
  ///   cannot be fetched costs no other.
  public func run(
    _ options: SyncOptions = SyncOptions(), planned: (SyncPlan, UnitFindings) -> Void = { _, _ in },
    progress: (SyncProgress) -> Void = { _ in }
  ) async throws -> SyncOutcome {
    var outcome = SyncOutcome()
    defer { try? archive.keep(client.learned) }
    let vehicles = try await client.vehicles(priority: .background).all()
    let new = try archive.keep(vehicles)
    outcome.vehicles = vehicles.count
    if let fences = try await client.geofences(priority: .background) {
      try archive.keep(fences)
      outcome.fences = fences.count
    }
    try await list(options, new: new, &outcome)
    var fetched: Fetched = [:]
    outcome.units = try await verifyUnits(&fetched)
    // Also those that an earlier sync has listed, and was interrupted before it fetched them.
    let pending = try archive.pendingTracks(vehicles: options.vehicles, since: options.since ?? 0, at: client.time.date)
    planned(await plan(pending, fetched), outcome.units)
    try await fetch(pending, &fetched, &outcome, progress)
    return outcome
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
        let times = Self.earliest...client.time.date + Self.furthest
        let fixes = points.filter { times.contains($0.time) }.compactMap { StoredFix($0, outcome.units) }
        outcome.fixes += try archive.replaceFixes(of: track, with: fixes)
        outcome.unusable += points.count - fixes.count
        outcome.fetched += 1
        failuresInARow = 0
      } catch let error as MyCarTracksError where error.code == .notFound {
        // Removed since it was listed.
        try archive.miss(track)
        outcome.gone += 1
      } catch let error as MyCarTracksError where Self.isOfOneTrack(error) && failuresInARow < Self.mostFailures {
        outcome.failures.append((track.id, error))
        failuresInARow += 1
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

  /// Lists the tracks that may be new, and notes them.
  private func list(_ options: SyncOptions, new: Set<ResourceID>, _ outcome: inout SyncOutcome) async throws {
    let now = client.time.date
    let last = try archive.lastListings(before: now)
    let isFull = last.full.map { now - $0 >= Self.week } ?? true
    var since: Int64?
    if let wanted = options.since {
      since = min(wanted, now)
    } else if let any = last.any {
      since = isFull ? min(any - Self.overlap, now - Self.fullOverlap) : any - Self.overlap
    }
    if let vehicles = options.vehicles {
      for vehicle in vehicles { try await list(since: since, of: vehicle, at: now, &outcome) }
    } else {
      try await list(since: since, of: nil, at: now, &outcome)
      // The history of a vehicle that has come to the account since.
      if last.any != nil && options.since == nil {
        for vehicle in new { try await list(since: nil, of: vehicle, at: now, &outcome) }
      }
    }
    // A list of some vehicles, or from a moment on that was asked for, says nothing of the rest.
    if options.vehicles == nil && options.since == nil {
      try archive.keepListing(at: now, since: since, isFull: isFull)
    }
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
  /// there is not enough to compare, it is tried again a day later.
  private func verifyUnits(_ fetched: inout Fetched) async throws -> UnitFindings {
    let now = client.time.date
    let (known, checked) = try archive.units()
    guard !known.isVerified, checked.map({ now - $0 >= 86_400_000 || $0 > now }) ?? true else { return known }
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
    try archive.keep(findings, at: now)
    return findings
  }

  /// Tracks that are looked at for units, at most.
  private static let mostProbes = 20

  // MARK: The plan

  private func plan(_ pending: [PendingTrack], _ fetched: Fetched) async -> SyncPlan {
    // One request a track, or as many as its points need where the API gives fewer at once, by their usual density.
    let page = client.pageCap(of: "trackpoints") ?? client.configuration.pointPageSize
    let density = Self.density(of: fetched, pending)
    var requests = 0
    for track in pending where fetched[track.number] == nil {
      let seconds = Double(max(0, (track.endTime ?? 0) - (track.startTime ?? track.endTime ?? 0))) / 1000
      requests += max(1, Int((seconds * density / Double(max(1, page))).rounded(.up)))
    }
    // A page as long as the longest so far is followed by a request that finds nothing; tokens take some too.
    requests += requests / 10
    return SyncPlan(
      tracks: pending.count, requests: requests, rateLimit: await client.rateLimit,
      reserve: await client.reserve(of: .background))
  }

  /// Points a second of the tracks that were fetched; one where none was.
  private static func density(of fetched: Fetched, _ pending: [PendingTrack]) -> Double {
    var (points, seconds) = (0.0, 0.0)
    for track in pending {
      guard let list = fetched[track.number], let start = track.startTime, let end = track.endTime else { continue }
      points += Double(list.count)
      seconds += Double(end - start) / 1000
    }
    return seconds > 0 ? points / seconds : 1
  }
}
