public import MyCarTracks

/// Brings an archive up to date with an account.
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

  private let client: MyCarTracksClient
  private let archive: Archive
  private let account: Archive.AccountNumber
  /// Points of a track that were fetched, and are not fetched again in this run.
  private typealias Fetched = [Int64: [TrackPoint]]

  /// Creates a sync of an account into an archive.
  public init(_ client: MyCarTracksClient, into archive: Archive, account: Archive.AccountNumber) {
    self.client = client
    self.archive = archive
    self.account = account
  }

  /// Fetches what is missing.
  ///
  /// - Parameters:
  ///   - options: what is wanted.
  ///   - planned: called once, when it is known what is to be done and what the account's numbers mean.
  ///   - progress: called after each track.
  /// - Throws: `MyCarTracksError`, `StoreError` and `CancellationError`. What was fetched until then is there.
  public func run(
    _ options: SyncOptions = SyncOptions(), planned: (SyncPlan, UnitFindings) -> Void = { _, _ in },
    progress: (SyncProgress) -> Void = { _ in }
  ) async throws -> SyncOutcome {
    var outcome = SyncOutcome()
    defer { try? archive.keep(client.learned, of: account) }
    let vehicles = try await client.vehicles(priority: .background).all()
    try archive.keep(vehicles, of: account)
    let fences = try await client.geofences(priority: .background)
    try archive.keep(fences, of: account)
    (outcome.vehicles, outcome.fences) = (vehicles.count, fences.count)
    try await list(options, &outcome)
    // Also those that an earlier sync has listed, and was interrupted before it fetched them.
    let pending = try archive.pendingTracks(
      of: account, vehicles: options.vehicles, since: options.since ?? 0, at: client.time.date)
    var fetched: Fetched = [:]
    let units = try await verifyUnits(pending, &fetched)
    outcome.units = units
    planned(await plan(pending, fetched), units)
    for track in pending {
      try Task.checkCancellation()
      do {
        let points =
          if let known = fetched.removeValue(forKey: track.number) { known } else { try await points(of: track) }
        let fixes = points.compactMap { StoredFix($0, units) }
        outcome.fixes += try archive.replaceFixes(of: track, with: fixes)
        outcome.unusable += points.count - fixes.count
        outcome.fetched += 1
      } catch let error as MyCarTracksError where error.code == .notFound {
        // Removed since it was listed.
        outcome.gone += 1
      }
      progress(SyncProgress(fetched: outcome.fetched + outcome.gone, tracks: pending.count, fixes: outcome.fixes))
    }
    return outcome
  }

  private func points(of track: PendingTrack) async throws -> [TrackPoint] {
    try await client.trackPoints(of: track.id, priority: .background).all()
  }

  /// Lists the tracks that may be new, and notes them.
  private func list(_ options: SyncOptions, _ outcome: inout SyncOutcome) async throws {
    let now = client.time.date
    let last = try archive.lastListings(of: account)
    let isFull = last.full.map { now - $0 >= Self.week } ?? true
    var since: Int64 = 0
    if let wanted = options.since {
      since = wanted
    } else if let any = last.any {
      since = isFull ? min(any - Self.overlap, now - Self.fullOverlap) : any - Self.overlap
    }
    // What an earlier sync has found out about units turns the list's numbers into metres; else it is done afterwards.
    let units = try archive.units(of: account) ?? UnitFindings()
    var batch: [Track] = []
    for vehicle in options.vehicles.map({ $0.map(Optional.some) }) ?? [nil] {
      let times = since > 0 ? since..<now + 86_400_000 : nil
      for try await track in client.tracks(in: times, of: vehicle, priority: .background) {
        outcome.listed += 1
        batch.append(track)
        if batch.count == 1000 {
          try archive.note(batch, units: units, at: now, of: account)
          batch.removeAll(keepingCapacity: true)
        }
      }
    }
    try archive.note(batch, units: units, at: now, of: account)
    // A list of some vehicles, or from later on than the last one, says nothing of the rest.
    if options.vehicles == nil && options.since == nil {
      try archive.keepListing(at: now, isFull: isFull, of: account)
    }
  }

  /// What the account's numbers mean: as it was found out before, or by the newest closed tracks, whose points are kept.
  private func verifyUnits(_ pending: [PendingTrack], _ fetched: inout Fetched) async throws -> UnitFindings {
    if let known = try archive.units(of: account), known.isVerified { return known }
    var probe = UnitProbe()
    for track in pending where track.isClosed {
      guard !probe.isComplete, fetched.count < Self.mostProbes else { break }
      do {
        let row = try await client.track(track.id, priority: .background)
        let points = try await points(of: track)
        fetched[track.number] = points
        probe.add(row, points)
      } catch let error as MyCarTracksError where error.code == .notFound {
        continue
      }
    }
    let findings = probe.findings
    if findings.isVerified { try archive.keepVerified(findings, of: account) }
    return findings
  }

  /// Tracks that are looked at for units, at most.
  private static let mostProbes = 20

  private func plan(_ pending: [PendingTrack], _ fetched: Fetched) async -> SyncPlan {
    // One request a track, or as many as its points need where the API gives fewer at once, by their usual density.
    let page = client.learned.largestPages["trackpoints"] ?? client.configuration.pointPageSize
    let density = Self.density(of: fetched, pending)
    var requests = 0
    for track in pending where fetched[track.number] == nil {
      let seconds = max(0, (track.endTime ?? 0) - (track.startTime ?? track.endTime ?? 0)) / 1000
      requests += max(1, Int(Double(seconds) * density / Double(max(1, page))))
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
