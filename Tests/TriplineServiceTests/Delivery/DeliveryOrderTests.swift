import Foundation
import MyCarTracks
import MyCarTracksTesting
import Testing
import TriplineCore
import TriplineFormats
import TriplineStore
import TriplineTesting

@testable import TriplineAlerts
@testable import TriplineService

/// Fixes in, requests out: the pipeline, drivers and a real server together.
@Suite struct DeliveryOrderTests {
  /// Recorded garbage trucks as they drove at the same time.
  private static func trucks() throws -> [ReceivedFix] {
    let path = try SharedData.path("tracks/fleet_jerseycity_trucks_1min.csv.gz")
    return RecordedInputs([InputFile(path: path)]).tracks.flatMap { track in
      track.fixes.map { ReceivedFix(vehicleID: track.track.vehicleID, fix: $0) }
    }.enumerated().sorted { ($0.element.fix.time, $0.offset) < ($1.element.fix.time, $1.offset) }.map(\.element)
  }

  @Test(.enabled(if: SharedData.isPresent, "there are no recorded tracks"))
  func `C26: what recorded trucks bring about while the receiver is down for an hour arrives later, once, in order`()
    async throws
  {
    let fixes = Array(try Self.trucks().prefix(12_000))
    let counties = try SharedData.path("fences/us_counties.geojson.gz")
    let start = fixes[0].fix.time
    let service = try await YardService(
      "fence_files: [\(counties)]\nrules:\n  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}",
      fences: [], at: start)
    try await HookServer.run { server in
      let time = ManualTime(date: start)
      let (up, down) = (
        try DeliveryBench.webhook(server, time: time), try DeliveryBench.refused(server, time: time)
      )
      let receiver = WatchedReceiver(time) { _ in time.date < start + 3_600_000 ? down : up }
      let driver = try DeliveryBench.driver(receiver, service.store, time: time)
      for place in stride(from: 0, to: fixes.count, by: 1000) {
        let batch = Array(fixes[place..<min(fixes.count, place + 1000)])
        await driver.take(try await service.pipeline.take(batch, at: start))
      }
      let deliveries = try service.store.deliveries()
      await receiver.wait(forParcels: deliveries.count)
      await driver.stop()
      let arrivals = try DeliveryBench.arrivals(server)
      #expect(arrivals.count > 20 && Set(arrivals.map(\.vehicle)).count > 3)
      #expect(arrivals.map(\.id).sorted() == deliveries.map(\.id).sorted(), "each once, and nothing else")
      DeliveryBench.expectOrder(arrivals)
      #expect(receiver.seen.filter(\.isSuccess).allSatisfy { $0.at >= start + 3_600_000 })
      #expect(receiver.seen.contains { !$0.isSuccess }, "the receiver was down")
    }
    #expect(try service.store.backlog().isEmpty)
    let failed = try service.store.deliveries().map(\.failures).reduce(0, +)
    #expect(failed > 0)
  }

  /// Synthetic vans, each of which enters and leaves the yard so many times, all at the same time.
  private func vans(_ count: Int, visits: Int64) -> [ReceivedFix] {
    var fixes: [ReceivedFix] = []
    for van in 0..<count {
      for start in (0..<visits).map({ $0 * 240 }) {
        fixes += YardService.fixes(start...start + 60, inside: false, vehicle: "van-\(van)")
        fixes += YardService.fixes(start + 90...start + 210, inside: true, vehicle: "van-\(van)")
      }
    }
    return fixes.sorted { ($0.fix.time, $0.vehicleID) < ($1.fix.time, $1.vehicleID) }
  }

