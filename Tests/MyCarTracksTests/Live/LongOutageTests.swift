import MyCarTracksTesting
import Synchronization
import Testing

@testable import MyCarTracks
@testable import MyCarTracksSandbox

/// The live feed against the sandbox after an outage of more synthetic vehicles than the account has requests for, by clocks
/// that go a hundred times as fast.
@Suite(.serialized) struct LongOutageTests {
  /// What a feed has handed on.
  private struct Outcome {
    var missing: Set<Key>
    var began: Int64
    /// The times of each vehicle in the order in which they came.
    var times: [String: [Int64]] = [:]
    /// Vehicles whose first missed position came, in their order, and when that was received.
    var madeUp: [(vehicle: String, received: Int64)] = []
    var firstReceived: Int64?
    var givenUp = 0

    mutating func take(_ positions: [Position], received: Int64, firstMissed: [String: Int64]) {
      firstReceived = firstReceived ?? received
      for position in positions {
        let (vehicle, time) = (position.vehicleID.text, position.point.time)
        times[vehicle, default: []].append(time)
        missing.remove(Key(vehicle: vehicle, time: time))
        if firstMissed[vehicle] == time { madeUp.append((vehicle, received)) }
      }
    }
  }

  private struct Key: Hashable {
    var vehicle: String
    var time: Int64
  }

  private final class Collector: Sendable {
    let outcome: Mutex<Outcome>

    init(_ outcome: Outcome) { self.outcome = Mutex(outcome) }
  }

  /// Vehicles that have driven for ten minutes, of which the last five were missed, and go on to drive.
  ///
  /// - Parameters:
  ///   - intervals: seconds from one position of each vehicle to the next.
  ///   - requests: requests a window.
  ///   - window: seconds of a window.
  ///   - patience: how long positions wait, in seconds.
  ///   - seconds: how long what the vehicles send is waited for.
  ///   - drive: how long they drive on, in seconds; a little longer than that unless given.
  ///   - endsFirst: whether it ends with the first positions.
  private func run(
    intervals: [Int], requests: Int, window: Int64 = 300, patience: Int, seconds: Int, drive: Int? = nil,
    endsFirst: Bool = false
  ) async throws -> Outcome {
    let clock = SandboxClock(scale: 100)
    let began = clock.date
    var options = SandboxOptions()
    options.replay = SandboxOptions.Replay(start: began, began: began, speed: 1)
    options.requestsPerWindow = requests
    options.window = window * 1000
    var account = SandboxAccount()
    for (number, interval) in intervals.enumerated() {
      let vehicle = account.addVehicle(named: "Synthetic \(number + 1)")
      account.addTrack(
        of: vehicle,
        (0...(600 + (drive ?? seconds + 60)) / interval).map {
          SandboxAccount.point(began - 600_000, $0, Int64(interval) * 1000, latitude: 48 + Double(number) * 0.01)
        })
    }
    let missed = began - 300_000
    let keys = account.tracks.flatMap { track in
      track.points.filter { $0.time > missed && $0.time <= began + Int64(seconds) * 1000 }
        .map { Key(vehicle: "\(account.vehicles[track.vehicle].id)", time: $0.time) }
    }
    let firstMissed = Dictionary(grouping: keys, by: \.vehicle).mapValues { $0.map(\.time).min() ?? 0 }
    let complete = Dictionary(uniqueKeysWithValues: account.vehicles.map { (ResourceID("\($0.id)"), missed) })
    let credentials = Credentials(clientID: options.clientID, clientSecret: Secret(options.clientSecret))
    return try await SandboxHost.run(Sandbox(account: account, options: options), clock: clock) { host in
      let transport = NetworkTransport()
      let client = MyCarTracksClient(
        credentials: credentials, configuration: try ClientConfiguration(baseURL: host.baseURL), transport: transport,
        time: clock)
      let feed = LiveFeed(client, completeUpTo: complete, patience: .seconds(patience))
      let collector = Collector(Outcome(missing: Set(keys), began: began))
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await feed.run() }
        group.addTask { try await clock.sleep(for: .seconds(seconds + 3000)) }
        group.addTask {
          for await update in feed.updates {
            guard case .positions(let positions, let received, _) = update else { continue }
            let isOver = collector.outcome.withLock { outcome in
              outcome.take(positions, received: received, firstMissed: firstMissed)
              return endsFirst || outcome.missing.isEmpty
            }
            if isOver { return }
          }
        }
        try await group.next()
        group.cancelAll()
      }
      let givenUp = await feed.vehiclesGivenUp
      try await transport.shutdown()
      return collector.outcome.withLock { outcome in
        outcome.givenUp = givenUp
        return outcome
      }
    }
  }

  private func expectEachOnce(_ outcome: Outcome) {
    #expect(outcome.missing.isEmpty, "\(outcome.missing.count) missing")
    #expect(outcome.times.values.allSatisfy { Set($0).count == $0.count })
  }

  @Test
  func `a vehicle whose history is there waits for no other, and one that waits too long goes ahead`() async throws {
    let vehicles = 24
    let outcome = try await run(
      intervals: Array(repeating: 10, count: vehicles), requests: 40, patience: 120, seconds: 450)
    expectEachOnce(outcome)
    let inOrder = outcome.times.values.count { $0 == $0.sorted() }
    #expect(inOrder > 0 && outcome.givenUp > 0, "\(inOrder) in order, \(outcome.givenUp) given up")
    #expect(inOrder + outcome.givenUp == vehicles)
  }

  @Test func `those are made up for first of which most waits`() async throws {
    // Two in three send every five seconds, the others every half minute.
    let intervals = (0..<24).map { $0 % 3 == 0 ? 30 : 5 }
    let outcome = try await run(intervals: intervals, requests: 40, patience: 2000, seconds: 450)
    expectEachOnce(outcome)
    #expect(outcome.givenUp == 0 && outcome.times.values.allSatisfy { $0 == $0.sorted() })
    // From the second window on, when minutes wait; the first of them was chosen before.
    let late = outcome.madeUp.filter { $0.received > outcome.began + 250_000 }.dropFirst()
    let often = late.map { intervals[(Int($0.vehicle) ?? 101) - 101] == 5 }
    #expect(often.contains(true) && often.contains(false), "\(outcome.madeUp)")
    #expect(often == often.sorted { $0 && !$1 }, "\(often)")
  }

  @Test func `what waits too long is let go though nothing else comes and no request is left`() async throws {
    let outcome = try await run(
      intervals: [10], requests: 8, window: 900, patience: 30, seconds: 20, drive: 20, endsFirst: true)
    #expect(outcome.givenUp == 1)
    // Before the window is over and history can be fetched.
    #expect((outcome.firstReceived ?? .max) < outcome.began + 850_000)
  }
}
