import ArgumentParser
import Foundation
import MyCarTracks
import TriplineFormats
import TriplineStore

/// `tripline sync`
struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Bring an archive up to date with a MyCarTracks account.",
    discussion: """
      \(Account.help)

      Without --since it is all there is, and later what is new. What is there is
      not fetched again; what is interrupted goes on where it was. Units are
      verified first, for the API does not say what its numbers mean. Then it
      tells how many requests there will be and how long they take, and keeps
      within what the account has.

      The archive is a SQLite file, and an input of replay, score and all the
      others.

      Examples:
        tripline sync --since 30d
        tripline sync --archive fleet.db && tripline score fleet.db --by vehicle
        tripline sync -q --keep 400d
      """)

  @OptionGroup var archive: ArchiveOption

  @Option(help: "Tracks that end at this time or later: a day, a time in UTC, or so long ago, like 30d.")
  var since: String?

  @Option(help: ArgumentHelp("Only this vehicle, by its id; may be repeated.", valueName: "id"))
  var vehicle: [String] = []

  @Option(
    help: ArgumentHelp("Remove fixes of tracks that ended longer ago than this, like 400d.", valueName: "time"))
  var keep: DurationText?

  @Flag(help: "Find out anew what the account's numbers mean, as after its settings were changed.")
  var verifyUnits = false

  @Flag(help: "The credentials are new ones of the account whose archive it is.")
  var sameAccount = false

  @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
  var quiet = false

  func validate() throws {
    guard let since, Self.instant(since, now: 0) == nil else { return }
    throw ValidationError("--since takes a day, a time in UTC, or a length of time, like 2026-10-01 or 30d")
  }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let file = archive.file
    let (baseURL, clientID) = try await ExitStatus.reporting {
      (try ClientConfiguration(environment: environment).baseURL, try Credentials(environment: environment).clientID)
    }
    try await ExitStatus.reporting {
      let archive = try Archive(path: file)
      let lock = try StoreLock(path: file)
      try archive.open(baseURL: baseURL, clientID: clientID, isSame: sameAccount)
      let outcome = try await Account.run(learned: try archive.learned()) { try await sync($0, archive) }
      if let keep {
        let count = try archive.prune(before: Int64(Date().timeIntervalSince1970 * 1000) - keep.milliseconds)
        if !quiet { Messages.note("\(count) fixes removed that were older") }
      }
      _ = consume lock
      report(outcome)
      guard outcome.failures.isEmpty else { throw ExitStatus.unavailable }
    }
  }

  private func sync(_ client: MyCarTracksClient, _ archive: Archive) async throws -> SyncOutcome {
    let options = SyncOptions(
      since: since.flatMap { Self.instant($0, now: client.time.date) },
      vehicles: vehicle.isEmpty ? nil : Set(vehicle.map { ResourceID($0) }), verifiesUnits: verifyUnits)
    let line = StatusLine()
    var start = ContinuousClock.now
    defer {
      line.finish()
      for (list, count) in client.skippedRows.sorted(by: { $0.key < $1.key }) {
        Messages.warning("\(count) rows of \(list) could not be read and were left out")
      }
    }
    return try await Sync(client, into: archive).run(
      options,
      listing: { plan in
        guard !quiet else { return }
        Messages.note(
          "\(plan.tracks) tracks to list: \(plan.requests) requests, about \(TimeSpan.text(Int64(plan.duration / .milliseconds(1))))"
        )
      },
      planned: { plan, units in
        start = .now
        guard !quiet else { return }
        Messages.note(units.report)
        Messages.note(
          "\(plan.tracks) tracks to fetch: \(plan.requests) requests, about \(TimeSpan.text(Int64(plan.duration / .milliseconds(1)))) within the account's limit"
        )
      }, progress: { progress in if !quiet { line.draw(progress.text(after: .now - start)) } })
  }

  private func report(_ outcome: SyncOutcome) {
    for failure in outcome.failures { Messages.warning("track \(failure.track): \(failure.error)") }
    if !outcome.failures.isEmpty {
      Messages.warning("\(outcome.failures.count) tracks could not be fetched; the next sync tries again")
    }
    if let failure = outcome.fencesFailure { Messages.warning("fences cannot be listed: \(failure)") }
    if outcome.withoutVehicle > 0 {
      Messages.warning("\(outcome.withoutVehicle) tracks have no vehicle, and are left out")
    }
    if outcome.unusable > 0 {
      Messages.warning("\(outcome.unusable) points have a place or a time that cannot be, and are left out")
    }
    guard !quiet else { return }
    let fences = outcome.fences.map { "\($0) fences" } ?? "fences are not listed"
    Messages.note(
      "\(outcome.vehicles) vehicles, \(fences), \(outcome.listed) tracks listed; \(outcome.fetched) fetched with \(outcome.fixes) fixes"
        + (outcome.gone > 0 ? ", \(outcome.gone) gone meanwhile" : ""))
  }

  /// A day, a time, or a length of time before `now`, in milliseconds UTC.
  private static func instant(_ text: String, now: Int64) -> Int64? {
    if let span = DurationText(argument: text) { return max(0, now - span.milliseconds) }
    return TimeWindow.instant(text)
  }
}

extension SyncProgress {
  /// How far it is, `elapsed` after the first track, for people.
  fileprivate func text(after elapsed: Duration) -> String {
    let left = elapsed / .milliseconds(1) / Double(max(1, done)) * Double(tracks - done)
    let bar = StatusLine.bar(Double(done) / Double(max(1, tracks)))
    return "\(bar) \(done) of \(tracks) tracks, \(fixes) fixes, \(TimeSpan.text(Int64(left))) left"
  }
}
