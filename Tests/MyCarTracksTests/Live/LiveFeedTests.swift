import MyCarTracksTesting
import Synchronization
import Testing

@testable import MyCarTracks
@testable import MyCarTracksSandbox

/// The live feed against the sandbox over real sockets, by clocks that go a hundred times as fast.
@Suite(.serialized) struct LiveFeedTests {
  private struct Key: Hashable {
    var vehicle: String
    var time: Int64
  }

  /// What a feed has handed on, until everything has come or five minutes have passed.
  private struct Outcome {
    var sent: Set<Key>
    var missing: Set<Key>
    var received: [Key: Int] = [:]
    var statuses: [LiveStatus] = []
    var origins: [LiveUpdate.Origin: Int] = [:]
    var offline: Set<String> = []
    var forbidden = 0
    /// How often all was said to have come, and how many were missing then that lie before others of their vehicle which the stream
    /// had brought; it may still be on its way to what the last positions have.
    var caughtUp = 0
    var holes = 0
    var lastOfStream: [String: Int64] = [:]

    init(sent: Set<Key>) {
      self.sent = sent
      missing = sent
    }

    mutating func take(_ update: LiveUpdate) {
      switch update {
      case .positions(let positions, _, let origin):
        origins[origin, default: 0] += positions.count
        for position in positions {
          let key = Key(vehicle: position.vehicleID.text, time: position.point.time)
          received[key, default: 0] += 1
          missing.remove(key)
          if origin == .stream { lastOfStream[key.vehicle] = max(lastOfStream[key.vehicle] ?? .min, key.time) }
        }
      case .status(let status): statuses.append(status)
      case .offline(let vehicle, _): offline.insert(vehicle.text)
      case .missed, .caughtUp(_, isComplete: false): break
      case .caughtUp(_, isComplete: true):
        caughtUp += 1
        holes += missing.count { $0.time < lastOfStream[$0.vehicle] ?? .min }
      }
    }
  }

  private final class Collector: Sendable {
    let outcome: Mutex<Outcome>

    init(_ outcome: Outcome) { self.outcome = Mutex(outcome) }
  }