  @Test(arguments: [1 as UInt64, 2, 3])
  func `C18: sinks that fail now and then, side by side, each have the events of a vehicle in their order`(
    _ seed: UInt64
  ) async throws {
    let sinks = ["log/webhook/1", "log/webhook/2", "log/webhook/3"].map {
      Outbox.Sink(id: $0, receiver: "log", takesGroups: false)
    }
    let service = try await YardService(
      "rules:\n  - {alert: In, when: {enter: {}}}\n  - {alert: Out, when: {exit: {}}}", sinks: sinks)
    let fixes = vans(12, visits: 4)
    try await HookServer.run { server in
      let time = ManualTime(date: YardService.start)
      var random = SeededGenerator(seed: seed)
      var drivers: [(driver: SinkDriver, receiver: WatchedReceiver)] = []
      for sink in sinks {
        // Every fourth attempt or so fails, which ones the seed says.
        let fails = (0..<4096).map { _ in Int.random(in: 0..<4, using: &random) == 0 }
        let (up, down) = (
          try DeliveryBench.webhook(server, path: "/\(sink.id)", time: time),
          try DeliveryBench.refused(server, time: time)
        )
        let receiver = WatchedReceiver(time) { fails[$0 % fails.count] ? down : up }
        drivers.append((try DeliveryBench.driver(receiver, service.store, sink: sink, time: time), receiver))
      }
      var start = 0
      while start < fixes.count {
        let end = min(fixes.count, start + Int.random(in: 1...60, using: &random))
        let deliveries = try await service.pipeline.take(Array(fixes[start..<end]), at: YardService.start)
        for (driver, _) in drivers { await driver.take(deliveries) }
        start = end
      }
      let expected = try service.store.deliveries()
      for (sink, (driver, receiver)) in zip(sinks, drivers) {
        let own = expected.filter { $0.sink == sink.id }
        #expect(own.count > 12 * 8)
        await receiver.wait(forParcels: own.count)
        await driver.stop()
        #expect(receiver.seen.contains { !$0.isSuccess })
      }
      let arrivals = try DeliveryBench.arrivals(server)
      #expect(arrivals.count == expected.count, "each once")
      DeliveryBench.expectOrder(arrivals)
    }
    #expect(try service.store.backlog().isEmpty)
  }

  @Test func `a group is one message once its wait is over, without what is silenced`() async throws {
    let rules = """
      rules: [{alert: In, when: {enter: {}}}]
      receivers: [{name: log, stdout: true}, {name: dispatch, stdout: true}]
      route:
        receiver: log
        routes: [{matchers: ['alertname="In"'], receiver: dispatch, group_by: [fence], group_wait: 5m}]
      """
    let sink = Outbox.Sink(id: "dispatch/alertmanager/1", receiver: "dispatch", takesGroups: true)
    let service = try await YardService(rules, sinks: [sink])
    let silence = Silence(
      id: "quiet", matchers: [try Matcher("vehicle=\"van-2\"")], startsAt: YardService.start,
      endsAt: YardService.start + 86_400_000, author: "test", comment: "synthetic")
    try service.store.keep(silence)
    _ = try await service.pipeline.readSilences(at: YardService.start)
    #expect(try await service.pipeline.take(vans(4, visits: 1), at: YardService.start).isEmpty)
    #expect(try await service.pipeline.tick(at: YardService.start + 299_999).isEmpty)
    let deliveries = try await service.pipeline.tick(at: YardService.start + 300_000)
    #expect(deliveries.map(\.events.count) == [3] && deliveries.map(\.labels) == [["fence": "yard"]])
    let body = try await HookServer.run { server in
      let time = ManualTime(date: YardService.start + 300_000)
      let alertmanager = AlertmanagerReceiver(url: "http://127.0.0.1:\(server.port)", timeout: 60_000, time: time)
      let refused = AlertmanagerReceiver(url: "http://127.0.0.2:\(server.port)", timeout: 60_000, time: time)
      let receiver = WatchedReceiver(time, takesGroups: true) { $0 < 2 ? refused : alertmanager }
      let driver = try DeliveryBench.driver(receiver, service.store, sink: sink, time: time)
      await driver.take(deliveries)
      await receiver.wait(forParcels: 1)
      await driver.stop()
      #expect(server.recorded.map(\.line) == ["POST /api/v2/alerts"])
      return server.recorded.first?.body ?? []
    }
    let alerts = try JSONDecoder().decode([PostedAlert].self, from: Data(body))
    #expect(Set(alerts.compactMap { $0.labels["vehicle"] }) == ["van-0", "van-1", "van-3"] && alerts.count == 3)
    let held = try #require(try service.alerts("In").first { $0.vehicleID == "van-2" })
    #expect(try service.store.holds(ofAlert: held.id).map(\.reason) == ["silenced by quiet"])
  }

  private struct PostedAlert: Decodable {
    var labels: [String: String]
  }
}
