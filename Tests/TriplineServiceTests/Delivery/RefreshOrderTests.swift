import Foundation
import MyCarTracksTesting
import Testing
import TriplineFormats
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// An Alertmanager is told again of what fires: that must not come behind the word that it is over.
@Suite struct RefreshOrderTests {
  private static let sink = Outbox.Sink(id: "log/alertmanager/e0117bc2", receiver: "log", takesGroups: true)

  private struct Posted: Decodable {
    var endsAt: String
  }

  /// A service of which an alert fires and has been told, and the rest of the vehicle's way, by which it is over.
  private func service() async throws -> (YardService, firing: [Delivery]) {
    let service = try await YardService("rules: [{alert: In, when: {enter: {}}}]", sinks: [Self.sink])
    let fixes = YardService.fixes(0...60, inside: false) + YardService.fixes(90...180, inside: true)
    return (service, try await service.pipeline.take(fixes, at: YardService.start))
  }

  private static let wayOut = YardService.fixes(210...300, inside: false)

  /// Whether each request says that the alert fires at a time.
  private func firing(_ server: HookServer, at now: Int64) throws -> [Bool] {
    try server.recorded.map { request in
      let alerts = try JSONDecoder().decode([Posted].self, from: Data(request.body))
      return try alerts.allSatisfy { try #require(Timestamp.milliseconds($0.endsAt)) > now }
    }
  }

  @Test func `what is over by now is not told again, though it fired when somebody looked`() async throws {
    let (service, first) = try await service()
    try await HookServer.run([.init(status: 200)]) { server in
      let time = ManualTime(date: YardService.start + 600_000)
      let receiver = GatedReceiver(AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)", time: time))
      receiver.open()
      let driver = try DeliveryBench.driver(receiver, service.store, sink: Self.sink, time: time)
      await driver.take(first)
      await receiver.wait(for: 2)
      let standing = try service.store.standing()
      #expect(standing.count == 1 && standing[0].resolution == nil)
      await driver.take(try await service.pipeline.take(Self.wayOut, at: time.date))
      await driver.refresh(standing)
      await receiver.wait(for: 4)
      await driver.stop()
      #expect(try firing(server, at: time.date) == [true, false])
    }
  }

  @Test func `that it is over waits for what is being told again`() async throws {
    let (service, first) = try await service()
    try await HookServer.run([.init(status: 200)]) { server in
      let time = ManualTime(date: YardService.start + 600_000)
      let receiver = GatedReceiver(AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)", time: time))
      let driver = try DeliveryBench.driver(receiver, service.store, sink: Self.sink, time: time)
      await driver.take(first)
      await receiver.wait(for: 2)
      try await DeliveryBench.settle { try service.store.deliveries([.delivered]).count == 1 }
      await driver.refresh(try service.store.standing())
      await receiver.wait(for: 3)
      await driver.take(try await service.pipeline.take(Self.wayOut, at: time.date))
      // An attempt that does not wait would begin before the driver does anything else.
      try await driver.readStore()
      try await driver.readStore()
      receiver.open()
      await receiver.wait(for: 6)
      await driver.stop()
      #expect(
        receiver.log == ["attempt", "attempt ends", "refresh", "refresh ends", "attempt", "attempt ends"])
      #expect(try firing(server, at: time.date) == [true, true, false])
    }
    #expect(try service.store.backlog().isEmpty)
  }

  @Test func `what is told again waits for what is under way`() async throws {
    let (service, first) = try await service()
    try await HookServer.run([.init(status: 200)]) { server in
      let time = ManualTime(date: YardService.start + 600_000)
      let receiver = GatedReceiver(AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)", time: time))
      receiver.open()
      let driver = try DeliveryBench.driver(receiver, service.store, sink: Self.sink, time: time)
      let standing = try service.store.standing()
      await driver.take(first)
      await driver.refresh(standing)
      await receiver.wait(for: 4)
      await driver.stop()
      #expect(receiver.log == ["attempt", "attempt ends", "refresh", "refresh ends"])
      #expect(try firing(server, at: time.date) == [true, true])
    }
  }
}
