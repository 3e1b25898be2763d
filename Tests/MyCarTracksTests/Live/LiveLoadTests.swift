import Foundation
import MyCarTracksTesting
import Synchronization
import Testing

@testable import MyCarTracks
@testable import MyCarTracksSandbox

/// A fleet at 1 Hz over a real socket, in real time. `Scripts/live-load` has 500 vehicles for ten minutes.
@Suite(.serialized) struct LiveLoadTests {
  /// Connects as usual, and notes how long each message takes until its positions have been taken.
  private struct TimedConnector: LiveConnector {
    let latencies = Latencies()

    func run(
      _ url: Secret, token: Secret?, opened: @Sendable (any LiveSocket) async -> Void,
      received: @Sendable (LiveFrame) async -> Void
    ) async throws {
      try await WebSocketConnector().run(url, token: token, opened: opened) { frame in
        let start = ContinuousClock.now
        await received(frame)
        latencies.add(ContinuousClock.now - start)
      }
    }
  }

  private final class Latencies: Sendable {
    /// How many took so many hundredths of a millisecond; the last for all that is longer than 100 ms.
    private let counts = Mutex([Int](repeating: 0, count: 10_001))

    func add(_ latency: Duration) {
      let place = min(10_000, Int(latency / .microseconds(10)))
      counts.withLock { $0[place] += 1 }
    }

    /// What this share does not exceed, in milliseconds.
    func quantile(_ share: Double) -> Double {
      counts.withLock { counts in
        var left = Double(counts.reduce(0, +)) * share
        let place = counts.firstIndex { count in
          left -= Double(count)
          return left <= 0
        }
        return place.map { Double($0 + 1) / 100 } ?? .nan
      }
    }
  }

  /// What has come, in memory that does not grow.
  private struct Tally {
    /// How often each second of each vehicle has come.
    var counts: [[UInt8]]
    /// Positions that nobody has sent.
    var others = 0
    /// How many positions took so many milliseconds from when their vehicle sent them; the last for all that is longer.
    var delays = [Int](repeating: 0, count: 10_000)
    /// Memory in MiB when each tenth had come.
    var memory: [Int] = []

    /// The shortest delay that this share does not exceed.
    func delay(_ share: Double) -> Int {
      var left = Double(delays.reduce(0, +)) * share
      return delays.firstIndex { count in
        left -= Double(count)
        return left <= 0
      } ?? 0
    }
  }

  private final class Received: Sendable {
    let tally: Mutex<Tally>

    init(_ tally: Tally) { self.tally = Mutex(tally) }
  }

  /// Memory of this process in MiB.
  private static var residentMemory: Int {
    let text = String(
      decoding: (try? FileHandle(forReadingAtPath: "/proc/self/statm")?.readToEnd()) ?? Data(), as: UTF8.self)
    let pages = text.split(separator: " ").compactMap { Int($0) }
    return pages.count > 1 ? pages[1] * 4096 / 1_048_576 : 0
  }

  @Test func `nothing is lost, and nothing doubled`() async throws {
    let environment = ProcessInfo.processInfo.environment
    let vehicles = environment["TRIPLINE_LIVE_VEHICLES"].flatMap { Int($0) } ?? 50
    let seconds = environment["TRIPLINE_LIVE_SECONDS"].flatMap { Int($0) } ?? 10
    let clock = SandboxClock()
    let began = clock.date
    var options = SandboxOptions()
    options.replay = SandboxOptions.Replay(start: began, began: began, speed: 1)
    options.requestsPerWindow = 10_000
    // Three seconds for the stream to be there before the first position.
    let account = SandboxAccount.synthetic(
      vehicles: vehicles, tracks: 1, points: seconds, end: began + Int64(seconds + 12) * 1000)
    let credentials = Credentials(clientID: options.clientID, clientSecret: Secret(options.clientSecret))
    let connector = TimedConnector()
    let expected = vehicles * seconds
    let received = Received(
      Tally(counts: Array(repeating: Array(repeating: 0, count: seconds), count: vehicles)))
    let starts = account.tracks.map { $0.points[0].time }
    let (completions, finished) = AsyncStream<Void>.makeStream()
    try await SandboxHost.run(Sandbox(account: account, options: options), clock: clock) { host in
      let transport = NetworkTransport()
      let client = MyCarTracksClient(
        credentials: credentials, configuration: try ClientConfiguration(baseURL: host.baseURL), transport: transport,
        time: clock)
      let start = Dictionary(
        uniqueKeysWithValues: account.vehicles.map { (ResourceID("\($0.id)"), began - 86_400_000) })
      let feed = LiveFeed(client, completeUpTo: start, connector: connector, chance: { 0.5 })
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await feed.run() }
        group.addTask { try await clock.sleep(for: .seconds(seconds * 2 + 60)) }
        group.addTask {
          var count = 0
          for await update in feed.updates {
            guard case .positions(let positions, _, _) = update else { continue }
            let now = clock.date
            received.tally.withLock { tally in
              for position in positions {
                let vehicle = Int(position.vehicleID.text).map { $0 - 101 } ?? -1
                let second = vehicle < 0 ? -1 : Int((position.point.time - starts[vehicle]) / 1000)
                if second >= 0 && second < seconds { tally.counts[vehicle][second] &+= 1 } else { tally.others += 1 }
                tally.delays[Int(min(9999, max(0, now - position.point.time)))] += 1
                count += 1
                if count % max(1, expected / 10) == 0 { tally.memory.append(Self.residentMemory) }
              }
            }
            if count >= expected { finished.yield() }
          }
        }
        group.addTask {
          for await _ in completions { break }
          // What comes twice comes now.
          try await clock.sleep(for: .seconds(3))
        }
        try await group.next()
        group.cancelAll()
      }
      try await transport.shutdown()
    }
    let tally = received.tally.withLock { $0 }
    #expect(tally.others == 0 && tally.counts.allSatisfy { $0.allSatisfy { $0 == 1 } })
    let (frame, delay, memory) = (connector.latencies.quantile(0.99), tally.delay(0.99), tally.memory)
    print(
      """
      synthetic: \(vehicles) vehicles at 1 Hz for \(seconds) s: \(tally.counts.joined().reduce(0) { $0 + Int($1) }) positions \
      of \(expected); from frame to fix p50 \(connector.latencies.quantile(0.5)) ms, p99 \(frame) ms; from the vehicle's sending, \
      sandbox included, p50 \(tally.delay(0.5)) ms, p99 \(delay) ms; MiB at each tenth \(memory)
      """)
    // Only where it is run for that: what else a machine does is no matter of a test.
    guard environment["TRIPLINE_LIVE_GOALS"] == "1" else { return }
    #expect(frame < 5)
    // From the second tenth on, when all that is kept of each vehicle is there.
    #expect(Double(memory.last ?? 0) <= Double(memory.dropFirst().first ?? 0) * 1.1)
  }
}
