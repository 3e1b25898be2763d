import Foundation
import GRDB
import MyCarTracksTesting
import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// Deliveries to a real server, of synthetic vehicles, with the time of the test: a wait is over at once.
@Suite struct SinkDriverTests {
  private static let rules = "rules: [{alert: In, when: {enter: {}}}]"

  /// A service whose van has entered and left so many times: an event for each.
  private func service(visits: Int) async throws -> YardService {
    let service = try await YardService(Self.rules)
    var fixes = YardService.fixes(0...60, inside: false)
    for visit in 0..<Int64(visits) {
      fixes += YardService.fixes((90 + visit * 240)...(180 + visit * 240), inside: true)
      fixes += YardService.fixes((210 + visit * 240)...(300 + visit * 240), inside: false)
    }
    let deliveries = try await service.pipeline.take(fixes, at: YardService.start)
    #expect(deliveries.count == 2 * visits)
    return service
  }

  /// What a receiver answers at first, and when it is tried again, in milliseconds after the first attempt.
  struct Fault: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var answers: [HookServer.Answer]
    var outcomes: [String]
    var waits: [Int64]
  }

  private static let faults = [
    Fault(
      testDescription: "500 twice", answers: [.init(status: 500), .init(status: 500)], outcomes: ["500", "500"],
      waits: [5000, 305_000]),
    Fault(
      testDescription: "a redirection", answers: [.init(status: 302, headers: ["location": "/elsewhere"])],
      outcomes: ["302"], waits: [5000]),
    Fault(
      testDescription: "503 for two hours", answers: [.init(status: 503, headers: ["retry-after": "7200"])],
      outcomes: ["503"], waits: [7_200_000]),
    Fault(
      testDescription: "429 for a second", answers: [.init(status: 429, headers: ["retry-after": "1"])],
      outcomes: ["429"], waits: [5000]),
  ]

  @Test(arguments: faults)
  func `what does not arrive is sent again by the plan, the same each time, and what is behind it waits`(
    fault: Fault
  ) async throws {
    let service = try await service(visits: 2)
    let deliveries = try service.store.deliveries()
    try await HookServer.run(fault.answers + [.init(status: 204)]) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      await driver.take(deliveries)
      await receiver.wait(forParcels: deliveries.count)
      await driver.stop()
      let arrivals = try DeliveryBench.arrivals(server)
      let first = deliveries[0].id
      #expect(arrivals.map(\.id) == fault.answers.map { _ in first } + deliveries.map(\.id))
      #expect(!arrivals.contains { $0.path.contains("elsewhere") })
      let bodies = server.recorded.prefix(fault.answers.count + 1).map(\.body)
      #expect(Set(bodies).count == 1, "the same body at each attempt")
      #expect(receiver.seen.prefix(fault.waits.count + 1).map { $0.at - YardService.start } == [0] + fault.waits)
    }
    let attempts = try service.store.attempts(at: deliveries[0].number)
    #expect(attempts.map(\.outcome) == fault.outcomes + ["delivered"])
    #expect(try service.store.deliveries([.delivered]).map(\.number) == deliveries.map(\.number))
    #expect(try service.store.delivery(deliveries[0].number)?.failures == fault.answers.count)
  }

  @Test func `who takes a request and never answers is given up after the timeout, and tried again by the plan`()
    async throws
  {
    let service = try await service(visits: 1)
    let deliveries = try service.store.deliveries()
    try await HookServer.run([.init(status: 0)]) { silent in
      try await HookServer.run { server in
        let time = ManualTime(date: YardService.start)
        let hanging = try DeliveryBench.webhook(silent, time: time, timeout: 50)
        let webhook = try DeliveryBench.webhook(server, time: time)
        let receiver = WatchedReceiver(time) { $0 < 2 ? hanging : webhook }
        let driver = try DeliveryBench.driver(receiver, service.store, time: time)
        await driver.take(deliveries)
        await receiver.wait(forParcels: deliveries.count)
        await driver.stop()
        #expect(receiver.seen.prefix(3).map { $0.at - YardService.start } == [0, 5000, 305_000])
        #expect(try DeliveryBench.arrivals(server).map(\.id) == deliveries.map(\.id))
      }
    }
    let attempts = try service.store.attempts(at: deliveries[0].number)
    #expect(attempts.map(\.outcome) == ["failed", "failed", "delivered"])
    #expect(attempts.prefix(2).map(\.note) == ["timed out after 50 ms", "timed out after 50 ms"])
  }

  @Test func `as long as a receiver asks for patience it is told of no vehicle at all`() async throws {
    let service = try await service(visits: 1)
    let other =
      YardService.fixes(0...60, inside: false, vehicle: "other")
      + YardService.fixes(90...180, inside: true, vehicle: "other")
    _ = try await service.pipeline.take(other, at: YardService.start)
    let deliveries = try service.store.deliveries()
    let answers = [HookServer.Answer(status: 503, headers: ["retry-after": "3600"]), .init(status: 204)]
    try await HookServer.run(answers) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      await driver.take(Array(deliveries.prefix(1)))
      try await DeliveryBench.settle { try service.store.attempts(at: deliveries[0].number).count == 1 }
      await driver.take(deliveries)
      await receiver.wait(forParcels: deliveries.count)
      await driver.stop()
      #expect(receiver.seen.dropFirst().allSatisfy { $0.at >= YardService.start + 3_600_000 })
      DeliveryBench.expectOrder(try DeliveryBench.arrivals(server))
    }
  }

  @Test func `who is gone is left alone over a restart too, and has all in order once somebody wants it`() async throws
  {
    let service = try await service(visits: 2)
    let deliveries = try service.store.deliveries()
    try await HookServer.run([.init(status: 410), .init(status: 204)]) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let first = try DeliveryBench.driver(receiver, service.store, time: time)
      await first.take(deliveries)
      await receiver.wait { !$0.isEmpty }
      await first.stop()
      #expect(try service.store.state(ofSink: YardService.sink.id).isDisabled)
      #expect(try service.store.deliveries([.dead]).map(\.number) == deliveries.map(\.number), "nothing piles up")
      let second = try DeliveryBench.driver(receiver, service.store, time: time)
      try await second.readStore()
      time.advance(by: .seconds(86_400))
      try await second.readStore()
      await second.stop()
      #expect(server.recorded.count == 1, "who has said to be gone is not asked")
      #expect(throws: StoreError.self) { try service.store.retry([deliveries[0].number], at: time.date) }
      let third = try DeliveryBench.driver(receiver, service.store, time: time)
      try await third.readStore()
      #expect(try service.store.enable(sink: YardService.sink.id, at: time.date) == deliveries.count)
      try await third.readStore()
      await receiver.wait(forParcels: deliveries.count)
      await third.stop()
      #expect(try DeliveryBench.arrivals(server).dropFirst().map(\.id) == deliveries.map(\.id))
    }
    #expect(try service.store.state(ofSink: YardService.sink.id) == AlertStore.SinkState())
    #expect(try service.store.backlog().isEmpty)
    let attempts = try deliveries.map { try service.store.attempts(at: $0.number).map(\.outcome) }
    #expect(attempts[0] == ["410", "delivered"])
    #expect(attempts.dropFirst().allSatisfy { $0 == ["given up", "delivered"] })
    #expect(try service.store.deliveries().map(\.failures) == deliveries.map { _ in 0 })
  }

  @Test func `what comes while a receiver is gone is given up at once, and counts as in the store`() async throws {
    let service = try await service(visits: 2)
    let deliveries = try service.store.deliveries()
    try await HookServer.run([.init(status: 410)]) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let metrics = ServiceMetrics(version: "test", startedAt: time.date)
      let driver = try DeliveryBench.driver(receiver, service.store, time: time, metrics: metrics)
      await driver.take(Array(deliveries.prefix(1)))
      await receiver.wait { !$0.isEmpty }
      try await DeliveryBench.settle { try service.store.state(ofSink: YardService.sink.id).isDisabled }
      await driver.take(Array(deliveries.dropFirst()))
      try await DeliveryBench.settle { try service.store.deliveries([.waiting]).isEmpty }
      await driver.stop()
      #expect(server.recorded.count == 1)
      #expect(try service.store.backlog().map(\.dead) == [deliveries.count])
      let last = try #require(deliveries.last)
      #expect(
        try service.store.attempts(at: last.number).map(\.note) == [
          "its sink has answered 410, that it wants nothing any more"
        ])
      let name = "tripline_deliveries_total{sink=\"\(YardService.sink.id)\",outcome="
      #expect(metrics.text.contains("\(name)\"dead\"} \(deliveries.count)\n"))
      #expect(metrics.text.contains("\(name)\"disabled\"} 1\n"))
    }
  }

  @Test(arguments: [true, false])
  func `who has a delivery tried once more while its last attempt is under way is not forgotten`(
    isSeen: Bool
  ) async throws {
    let service = try await service(visits: 1)
    let delivery = try #require(try service.store.deliveries().first)
    let last = DeliveryMachine.waits.count
    try await HookServer.run(Array(repeating: .init(status: 500), count: last + 1) + [.init(status: 204)]) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let held = HeldReceiver(webhook)
      let receiver = WatchedReceiver(time) { $0 == last ? held as any Receiver : webhook }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      await driver.take([delivery])
      await held.waitForArrival()
      #expect(try service.store.retry([delivery.number], at: time.date) == 1)
      if isSeen { try await driver.readStore() }
      held.letGo()
      await receiver.wait { $0.contains { $0.id == delivery.id && $0.isSuccess } }
      await driver.stop()
    }
    #expect(try service.store.delivery(delivery.number)?.state == .delivered)
    let attempts = try service.store.attempts(at: delivery.number)
    #expect(attempts.map(\.outcome) == Array(repeating: "500", count: last + 1) + ["delivered"])
  }

  @Test func `a delivery that is not in the store any more is forgotten, and what is behind it goes out`() async throws
  {
    let service = try await service(visits: 1)
    let deliveries = try service.store.deliveries()
    try await HookServer.run { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      let other = try DatabaseQueue(path: service.store.path)
      try await other.write { try $0.execute(sql: "DELETE FROM delivery WHERE number = 1") }
      await driver.take(deliveries)
      await receiver.wait(forParcels: deliveries.count - 1)
      await driver.stop()
      #expect(try DeliveryBench.arrivals(server).map(\.id) == deliveries.dropFirst().map(\.id))
    }
    #expect(try service.store.attempts(at: deliveries[0].number).isEmpty)
    #expect(try service.store.backlog().isEmpty)
  }

  @Test(.timeLimit(.minutes(1)))
  func `a service that ends does not wait for a reader that does not read`() async throws {
    let service = try await service(visits: 1)
    let reader = try PipeReader(service.folder.appending(path: "events.pipe").path)
    let empty = reader.fill()
    let receiver = LineReceiver(path: reader.path, timeout: 3_600_000, grace: 20)
    let time = ManualTime(date: YardService.start)
    let driver = try DeliveryBench.driver(receiver, service.store, time: time)
    try await driver.readStore()
    await driver.stop()
    let first = try #require(try service.store.deliveries([.waiting]).first)
    #expect(try service.store.attempts(at: first.number).map(\.note) == ["it was stopped"])
    #expect(await reader.read(empty).count == empty && reader.isEmpty, "nothing is written behind its back")
  }

  @Test func `at the end of the plan it is a dead letter, which is kept and arrives when it is tried once more`()
    async throws
  {
    let service = try await service(visits: 1)
    let delivery = try #require(try service.store.deliveries().first)
    let tries = DeliveryMachine.waits.count + 1
    try await HookServer.run(Array(repeating: .init(status: 500), count: tries) + [.init(status: 204)]) { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      await driver.take([delivery])
      await receiver.wait { $0.count == tries }
      try await DeliveryBench.settle { try service.store.delivery(delivery.number)?.state == .dead }
      let ends = receiver.seen.prefix(tries).map { $0.at - YardService.start }
      #expect(ends == DeliveryMachine.waits.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) })
      #expect(try service.store.backlog().map(\.dead) == [1])
      #expect(try service.store.retry([delivery.number], at: time.date) == 1)
      // What else waits in the store is taken with it.
      try await driver.readStore()
      await receiver.wait(forParcels: 2)
      await driver.stop()
      let ids = Set(try DeliveryBench.arrivals(server).prefix(tries).map(\.id))
      #expect(ids == [delivery.id])
    }
    #expect(try service.store.backlog().isEmpty)
    let attempts = try service.store.attempts(at: delivery.number)
    #expect(attempts.map(\.outcome) == Array(repeating: "500", count: tries) + ["delivered"])
  }

  @Test func `C26: a restart between sending and writing down sends once more under the same id, and nothing else`()
    async throws
  {
    let service = try await service(visits: 2)
    let deliveries = try service.store.deliveries()
    try await HookServer.run { server in
      let time = ManualTime(date: YardService.start)
      let webhook = try DeliveryBench.webhook(server, time: time)
      let held = HeldReceiver(webhook)
      let killed = try DeliveryBench.driver(held, service.store, time: time)
      await killed.take(deliveries)
      await held.waitForArrival()
      #expect(try service.store.deliveries([.waiting]).count == deliveries.count)
      let receiver = WatchedReceiver(time) { _ in webhook }
      let store = try AlertStore(path: service.store.path)
      let driver = try DeliveryBench.driver(receiver, store, time: time)
      try await driver.readStore()
      await receiver.wait(forParcels: deliveries.count)
      await driver.stop()
      let arrivals = try DeliveryBench.arrivals(server)
      #expect(arrivals.map(\.id) == [deliveries[0].id] + deliveries.map(\.id))
      #expect(server.recorded[0].body == server.recorded[1].body)
      #expect(try store.deliveries([.delivered]).count == deliveries.count)
      #expect(try deliveries.allSatisfy { try store.attempts(at: $0.number).map(\.outcome) == ["delivered"] })
      held.letGo()
      await killed.stop()
    }
  }
}
