import Foundation
import MyCarTracks
import MyCarTracksSandbox
import MyCarTracksTesting
import Testing
import TriplineCore
import TriplineFormats
import TriplineTesting

@testable import TriplineStore

/// An archive in a folder of its own, and an account in the same process.
final class SyncedAccount {
  let folder: URL
  let archive: Archive
  let time: ManualTime
  let transport: SandboxTransport
  let account: Archive.AccountNumber
  private let options: SandboxOptions

  init(_ account: SandboxAccount, _ options: SandboxOptions = SandboxOptions(), date: Int64 = 1_780_000_060_000) throws
  {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    archive = try Archive(path: folder.appendingPathComponent("fleet.db").path)
    time = ManualTime(date: date)
    transport = SandboxTransport(Sandbox(account: account, options: options), time: time)
    self.account = try archive.account(baseURL: "sandbox", clientID: options.clientID)
    self.options = options
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Another account's state under the same archive, as if the account had changed.
  func sync(
    from transport: SandboxTransport? = nil, _ wanted: SyncOptions = SyncOptions(),
    planned: (SyncPlan, UnitFindings) -> Void = { _, _ in },
    progress: (SyncProgress) -> Void = { _ in }
  ) async throws -> SyncOutcome {
    let client = MyCarTracksClient(
      credentials: Credentials(clientID: options.clientID, clientSecret: Secret(options.clientSecret)),
      configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3"),
      learned: try archive.learned(of: account) ?? LearnedSettings(), transport: transport ?? self.transport,
      time: time,
      chance: { 0.5 })
    return try await Sync(client, into: archive, account: account).run(wanted, planned: planned, progress: progress)
  }

  /// All fixes of the archive by the ids of vehicle and track, as the readers give them.
  func fixes() throws -> [String: [Fix]] {
    let recorded = RecordedInputs([InputFile(path: archive.path)])
    #expect(recorded.failures.isEmpty)
    return Dictionary(
      uniqueKeysWithValues: recorded.tracks.map { ("\($0.track.vehicleID)/\($0.track.trackID)", $0.fixes) })
  }
}

extension SandboxAccount {
  /// Expects an archive to have all of this account, each fix once.
  func expectWhole(_ synced: SyncedAccount, _ comment: String = "") throws {
    let fixes = try synced.fixes()
    #expect(fixes.count == tracks.count, "\(comment)")
    for track in tracks {
      let kept = fixes["\(vehicles[track.vehicle].id)/\(track.id)"] ?? []
      // What has the same time and the same place to a centimetre is one fix.
      var sent: [SandboxPoint] = []
      for point in track.points.sorted(by: {
        ($0.time, $0.latitude, $0.longitude) < ($1.time, $1.latitude, $1.longitude)
      }) {
        if let last = sent.last, last.time == point.time, abs(last.latitude - point.latitude) < 1e-7,
          abs(last.longitude - point.longitude) < 1e-7
        {
          continue
        }
        sent.append(point)
      }
      #expect(kept.count == sent.count, "\(comment) track \(track.id)")
      let isSame = zip(kept, sent).allSatisfy { fix, point in
        fix.time == point.time && abs(fix.latitude - point.latitude) <= 5.1e-8
          && abs(fix.longitude - point.longitude) <= 5.1e-8
          && (!point.speed.isFinite || abs((fix.speed ?? .nan) - point.speed) <= 0.0101)
      }
      #expect(isSame, "\(comment) track \(track.id)")
    }
    #expect(try synced.archive.check().isEmpty, "\(comment)")
  }
}

@Suite struct SyncTests {
  private let account = SandboxAccount.synthetic(vehicles: 3, tracks: 4, points: 40)

  @Test(arguments: ["A", "B", "C"])
  func `an account is archived, whatever its dialect, and once it is there nothing is fetched again`(preset: String)
    async throws
  {
    var options = SandboxOptions()
    options.dialect = try #require(["A": Dialect.a, "B": .b, "C": .c][preset])
    let synced = try SyncedAccount(account, options)
    let first = try await synced.sync()
    #expect(first.fetched == 12 && first.fixes == 480 && first.vehicles == 3)
    // Distances of C are text with their unit, which leaves nothing to be found out.
    #expect(first.units.isVerified == (preset != "C"))
    try account.expectWhole(synced)
    let requests = synced.transport.requests.count
    synced.time.advance(by: .seconds(3600))
    let second = try await synced.sync()
    #expect(second.fetched == 0 && second.fixes == 0)
    #expect(synced.transport.requests.count - requests <= 12)
    try account.expectWhole(synced)
  }

