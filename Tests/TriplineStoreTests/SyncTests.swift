import Foundation
import MyCarTracks
import MyCarTracksSandbox
import MyCarTracksTesting
import Synchronization
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
  private let options: SandboxOptions

  init(_ account: SandboxAccount, _ options: SandboxOptions = SandboxOptions(), date: Int64 = 1_780_000_060_000) throws
  {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("archive-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    Self.remove(folder)
    archive = try Archive(path: folder.appendingPathComponent("fleet.db").path)
    time = ManualTime(date: date)
    transport = SandboxTransport(Sandbox(account: account, options: options), time: time)
    try archive.open(baseURL: "sandbox", clientID: options.clientID)
    self.options = options
  }

  private static let folders = Mutex<[URL]>([])

  /// Removes a folder at the end of the process: an archive may be in use when nobody has the account any more.
  private static func remove(_ folder: URL) {
    folders.withLock { folders in
      if folders.isEmpty {
        atexit {
          for folder in SyncedAccount.folders.withLock({ $0 }) { try? FileManager.default.removeItem(at: folder) }
        }
      }
      folders.append(folder)
    }
  }

  /// Another account's state under the same archive, as if the account had changed.
  func sync(
    from transport: (any HTTPTransport)? = nil, _ wanted: SyncOptions = SyncOptions(),
    listing: (ListingPlan) -> Void = { _ in }, planned: (SyncPlan, UnitFindings) -> Void = { _, _ in },
    progress: (SyncProgress) -> Void = { _ in }
  ) async throws -> SyncOutcome {
    let client = MyCarTracksClient(
      credentials: Credentials(clientID: options.clientID, clientSecret: Secret(options.clientSecret)),
      configuration: try ClientConfiguration(baseURL: "http://127.0.0.1:1/services/rest/v3"),
      learned: try archive.learned(), transport: transport ?? self.transport,
      time: time,
      chance: { 0.5 })
    return try await Sync(client, into: archive).run(
      wanted, listing: listing, planned: planned, progress: progress)
  }

  /// All fixes of the archive by the ids of vehicle and track, as the readers give them.
  func fixes() throws -> [String: [Fix]] {
    let recorded = RecordedInputs([InputFile(path: archive.path)])
    #expect(recorded.failures.isEmpty)
    return Dictionary(
      uniqueKeysWithValues: recorded.tracks.map { ("\($0.track.vehicleID)/\($0.track.trackID)", $0.fixes) })
  }
}

/// Answers to some paths have a status of their own.
private struct FailingTransport: HTTPTransport {
  let base: SandboxTransport
  let paths: [String]
  let status: Int

  init(_ base: SandboxTransport, path: String..., status: Int = 500) {
    self.base = base
    paths = path
    self.status = status
  }

  func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
    guard paths.contains(where: request.url.contains) else { return try await base.send(request, deadline: deadline) }
    return HTTPReply(status: status, headers: ["X-Rate-Limit-Remaining": "100"])
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

