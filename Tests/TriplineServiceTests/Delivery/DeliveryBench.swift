import Foundation
import MyCarTracks
import MyCarTracksTesting
import Testing
import TriplineStore

@testable import TriplineAlerts
@testable import TriplineService

/// What tests of delivery have in common: receivers at a server of the test, drivers with a set chance, and what
/// arrived.
enum DeliveryBench {
  /// A receiver that posts to a server.
  static func webhook(
    _ server: HookServer, path: String = "/hook", time: any TimeSource, timeout: Int64 = 60_000
  ) throws -> WebhookReceiver {
    let signature = try #require(WebhookSignature(secrets: [ReceiverSamples.secret]))
    return WebhookReceiver(
      url: "http://127.0.0.1:\(server.port)\(path)", signature: signature, allowsInternal: true, timeout: timeout,
      time: time)
  }

  /// A receiver where nobody listens: the server is at the first loopback address only.
  static func refused(_ server: HookServer, time: any TimeSource) throws -> WebhookReceiver {
    let signature = try #require(WebhookSignature(secrets: [ReceiverSamples.secret]))
    return WebhookReceiver(
      url: "http://127.0.0.2:\(server.port)/hook", signature: signature, allowsInternal: true, timeout: 60_000,
      time: time)
  }

  /// A driver whose waits are the plan's, without chance.
  static func driver(
    _ receiver: any Receiver, _ store: AlertStore, sink: Outbox.Sink = YardService.sink, time: any TimeSource,
    metrics: ServiceMetrics = ServiceMetrics(version: "test", startedAt: YardService.start)
  ) throws -> SinkDriver {
    try SinkDriver(
      Receivers.Entry(sink: sink, receiver: receiver), store: store, time: time,
      metrics: metrics, chance: { 0 }, failed: { Issue.record($0) })
  }

  /// Waits until a driver has written down what a test waits for.
  static func settle(until isSettled: () throws -> Bool) async throws {
    while try !isSettled() { await Task.yield() }
  }

  /// The parts of a request that tell one event from another.
  struct Arrival: Hashable {
    var path: String
    var id: String
    var vehicle: String
    var sequence: String
  }

  private struct Body: Decodable {
    var id: String
    var partitionkey: String
    var sequence: String
  }

  /// What a server was sent, in order.
  static func arrivals(_ server: HookServer) throws -> [Arrival] {
    try server.recorded.map { request in
      let body = try JSONDecoder().decode(Body.self, from: Data(request.body))
      let id = try #require(request.headers["webhook-id"])
      #expect(id == body.id, "the header names the event of the body")
      return Arrival(path: request.line, id: id, vehicle: body.partitionkey, sequence: body.sequence)
    }
  }

  /// Expects that the events of each vehicle came in the order of their numbers.
  static func expectOrder(_ arrivals: [Arrival], sourceLocation: SourceLocation = #_sourceLocation) {
    for (key, own) in Dictionary(grouping: arrivals, by: { $0.path + $0.vehicle }) {
      #expect(own.map(\.sequence) == own.map(\.sequence).sorted(), "\(key)", sourceLocation: sourceLocation)
    }
  }
}
