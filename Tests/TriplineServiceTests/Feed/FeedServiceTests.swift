import Logging
import MyCarTracks
import MyCarTracksSandbox
import MyCarTracksTesting
import Synchronization
import Testing

@testable import TriplineService

/// The feed of the service against the sandbox over real sockets, by clocks that go a hundred times as fast.
@Suite(.serialized) struct FeedServiceTests {
  /// What the service tells, and how it ended.
  private struct Outcome {
    var metrics: Exposition
    var health: Health
    var messages: [KeptLog.Message]
    var error: MyCarTracksError?

    func value(_ name: String) -> Double? { metrics.value(name) }
    var warnings: [KeptLog.Message] { messages.filter { $0.level >= .warning } }
  }

  private final class Ending: Sendable {
    let error = Mutex<MyCarTracksError?>(nil)
  }

  /// Follows synthetic vehicles until something is so, or half an hour has passed.
  ///
  /// - Parameters:
  ///   - change: changes how the sandbox behaves.
  ///   - vehicles: the ids of the vehicles that are to be followed; all where there are none.
  ///   - groups: the ids of the groups that are to be followed.
  ///   - rules: the ids of the vehicles that rules name.
  ///   - missed: seconds that were missed before the service began.
  ///   - isOver: looks at metrics and health each second.
  private func run(
    _ change: (inout SandboxOptions) -> Void = { _ in }, secret: String? = nil, vehicles: [String] = [],
    groups: [String] = [], rules: Set<String> = [], missed: Int64 = 0,
    until isOver: @escaping @Sendable (Exposition, Health) -> Bool
  ) async throws -> Outcome {
    let clock = SandboxClock(scale: 100)
    let began = clock.date
    var options = SandboxOptions()
    options.replay = SandboxOptions.Replay(start: began, began: began, speed: 1)
    options.requestsPerWindow = 10_000
    change(&options)
    let account = SandboxAccount.synthetic(
      vehicles: 6, tracks: 1, points: 600, interval: 10_000, end: began + 3_000_000)
    let complete = Dictionary(
      uniqueKeysWithValues: account.vehicles.map { ("\($0.id)", began - missed * 1000) })
    let credentials = Credentials(clientID: options.clientID, clientSecret: Secret(secret ?? options.clientSecret))
    return try await SandboxHost.run(Sandbox(account: account, options: options), clock: clock) { host in
      let transport = NetworkTransport()
      let client = MyCarTracksClient(
        credentials: credentials, configuration: try ClientConfiguration(baseURL: host.baseURL), transport: transport,
        time: clock)
      let (intake, log, health) = (Intake(), KeptLog(), HealthBoard())
      let metrics = ServiceMetrics(version: "test", startedAt: began)
      let service = FeedService(
        client: client, vehicles: vehicles.map { ResourceID($0) }, groups: groups.map { ResourceID($0) },
        units: UnitFindings(), lastTimes: { complete }, intake: intake, clock: FeedClock(), time: clock,
        metrics: metrics, health: health,
        notifier: SystemdNotifier(environment: [:]), logger: log.logger, ruleVehicles: { rules })
      let ending = Ending()
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do {
            try await service.run()
          } catch {
            ending.error.withLock { $0 = error as? MyCarTracksError }
          }
        }
        // Until it is closed, which it is once the service has ended.
        group.addTask { while await intake.take() != nil {} }
        group.addTask {
          for _ in 0..<1800 {
            guard let seen = try? Exposition(metrics.text), !isOver(seen, health.health) else { return }
            guard (try? await clock.sleep(for: .seconds(1))) != nil else { return }
          }
        }
        await group.next()
        group.cancelAll()
      }
      try await transport.shutdown()
      return Outcome(
        metrics: try Exposition(metrics.text), health: health.health, messages: log.messages,
        error: ending.error.withLock { $0 })
    }
  }

  @Test func `a stream that is renewed before it ends is not one that was lost`() async throws {
    let outcome = try await run({ $0.streamLifetime = 400_000 }) { seen, _ in
      seen.value("tripline_stream_renewals_total") ?? 0 >= 1
    }
    #expect(outcome.value("tripline_stream_renewals_total") == 1)
    #expect(outcome.value("tripline_stream_reconnects_total") == 0)
    #expect(outcome.value("tripline_stream_connected") == 1)
    #expect(outcome.messages.count { $0.text == "the feed is live" } == 1)
  }

  @Test func `a stream that is lost is not one that was renewed`() async throws {
    let outcome = try await run({ $0.faults = [.socketDrop] }) { seen, _ in
      seen.value("tripline_stream_reconnects_total") ?? 0 >= 2
    }
    #expect(outcome.value("tripline_stream_reconnects_total") ?? 0 >= 2)
    #expect(outcome.value("tripline_stream_renewals_total") == 0)
  }

  @Test func `vehicles that wait too long after an outage are counted, and told of together`() async throws {
    // Half of the requests bring the stream, the others no history before the next quarter of an hour.
    let outcome = try await run({ $0.requestsPerWindow = 12 }, missed: 600) { seen, _ in
      seen.value("tripline_feed_vehicles_given_up_total") ?? 0 >= 6
    }
    #expect(outcome.value("tripline_feed_vehicles_given_up_total") == 6)
    let counts = outcome.warnings.compactMap { $0.metadata["vehicles"]?.description }.compactMap { Int($0) }
    #expect(counts.reduce(0, +) == 6 && counts.count < 6, "\(counts)")
  }

  @Test func `vehicles that are named and not there are told, with what may have been meant`() async throws {
    let outcome = try await run(vehicles: ["101", "1O2"], rules: ["101", "van 3", "car-7"]) { seen, health in
      seen.value("tripline_unknown_vehicles") ?? 0 > 0 && health.feed == .ok
    }
    #expect(outcome.value("tripline_unknown_vehicles") == 3)
    let told = outcome.warnings.filter { $0.text.contains("names vehicles") }
    #expect(told.count == 1 && told.first?.metadata["count"] == "3")
    #expect(told.first?.metadata["vehicles"] == ["1O2 (102?)", "car-7", "van 3 (103?)"])
    #expect(outcome.health.feed == .ok)
  }

  @Test func `groups that are to be followed and have no vehicle are told`() async throws {
    let outcome = try await run({ $0.streamLifetime = 400_000 }, groups: ["8", "80"]) { seen, _ in
      seen.value("tripline_stream_renewals_total") ?? 0 >= 1
    }
    let told = outcome.warnings.filter { $0.text.contains("no vehicle") }
    #expect(told.count == 1 && told.first?.metadata["groups"] == ["80"], "\(outcome.warnings.map(\.text))")
  }

  @Test func `where none of the vehicles that are to be followed is there, the feed is not ready`() async throws {
    let reason = "the account has none of the vehicles that are to be followed"
    let outcome = try await run(vehicles: ["901", "902"]) { _, health in health.feed == .unavailable(reason) }
    #expect(outcome.health.feed == .unavailable(reason))
    #expect(outcome.value("tripline_unknown_vehicles") == 2)
  }

  @Test func `credentials that are refused end the feed with one error that says what to check`() async throws {
    let outcome = try await run(secret: "hunter2", rules: ["102"]) { _, _ in false }
    #expect(outcome.error?.code == .credentialsRefused)
    #expect(outcome.error?.message.contains("Check client id and secret") == true)
    #expect(outcome.warnings.isEmpty, "\(outcome.warnings.map(\.text))")
  }
}