  /// Vehicles that begin to drive with the sandbox, and go on for `seconds`.
  ///
  /// - Parameters:
  ///   - named: ids of the vehicles that are asked for, all where there are none.
  ///   - groups: groups of vehicles that are asked for.
  ///   - pause: what the reader waits after each update.
  ///   - limit: seconds after which it ends, however much has come.
  ///   - hasBegun: whether an earlier feed had handed on what lies before.
  private func run(
    seconds: Int, vehicles: Int = 3, dialect: Dialect = .a, faults: Set<Fault> = [], traffic: Set<Traffic> = [],
    seed: UInt64 = 1, upload: SandboxAccount.Upload = .init(), streams: Int = 5, streamLifetime: Int64 = 3_600_000,
    secret: String? = nil, named: [String] = [], groups: [String] = [], pause: Duration = .zero, hasBegun: Bool = true,
    scale: Double = 100, limit: Int? = nil
  ) async throws -> Outcome {
    let clock = SandboxClock(scale: scale)
    var options = SandboxOptions()
    let began = clock.date
    options.replay = SandboxOptions.Replay(start: began, began: began, speed: 1)
    options.dialect = dialect
    options.faults = faults
    options.seed = seed
    options.requestsPerWindow = 10_000
    options.maximumStreams = streams
    options.streamLifetime = streamLifetime
    // A third of the track lies before.
    let account = SandboxAccount.synthetic(
      vehicles: vehicles, tracks: 1, points: seconds * 3 / 2, end: began + Int64(seconds) * 1000
    ).uploading(upload).with(traffic, seed: seed)
    let removed = faults.contains(.vehicleRemoved) ? vehicles - 1 : nil
    let sent = Set(
      account.tracks.flatMap { track in
        let vehicle = account.vehicles[track.vehicle]
        let isAsked =
          named.isEmpty && groups.isEmpty || named.contains("\(vehicle.id)") || groups.contains("\(vehicle.group)")
        return track.points.filter { point in
          // What cannot be is not handed on, nor what a vehicle sends that is removed, or after the end.
          point.uploaded > began && point.uploaded < began + Int64(seconds + 60) * 1000 && isAsked
            && track.vehicle != removed
            && (point.latitude, point.longitude) != (0, 0) && point.time < began + Int64(seconds) * 1000 + 600_000
        }.map { Key(vehicle: "\(vehicle.id)", time: $0.time) }
      })
    // Where an earlier feed had stopped.
    let complete = Dictionary(
      account.tracks.map { track in
        let before = track.points.filter { $0.uploaded <= began && $0.time <= began + 600_000 }.map(\.time)
        // Of one that has uploaded nothing, nothing.
        return (ResourceID("\(101 + track.vehicle)"), before.max() ?? (track.points.map(\.time).min() ?? began) - 1)
      }
    ) { max($0, $1) }
    let credentials = Credentials(clientID: options.clientID, clientSecret: Secret(secret ?? options.clientSecret))
    return try await SandboxHost.run(Sandbox(account: account, options: options), clock: clock) { host in
      let transport = NetworkTransport()
      let client = MyCarTracksClient(
        credentials: credentials, configuration: try ClientConfiguration(baseURL: host.baseURL), transport: transport,
        time: clock)
      let feed = LiveFeed(
        client, vehicles: named.map { ResourceID($0) }, groups: groups.map { ResourceID($0) },
        completeUpTo: hasBegun ? complete : [:])
      let (completions, completion) = AsyncStream<Void>.makeStream()
      let collector = Collector(Outcome(sent: sent))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await feed.run() }
        group.addTask { try await clock.sleep(for: .seconds(limit ?? seconds + 1500)) }
        group.addTask {
          for await update in feed.updates {
            let isComplete = collector.outcome.withLock { outcome in
              outcome.take(update)
              return outcome.missing.isEmpty
            }
            if isComplete { completion.yield() }
            if pause > .zero { try await clock.sleep(for: pause) }
          }
          // How the feed has ended, the feed itself says.
          try await clock.sleep(for: .seconds(seconds + 1500))
        }
        group.addTask {
          for await _ in completions { break }
          // What comes twice comes now.
          try await clock.sleep(for: .seconds(20))
        }
        try await group.next()
        group.cancelAll()
      }
      try await transport.shutdown()
      var outcome = collector.outcome.withLock { $0 }
      outcome.forbidden = host.sandbox.statuses[403] ?? 0
      return outcome
    }
  }

  private func expectEachOnce(_ outcome: Outcome, _ comment: String) {
    #expect(
      !outcome.sent.isEmpty && outcome.missing.isEmpty,
      "\(comment): \(outcome.missing.count) of \(outcome.sent.count) missing, \(outcome.statuses), \(outcome.origins)")
    #expect(outcome.received.values.allSatisfy { $0 == 1 }, "\(comment)")
    #expect(outcome.forbidden == 0, "\(comment)")
  }

  @Test(arguments: 0..<2 as Range<UInt64>)
  func `devices that upload now and then, and a socket that breaks, lose nothing`(seed: UInt64) async throws {
    let outcome = try await run(
      seconds: 120, faults: [.socketDrop, .disorder, .duplicates], seed: seed,
      upload: SandboxAccount.Upload(interval: 15_000))
    expectEachOnce(outcome, "seed \(seed)")
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `behind each gap it is told when all that was missed has come`(seed: UInt64) async throws {
    let outcome = try await run(seconds: 240, faults: [.socketDrop, .slowBody], seed: seed)
    expectEachOnce(outcome, "seed \(seed)")
    #expect(outcome.caughtUp > 0 && outcome.holes == 0, "\(outcome.caughtUp) times, \(outcome.holes) holes")
  }

  @Test func `where no stream can be had everything comes by last positions and history`() async throws {
    let outcome = try await run(seconds: 200, streams: 0)
    #expect(outcome.missing.isEmpty && outcome.received.values.allSatisfy { $0 == 1 })
    #expect(outcome.statuses.contains(.polling) && outcome.origins[.stream] == nil)
    #expect((outcome.origins[.history] ?? 0) > outcome.sent.count / 2)
  }

  @Test func `without an earlier feed it begins with the last positions`() async throws {
    let outcome = try await run(seconds: 60, faults: [.socketDrop], hasBegun: false)
    let first = Dictionary(grouping: outcome.received.keys, by: \.vehicle).mapValues { $0.map(\.time).min() ?? 0 }
    let missing = outcome.missing.filter { $0.time > first[$0.vehicle] ?? 0 }
    #expect(first.count == 3 && missing.isEmpty && outcome.received.values.allSatisfy { $0 == 1 })
  }

  @Test func `who reads slowly loses nothing, while streams are renewed`() async throws {
    expectEachOnce(
      try await run(seconds: 60, faults: [.shortStreams], pause: .milliseconds(250)), "slow reader")
  }

  @Test func `a stream that hangs is made up for when it is renewed`() async throws {
    expectEachOnce(
      try await run(seconds: 120, faults: [.socketSilence], streamLifetime: 60_000), "hanging stream")
  }

  @Test func `two hours that come at once come once`() async throws {
    let outcome = try await run(
      seconds: 7300, vehicles: 2, upload: SandboxAccount.Upload(interval: 30_000, lateVehicles: 2), scale: 300,
      limit: 13_000)
    expectEachOnce(outcome, "late")
    #expect(outcome.received.keys.count { $0.vehicle == "102" } > 3000)
  }

  @Test(
    arguments: [
      Traffic.jump, .nullIsland, .future, .clockSkew, .ghostTracks, .sameNames, .longTrack, .edgeJitter, .fastCrossing,
    ])
  func `whatever traffic there is, each position comes once`(traffic: Traffic) async throws {
    expectEachOnce(try await run(seconds: 40, faults: [.socketDrop], traffic: [traffic]), "\(traffic)")
  }

  @Test func `a vehicle that is removed ends nothing for the others`() async throws {
    let outcome = try await run(
      seconds: 90, faults: [.vehicleRemoved, .socketDrop], named: ["101", "102", "103"])
    expectEachOnce(outcome, "removed")
    #expect(outcome.statuses.contains(.live))
  }

  @Test func `a vehicle that is back after a while is followed again, from where it was left`() async throws {
    // The stream is renewed while it is away, and the next one is of the others.
    let outcome = try await run(
      seconds: 3000, faults: [.vehicleAway], streamLifetime: 300_000, named: ["101", "102", "103"], scale: 200)
    expectEachOnce(outcome, "back")
    #expect(outcome.origins[.stream] ?? 0 > outcome.origins[.history] ?? 0, "\(outcome.origins)")
  }

  @Test func `where all that were asked for are gone, nothing else comes`() async throws {
    // The second one is removed after ten seconds; what it had sent until then may come.
    let outcome = try await run(
      seconds: 60, vehicles: 2, faults: [.vehicleRemoved, .shortStreams], named: ["102"], limit: 200)
    #expect(Set(outcome.received.keys.map(\.vehicle)).isSubset(of: ["102"]))
  }

  @Test func `of groups that are asked for, nothing else comes`() async throws {
    let outcome = try await run(seconds: 60, vehicles: 4, faults: [.socketDrop], groups: ["8"])
    expectEachOnce(outcome, "group")
    #expect(Set(outcome.received.keys.map(\.vehicle)) == ["102", "104"])
  }

  @Test func `credentials that are refused end the feed`() async throws {
    let error = await #expect(throws: MyCarTracksError.self) {
      _ = try await run(seconds: 20, secret: "hunter2")
    }
    #expect(error?.code == .credentialsRefused)
  }

  @Test(arguments: dialects.keys.sorted())
  func `in every dialect each position comes once`(name: String) async throws {
    let outcome = try await run(seconds: 20, dialect: try #require(dialects[name]))
    expectEachOnce(outcome, "\(name)")
    #expect(outcome.statuses.prefix(2) == [.connecting, .live])
  }

  @Test(arguments: ["A", "streamBody=groupIds", "streamBody=vehicles", "streamBody=empty", "C"])
  func `in every dialect some vehicles can be asked for`(name: String) async throws {
    let outcome = try await run(seconds: 20, dialect: try #require(dialects[name]), named: ["101", "103"])
    expectEachOnce(outcome, "\(name)")
    #expect(Set(outcome.received.keys.map(\.vehicle)) == ["101", "103"])
  }

  @Test(
    arguments: [
      Fault.socketDrop, .socketSilence, .socketError, .shortStreams, .duplicates, .disorder, .garbage, .shortTokens,
      .serverErrors, .unauthorized, .truncatedBody, .brokenConnection, .slowBody,
    ], 0..<2 as Range<UInt64>)
  func `whatever befalls the stream, each position comes once, in a plain dialect and in a hostile one`(
    fault: Fault, seed: UInt64
  ) async throws {
    let outcome = try await run(
      seconds: fault == .socketSilence ? 240 : 60, dialect: seed == 0 ? .a : .c, faults: [fault], seed: seed)
    expectEachOnce(outcome, "\(fault), seed \(seed)")
    if [.socketDrop, .socketSilence, .socketError].contains(fault) {
      #expect((outcome.origins[.history] ?? 0) > 0, "\(fault), seed \(seed)")
    }
  }
}
