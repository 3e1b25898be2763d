import Logging
import MyCarTracksTesting
import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// Sinks that come and go, as a start and a reload make them.
@Suite struct SinkDriversTests {
  private static let webhook = Outbox.Sink(id: "log/webhook/5b08f712", receiver: "log", takesGroups: false)
  private static let stdout = Outbox.Sink(id: "log/stdout", receiver: "log", takesGroups: false)

  /// A service whose van has entered: an event for each of two sinks.
  private func service() async throws -> YardService {
    let service = try await YardService(
      "rules: [{alert: In, when: {enter: {}}}]", sinks: [Self.webhook, Self.stdout])
    let fixes = YardService.fixes(0...60, inside: false) + YardService.fixes(90...180, inside: true)
    #expect(try await service.pipeline.take(fixes, at: YardService.start).count == 2)
    return service
  }

  private func drivers(_ store: AlertStore, _ time: ManualTime, _ metrics: ServiceMetrics) -> SinkDrivers {
    SinkDrivers(
      store: store, time: time, metrics: metrics, logger: Logger(label: "test"), failed: { Issue.record($0) })
  }

  @Test func `what waits for a sink that is taken out is given up, and waits no more`() async throws {
    let service = try await service()
    try await HookServer.run([.init(status: 500)]) { server in
      let time = ManualTime(date: YardService.start + 7_200_000)
      let metrics = ServiceMetrics(version: "test", startedAt: time.date)
      let drivers = drivers(service.store, time, metrics)
      let receiver = try DeliveryBench.webhook(server, time: time)
      func entry(_ sink: Outbox.Sink) -> Receivers.Entry { Receivers.Entry(sink: sink, receiver: receiver) }
      #expect(try drivers.make([entry(Self.webhook), entry(Self.stdout)]).count == 2)
      #expect(try service.store.deliveries([.waiting]).count == 2)
      #expect(try drivers.make([entry(Self.stdout)]).map(\.sink) == [Self.stdout.id])
      let dead = try service.store.deliveries([.dead])
      #expect(dead.map(\.sink) == [Self.webhook.id] && dead.map(\.concludedAt) == [time.date])
      let attempts = try service.store.attempts(at: try #require(dead.first).number)
      #expect(
        attempts == [
          DeliveryAttempt(at: time.date, outcome: "given up", note: "its sink is not in the configuration any more")
        ])
      // Nothing holds up `/readyz` any more.
      let backlog = try service.store.backlog()
      #expect(backlog.first { $0.sink == Self.webhook.id }?.oldest == nil)
      let line = "tripline_deliveries_total{sink=\"\(Self.webhook.id)\",outcome=\"dead\"} 1\n"
      #expect(metrics.text.contains(line))
    }
  }

  @Test func `it is delivered once its sink is back and somebody has it tried, and not before`() async throws {
    let service = try await service()
    try await HookServer.run { server in
      let time = ManualTime(date: YardService.start)
      let drivers = drivers(service.store, time, ServiceMetrics(version: "test", startedAt: time.date))
      let hook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in hook }
      func entry(_ sink: Outbox.Sink) -> Receivers.Entry { Receivers.Entry(sink: sink, receiver: receiver) }
      _ = try drivers.make([entry(Self.stdout)])
      let dead = try #require(try service.store.deliveries([.dead]).first)
      let error = #expect(throws: StoreError.self) { try service.store.retry([dead.number], at: time.date) }
      #expect(error?.message.contains("\(Self.webhook.id), which is not in the configuration any more") == true)
      #expect(try service.store.delivery(dead.number)?.state == .dead)
      let made = try drivers.make([entry(Self.webhook), entry(Self.stdout)])
      #expect(try service.store.deliveries([.dead]).count == 1, "it does not come back by itself")
      #expect(try service.store.retry([dead.number], at: time.date) == 1)
      for driver in made { try await driver.readStore() }
      await receiver.wait { $0.count == 2 }
      for driver in made { await driver.stop() }
    }
    #expect(try service.store.backlog().isEmpty)
  }

  @Test func `a board whose drivers are replaced has the sinks of now alone`() async throws {
    let service = try await service()
    try await HookServer.run { server in
      let time = ManualTime(date: YardService.start)
      let drivers = drivers(service.store, time, ServiceMetrics(version: "test", startedAt: time.date))
      let hook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in hook }
      let board = SinkBoard()
      try await board.replace { try drivers.make([Receivers.Entry(sink: Self.stdout, receiver: receiver)]) }
      await receiver.wait { $0.count == 1 }
      #expect(await board.ids == [Self.stdout.id])
      await board.stop()
    }
    #expect(try service.store.deliveries([.delivered]).map(\.sink) == [Self.stdout.id])
    #expect(try service.store.deliveries([.dead]).map(\.sink) == [Self.webhook.id])
  }
}