  @Test(arguments: dialects.keys.sorted())
  func `an account is archived, whatever its dialect, and once it is there nothing is fetched again`(name: String)
    async throws
  {
    var options = SandboxOptions()
    options.dialect = try #require(dialects[name])
    let synced = try SyncedAccount(account, options)
    let first = try await synced.sync()
    #expect(first.fetched == 12 && first.fixes == 480 && first.vehicles == 3)
    #expect(first.units.isVerified)
    try account.expectWhole(synced)
    let requests = synced.transport.requests.count
    synced.time.advance(by: .seconds(3600))
    // The last track of each vehicle might have gone on.
    let second = try await synced.sync()
    #expect(second.fetched == 3 && second.fixes == 120)
    // Of 40 points 7 at once are six requests.
    #expect(synced.transport.requests.count - requests <= (name == "limitCap=7" ? 40 : 16))
    #expect(try await synced.sync().fetched == 0)
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
      // What was written last is in the log beside it.
      let bytes = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: synced.archive.path + $0)) }
      #expect(bytes.contains { $0.range(of: Data(options.clientID.utf8)) != nil })
      #expect(bytes.allSatisfy { $0.range(of: Data(options.clientSecret.utf8)) == nil })
    }
  }

  /// A transport to the account as it is now.
  private func transport(
    _ account: SandboxAccount, _ synced: SyncedAccount, _ options: SandboxOptions = SandboxOptions()
  )
    -> SandboxTransport
  {
    SandboxTransport(Sandbox(account: account, options: options), time: synced.time)
  }

  @Test func `a track that is split, and one that comes to another vehicle, keep all their fixes`() async throws {
    let points = account.tracks[3].points
    func split(_ parts: [(vehicle: Int, points: ArraySlice<SandboxPoint>)]) -> SandboxAccount {
      var account = SandboxAccount()
      for name in ["Van 1", "Van 2"] { _ = account.addVehicle(named: name) }
      for part in parts { account.addTrack(of: part.vehicle, Array(part.points)) }
      return account
    }
    let synced = try SyncedAccount(split([(0, points[...])]))
    _ = try await synced.sync()
    synced.time.advance(by: .seconds(3600))
    // The second half is newer, and fetched first; the point between them is in both.
    let halves = split([(0, points[...20]), (0, points[20...])])
    _ = try await synced.sync(from: transport(halves, synced))
    try halves.expectWhole(synced, "split")
    synced.time.advance(by: .seconds(3600))
    let moved = split([(0, points[...20]), (1, points[20...])])
    _ = try await synced.sync(from: transport(moved, synced))
    try moved.expectWhole(synced, "moved")
  }

  @Test func `the history of a vehicle that comes to the account later is fetched too`() async throws {
    let one = SandboxAccount.synthetic(vehicles: 1, tracks: 10, points: 40)
    let both = SandboxAccount.synthetic(vehicles: 2, tracks: 10, points: 40)
    let synced = try SyncedAccount(one)
    _ = try await synced.sync()
    synced.time.advance(by: .seconds(3600))
    let outcome = try await synced.sync(from: transport(both, synced))
    // And the last track of the other one, which might have gone on.
    #expect(outcome.fetched == 11)
    try both.expectWhole(synced)
  }

  @Test func `the history of a new vehicle comes also where a sync ends before it is listed`() async throws {
    let day: Int64 = 86_400_000
    let one = SandboxAccount.synthetic(vehicles: 1, tracks: 60, points: 40)
    let both = SandboxAccount.synthetic(vehicles: 2, tracks: 60, points: 40)
    for isOfVehicle in [false, true] {
      let synced = try SyncedAccount(one)
      _ = try await synced.sync()
      synced.time.advance(by: .seconds(3600))
      let transport = transport(both, synced)
      if isOfVehicle {
        // A part of it was asked for before.
        _ = try await synced.sync(
          from: transport, SyncOptions(since: 1_780_000_000_000 - 3 * day, vehicles: [ResourceID("102")]))
      } else {
        let failing = FailingTransport(transport, path: "/tracks2")
        await #expect(throws: MyCarTracksError.self) { _ = try await synced.sync(from: failing) }
      }
      _ = try await synced.sync(from: transport)
      try both.expectWhole(synced, "of a vehicle first: \(isOfVehicle)")
    }
  }

  @Test func `a vehicle that is not there is told`() async throws {
    let synced = try SyncedAccount(account)
    let error = await #expect(throws: MyCarTracksError.self) {
      _ = try await synced.sync(SyncOptions(vehicles: [ResourceID("4712")]))
    }
    #expect(error?.code == .notFound && error?.message.contains("4712") == true)
  }

  @Test func `what may not be had keeps nothing else back, and is asked for a day later`() async throws {
    let account = SandboxAccount.synthetic(vehicles: 1, tracks: 30, points: 40)
    let synced = try SyncedAccount(account)
    // The ten newest.
    let failing = FailingTransport(
      synced.transport, path: "/trackpoints/9002", "/trackpoints/90030", status: 403)
    let outcome = try await synced.sync(from: failing)
    #expect(outcome.failures.count == 11 && outcome.fetched == 19)
    #expect(outcome.failures.allSatisfy { $0.error.code == .notPermitted })
    #expect(try await synced.sync().fetched == 0)
    synced.time.advance(by: .seconds(86_400))
    _ = try await synced.sync()
    try account.expectWhole(synced)
  }

  @Test func `where nothing at all may be had it is given up`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 1000
    let synced = try SyncedAccount(SandboxAccount.synthetic(vehicles: 2, tracks: 40, points: 5), options)
    let failing = FailingTransport(synced.transport, path: "/trackpoints/", status: 403)
    let error = await #expect(throws: MyCarTracksError.self) { _ = try await synced.sync(from: failing) }
    #expect(error?.code == .notPermitted)
    #expect(synced.transport.requests.count < 40)
  }

  @Test(arguments: [400, 405, 501, 200])
  func `whatever the place for fences answers, tracks are synced`(status: Int) async throws {
    let synced = try SyncedAccount(account)
    let failing = FailingTransport(synced.transport, path: "/geofences", status: status)
    let outcome = try await synced.sync(from: failing)
    #expect(outcome.fencesFailure != nil && outcome.fences == nil)
    try account.expectWhole(synced)
  }

  @Test func `units of a large fleet are verified before its points are kept`() async throws {
    var options = SandboxOptions()
    options.dialect.speed = .ms
    options.dialect.distance = .m
    options.requestsPerWindow = 1000
    let account = SandboxAccount.synthetic(vehicles: 60, tracks: 3, points: 40)
    let synced = try SyncedAccount(account, options)
    let outcome = try await synced.sync()
    #expect(outcome.units.isVerified && outcome.units.speed == .metersPerSecond && outcome.units.distance == .meters)
    try account.expectWhole(synced)
  }

  @Test func `speeds that have their unit with them stay, once that is found out`() async throws {
    var options = SandboxOptions()
    options.dialect.speed = .text
    let early = SandboxAccount.synthetic(vehicles: 1, tracks: 2, points: 40)
    let late = SandboxAccount.synthetic(vehicles: 1, tracks: 12, points: 40, end: 1_780_000_000_000 + 10 * 86_400_000)
    let synced = try SyncedAccount(early, options)
    #expect(try await synced.sync().units.speed == .kilometersPerHour)
    synced.time.advance(by: .seconds(10 * 86_400))
    #expect(try await synced.sync(from: transport(late, synced, options)).units.speed == .written)
    try late.expectWhole(synced)
  }

  @Test func `an account whose settings have changed is read right, before and after`() async throws {
    let month: Int64 = 31 * 86_400_000
    let early = SandboxAccount.synthetic(vehicles: 1, tracks: 8, points: 40)
    var options = SandboxOptions()
    let synced = try SyncedAccount(early, options)
    #expect(try await synced.sync().units.speed == .kilometersPerHour)
    let late = SandboxAccount.synthetic(vehicles: 1, tracks: 39, points: 40, end: 1_780_000_000_000 + month)
    options.dialect.speed = .mph
    synced.time.advance(by: .milliseconds(month))
    #expect(try await synced.sync(from: transport(late, synced, options)).units.speed == .milesPerHour)
    // And where it is asked for.
    options.dialect.speed = .ms
    let again = try await synced.sync(from: transport(late, synced, options), SyncOptions(verifiesUnits: true))
    #expect(again.units.speed == .metersPerSecond)
    let speeds = try synced.fixes().values.joined().map { $0.speed ?? .nan }
    #expect(speeds.count == 39 * 40 && speeds.allSatisfy { abs($0 - 10) < 0.02 })
  }

  @Test func `after a change of settings, what was read in the unit of before is fetched anew, however old it is`()
    async throws
  {
    let month: Int64 = 31 * 86_400_000
    var options = SandboxOptions()
    options.requestsPerWindow = 1000
    let synced = try SyncedAccount(SandboxAccount.synthetic(vehicles: 1, tracks: 8, points: 40), options)
    #expect(try await synced.sync().units.speed == .kilometersPerHour)
    // Ten days later the settings have changed, and a vehicle has come with a history of its own.
    options.dialect.speed = .mph
    synced.time.advance(by: .seconds(10 * 86_400))
    let two = SandboxAccount.synthetic(vehicles: 2, tracks: 20, points: 40, end: 1_780_000_000_000 + 10 * 86_400_000)
    _ = try await synced.sync(from: transport(two, synced, options))
    synced.time.advance(by: .milliseconds(month - 10 * 86_400_000))
    #expect(try await synced.sync(from: transport(two, synced, options)).units.speed == .milesPerHour)
    let speeds = try synced.fixes().values.joined().map { $0.speed ?? .nan }
    #expect(speeds.count == 40 * 40 && speeds.allSatisfy { abs($0 - 10) < 0.02 })
  }

  @Test func `what was pruned stays so, also where units are found out later`() async throws {
    var options = SandboxOptions()
    options.dialect.speed = .text
    let early = SandboxAccount.synthetic(vehicles: 1, tracks: 3, points: 40)
    let synced = try SyncedAccount(early, options)
    _ = try await synced.sync()
    #expect(try synced.archive.prune(before: 1_780_000_000_000 - 3_600_000) == 80)
    let late = SandboxAccount.synthetic(vehicles: 1, tracks: 12, points: 40, end: 1_780_000_000_000 + 9 * 86_400_000)
    options.dialect.speed = .ms
    synced.time.advance(by: .seconds(9 * 86_400))
    let outcome = try await synced.sync(from: transport(late, synced, options))
    #expect(outcome.units.speed == .metersPerSecond)
    #expect(try synced.archive.counts().fixes == 10 * 40)
  }

  @Test func `units that are found out late make right what was read before`() async throws {
    var options = SandboxOptions()
    options.dialect.speed = .ms
    let early = SandboxAccount.synthetic(vehicles: 1, tracks: 2, points: 40)
    let late = SandboxAccount.synthetic(vehicles: 1, tracks: 8, points: 40, end: 1_780_000_000_000 + 6 * 86_400_000)
    let synced = try SyncedAccount(early, options)
    #expect(try await synced.sync().units.isVerified == false)
    synced.time.advance(by: .seconds(6 * 86_400))
    let outcome = try await synced.sync(from: transport(late, synced, options))
    #expect(outcome.units.isVerified && outcome.units.speed == .metersPerSecond)
    try late.expectWhole(synced)
    // What is known stays so, also where there is little to tell it by.
    #expect(try synced.archive.units().findings.speed == .metersPerSecond)
  }

  @Test func `a track that cannot be fetched costs no other`() async throws {
    let synced = try SyncedAccount(account)
    let failing = FailingTransport(synced.transport, path: "/trackpoints/90007")
    let outcome = try await synced.sync(from: failing)
    #expect(outcome.failures.map(\.track.text) == ["90007"] && outcome.fetched == 11)
    _ = try await synced.sync()
    try account.expectWhole(synced)
  }

  @Test func `tracks that are gone are not read, once they were missed twice`() async throws {
    let two = SandboxAccount.synthetic(vehicles: 1, tracks: 2, points: 40)
    var one = SandboxAccount()
    _ = one.addVehicle(named: "Van 1")
    one.addTrack(of: 0, two.tracks[0].points)
    let synced = try SyncedAccount(two, date: 1_780_000_000_000 + 2 * 86_400_000)
    _ = try await synced.sync()
    for count in [2, 1] {
      synced.time.advance(by: .seconds(8 * 86_400))
      _ = try await synced.sync(from: transport(one, synced))
      #expect(try synced.fixes().count == count)
    }
  }

  @Test func `points of times that cannot be are left out and counted`() async throws {
    let account = self.account.with([.future], seed: 5)
    let synced = try SyncedAccount(account)
    let outcome = try await synced.sync()
    let future = account.tracks.reduce(0) { $0 + $1.points.count { $0.time > synced.time.date + 600_000 } }
    #expect(future > 0 && outcome.unusable == future && outcome.fixes == 480 - future)
    // It may be this clock that is behind.
    synced.time.advance(by: .seconds(2 * 86_400))
    _ = try await synced.sync()
    #expect(try synced.fixes().values.reduce(0) { $0 + $1.count } == 480)
  }

  @Test func `a vehicle that was out of sight for long is there again with all of its tracks`() async throws {
    let whole = SandboxAccount.synthetic(vehicles: 2, tracks: 2, points: 40)
    func account(_ tracks: Int, vehicles: Int) -> SandboxAccount {
      var account = SandboxAccount()
      for number in 1...vehicles { _ = account.addVehicle(named: "Van \(number)") }
      for track in whole.tracks.prefix(tracks) { account.addTrack(of: track.vehicle, track.points) }
      return account
    }
    let synced = try SyncedAccount(account(3, vehicles: 2), date: 1_780_000_000_000 + 60_000)
    _ = try await synced.sync()
    for _ in 0..<8 {
      synced.time.advance(by: .seconds(8 * 86_400))
      _ = try await synced.sync(from: transport(account(2, vehicles: 1), synced))
    }
    #expect(try synced.fixes().count == 2)
    synced.time.advance(by: .seconds(8 * 86_400))
    _ = try await synced.sync(from: transport(whole, synced))
    try whole.expectWhole(synced)
  }

  @Test func `an archive is that of one account`() async throws {
    let synced = try SyncedAccount(account)
    let error = #expect(throws: StoreError.self) { try synced.archive.open(baseURL: "sandbox", clientID: "other") }
    #expect(error?.code == .otherAccount)
    try synced.archive.open(baseURL: "sandbox", clientID: "other", isSame: true)
    try synced.archive.open(baseURL: "sandbox", clientID: "other")
  }

  @Test(arguments: [(25, nil), (0, nil), (25, 15), (0, 15)] as [(Int, Int?)])
  func `the plan is kept to`(variation: Int, cap: Int?) async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 40
    options.dialect.limitCap = cap
    let synced = try SyncedAccount(
      SandboxAccount.synthetic(vehicles: 4, tracks: 50, points: 60, variation: variation), options)
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

  @Test func `the second plan knows how many points come at once, and how many there are`() async throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 1000
    options.dialect.limitCap = 100
    let early = SandboxAccount.synthetic(vehicles: 4, tracks: 8, points: 330, interval: 10_000)
    let late = SandboxAccount.synthetic(
      vehicles: 4, tracks: 38, points: 330, interval: 10_000, end: 1_780_000_000_000 + 30 * 86_400_000)
    let synced = try SyncedAccount(early, options)
    _ = try await synced.sync()
    synced.time.advance(by: .seconds(29 * 86_400))
    let transport = transport(late, synced, options)
    var plan: (plan: SyncPlan, requests: Int)?
    _ = try await synced.sync(from: transport, planned: { made, _ in plan = (made, transport.requests.count) })
    let (made, before) = try #require(plan)
    let requests = transport.requests.count - before
    #expect(
      made.requests > 400 && requests <= made.requests && requests >= made.requests * 9 / 10,
      "\(requests) of \(made.requests)")
  }

  @Test func `how long a list of all tracks takes is told before`() async throws {
    let synced = try SyncedAccount(account)
    var plans: [ListingPlan] = []
    _ = try await synced.sync(listing: { plans.append($0) })
    #expect(plans.map(\.tracks) == [12] && plans.map(\.requests) == [1])
    synced.time.advance(by: .seconds(3600))
    _ = try await synced.sync(listing: { plans.append($0) })
    #expect(plans.count == 1)
  }

  /// The whole year of 500 vehicles is `Scripts/simulate-sync`.
  @Test func `months of a fleet are synced within the limit, without one refusal`() async throws {
    let environment = ProcessInfo.processInfo.environment
    let vehicles = environment["TRIPLINE_SIMULATED_VEHICLES"].flatMap { Int($0) } ?? 20
    let days = environment["TRIPLINE_SIMULATED_DAYS"].flatMap { Int($0) } ?? 30
    let account = SandboxAccount.synthetic(vehicles: vehicles, tracks: days, points: 60, variation: 25)
    let synced = try SyncedAccount(account)
    let outcome = try await synced.sync()
    #expect(outcome.fetched == vehicles * days && outcome.units.isVerified)
    #expect(outcome.fixes == account.tracks.reduce(0) { $0 + $1.points.count })
    #expect(synced.transport.sandbox.statuses[403] == nil)
    let windows = synced.time.elapsed / .seconds(901)
    #expect(Double(synced.transport.requests.count) <= 150 * (windows + 1))
    print(
      "synthetic: \(vehicles) vehicles, \(days) days: \(synced.transport.requests.count) requests in \(windows) windows, refused: \(synced.transport.sandbox.statuses[403] ?? 0)"
    )
  }
}