  @Test func `a track that has grown is fetched anew, and only that one`() async throws {
    let end: Int64 = 1_780_000_000_000
    var options = SandboxOptions()
    options.replay = SandboxOptions.Replay(start: end - 15_000, began: 1_780_000_060_000, speed: 1)
    let synced = try SyncedAccount(account, options)
    _ = try await synced.sync()
    #expect(try synced.archive.counts().fixes < 480)
    synced.time.advance(by: .seconds(60))
    let second = try await synced.sync()
    #expect(second.fetched == 3)
    try account.expectWhole(synced)
  }

  @Test func `fixes of one time at two places are both kept, and one that comes twice once`() async throws {
    var account = SandboxAccount()
    let vehicle = account.addVehicle(named: "Van")
    let points = (0..<40).map {
      SandboxPoint(
        time: 1_779_000_000_000 + Int64($0) * 1000, latitude: 48, longitude: 17 + Double($0) / 7460, speed: 10)
    }
    var doubled = points
    doubled.append(points[7])
    doubled.append(SandboxPoint(time: points[9].time, latitude: 48.5, longitude: 17, speed: 10))
    account.addTrack(of: vehicle, doubled)
    let synced = try SyncedAccount(account)
    _ = try await synced.sync()
    let fixes = try #require(try synced.fixes().values.first)
    #expect(fixes.count == 41)
    #expect(fixes.count { $0.time == points[7].time } == 1)
    #expect(Set(fixes.filter { $0.time == points[9].time }.map(\.latitude)) == [48, 48.5])
    #expect(try synced.archive.check().isEmpty)
  }

  @Test func `of some vehicles and times only those are fetched`() async throws {
    let synced = try SyncedAccount(account)
    let day: Int64 = 86_400_000
    let outcome = try await synced.sync(
      SyncOptions(since: 1_780_000_000_000 - day - 3_600_000, vehicles: [ResourceID("102")]))
    #expect(outcome.fetched == 2)
    #expect(try synced.fixes().keys.allSatisfy { $0.hasPrefix("102/") })
    _ = try await synced.sync(SyncOptions(since: 0))
    try account.expectWhole(synced)
  }

  @Test func `what fails for a while costs nothing, and the secret is not in the archive`() async throws {
    var options = SandboxOptions()
    options.faults = [.serverErrors, .unauthorized, .truncatedBody, .brokenConnection, .shortTokens]
    options.dialect.limitCap = 15
    for seed in 1...5 as ClosedRange<UInt64> {
      options.seed = seed
      let synced = try SyncedAccount(account, options)
      var isDone = false
      // A sync that meets too much of it ends; the next one goes on.
      for _ in 0..<20 where !isDone {
        do {
          _ = try await synced.sync()
          isDone = true
        } catch is MyCarTracksError {}
      }
      try account.expectWhole(synced, "seed \(seed)")
      let bytes = try Data(contentsOf: URL(fileURLWithPath: synced.archive.path))
      #expect(bytes.range(of: Data(options.clientSecret.utf8)) == nil)
    }
  }

  @Test func `the plan is kept to`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 40
    let synced = try SyncedAccount(
      SandboxAccount.synthetic(vehicles: 4, tracks: 50, points: 60, variation: 25), options)
    var plan: (plan: SyncPlan, requests: Int, elapsed: Duration)?
    _ = try await synced.sync(planned: { made, _ in plan = (made, synced.transport.requests.count, synced.time.elapsed)
    })
    let (made, before, start) = try #require(plan)
    let requests = synced.transport.requests.count - before
    #expect(
      made.tracks == 200 && requests <= made.requests && requests >= made.requests * 9 / 10,
      "\(requests) of \(made.requests)")
    let took = synced.time.elapsed - start
    #expect(took <= made.duration && took >= made.duration * 0.7, "\(took) of \(made.duration)")
    #expect(synced.transport.sandbox.statuses[403] == nil)
  }

  /// The whole year of 500 vehicles is `Scripts/simulate-sync`.
  @Test func `months of a fleet are synced within the limit, without one refusal`() async throws {
    let environment = ProcessInfo.processInfo.environment
    let vehicles = environment["TRIPLINE_SIMULATED_VEHICLES"].flatMap { Int($0) } ?? 20
    let days = environment["TRIPLINE_SIMULATED_DAYS"].flatMap { Int($0) } ?? 30
    let account = SandboxAccount.synthetic(vehicles: vehicles, tracks: days, points: 60, variation: 25)
    let synced = try SyncedAccount(account)
    let outcome = try await synced.sync()
    #expect(outcome.fetched == vehicles * days)
    #expect(outcome.fixes == account.tracks.reduce(0) { $0 + $1.points.count })
    #expect(synced.transport.sandbox.statuses[403] == nil)
    let windows = synced.time.elapsed / .seconds(901)
    #expect(Double(synced.transport.requests.count) <= 150 * (windows + 1))
    print(
      "synthetic: \(vehicles) vehicles, \(days) days: \(synced.transport.requests.count) requests in \(windows) windows, refused: \(synced.transport.sandbox.statuses[403] ?? 0)"
    )
  }
}
