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
    private let all = Mutex<[Duration]>([])

    func add(_ latency: Duration) { all.withLock { $0.append(latency) } }

    /// The share that is no longer, in milliseconds.
    func quantile(_ share: Double) -> Double {
      let sorted = all.withLock { $0.sorted() }
      guard !sorted.isEmpty else { return .nan }
      return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / .milliseconds(1)
    }
  }

  private final class Received: Sendable {
    let counts = Mutex<[ResourceID: [Int64: Int]]>([:])
    /// Memory when a quarter has come.
    let memory = Mutex(0)
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
    let received = Received()
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
            received.counts.withLock { counts in
              for position in positions {
                counts[position.vehicleID, default: [:]][position.point.time, default: 0] += 1
              }
            }
            if count < expected / 4 && count + positions.count >= expected / 4 {
              received.memory.withLock { $0 = Self.residentMemory }
            }
            count += positions.count
            if count >= expected { break }
          }
        }
        try await group.next()
        group.cancelAll()
      }
      try await transport.shutdown()
    }
    let counts = received.counts.withLock { $0 }
    #expect(counts.count == vehicles)
    #expect(counts.values.allSatisfy { $0.count == seconds && $0.values.allSatisfy { $0 == 1 } })
    print(
      "synthetic: \(vehicles) vehicles at 1 Hz for \(seconds) s: \(counts.values.reduce(0) { $0 + $1.count }) positions of \(expected), from frame to fix p50 \(connector.latencies.quantile(0.5)) ms, p99 \(connector.latencies.quantile(0.99)) ms, longest \(connector.latencies.quantile(1)) ms; \(received.memory.withLock { $0 }) MiB after a quarter, \(Self.residentMemory) MiB at the end"
    )
  }
}
