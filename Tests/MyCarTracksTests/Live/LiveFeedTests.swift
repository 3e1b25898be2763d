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
        }
      case .status(let status): statuses.append(status)
      case .offline(let vehicle, _): offline.insert(vehicle.text)
      }
    }
  }

  private final class Collector: Sendable {
    let outcome: Mutex<Outcome>

    init(_ outcome: Outcome) { self.outcome = Mutex(outcome) }
  }

  private static let scale = 100.0

  /// Vehicles that begin to drive with the sandbox, and go on for `seconds`.
  private func run(
    seconds: Int, vehicles: Int = 3, dialect: Dialect = .a, faults: Set<Fault> = [], seed: UInt64 = 1,
    uploadInterval: Int64 = 0, streams: Int = 5, secret: String? = nil
  ) async throws -> Outcome {
    let clock = SandboxClock(scale: Self.scale)
    var options = SandboxOptions()
    let began = clock.date
    options.replay = SandboxOptions.Replay(start: began, began: began, speed: 1)
    options.dialect = dialect
    options.faults = faults
    options.seed = seed
    options.requestsPerWindow = 10_000
    options.maximumStreams = streams
    // A third of the track lies before.
    let account = SandboxAccount.synthetic(
      vehicles: vehicles, tracks: 1, points: seconds * 3 / 2, end: began + Int64(seconds) * 1000
    ).uploading(SandboxAccount.Upload(interval: uploadInterval))
    let sent = Set(
      account.tracks.flatMap { track in
        track.points.filter { $0.uploaded > began }
          .map { Key(vehicle: "\(101 + track.vehicle)", time: $0.time) }
      })
    // Where an earlier feed had stopped.
    let complete = Dictionary(
      uniqueKeysWithValues: account.tracks.map { track in
        let before = track.points.filter { $0.uploaded <= began }.map(\.time)
        return (ResourceID("\(101 + track.vehicle)"), before.max() ?? 0)
      })
    let credentials = Credentials(clientID: options.clientID, clientSecret: Secret(secret ?? options.clientSecret))
    return try await SandboxHost.run(Sandbox(account: account, options: options), clock: clock) { host in
      let transport = NetworkTransport()
      let client = MyCarTracksClient(
        credentials: credentials, configuration: try ClientConfiguration(baseURL: host.baseURL), transport: transport,
        time: clock)
      let feed = LiveFeed(client, completeUpTo: complete)
      let (completions, completion) = AsyncStream<Void>.makeStream()
      let collector = Collector(Outcome(sent: sent))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await feed.run() }
        group.addTask { try await clock.sleep(for: .seconds(seconds + 1500)) }
        group.addTask {
          for await update in feed.updates {
            let isComplete = collector.outcome.withLock { outcome in
              outcome.take(update)
              return outcome.missing.isEmpty
            }
            if isComplete { completion.yield() }
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
      seconds: 120, faults: [.socketDrop, .disorder, .duplicates], seed: seed, uploadInterval: 15_000)
    expectEachOnce(outcome, "seed \(seed)")
  }

  @Test func `where no stream can be had everything comes by last positions and history`() async throws {
    let outcome = try await run(seconds: 200, streams: 0)
    #expect(outcome.missing.isEmpty && outcome.received.values.allSatisfy { $0 == 1 })
    #expect(outcome.statuses.contains(.polling) && outcome.origins[.stream] == nil)
    #expect((outcome.origins[.history] ?? 0) > outcome.sent.count / 2)
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

  @Test(
    arguments: [
      Fault.socketDrop, .socketSilence, .socketError, .shortStreams, .duplicates, .disorder, .garbage, .shortTokens,
      .serverErrors, .unauthorized, .truncatedBody, .brokenConnection, .slowBody,
    ], 0..<2 as Range<UInt64>)
  func `whatever befalls the stream, each position comes once`(fault: Fault, seed: UInt64) async throws {
    let outcome = try await run(seconds: fault == .socketSilence ? 240 : 60, faults: [fault], seed: seed)
    expectEachOnce(outcome, "\(fault), seed \(seed)")
    if [.socketDrop, .socketSilence, .socketError].contains(fault) {
      #expect((outcome.origins[.history] ?? 0) > 0, "\(fault), seed \(seed)")
    }
  }
}
