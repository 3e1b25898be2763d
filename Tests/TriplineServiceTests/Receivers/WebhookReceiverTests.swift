import Foundation
import MyCarTracks
import NIOCore
import Testing

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct WebhookReceiverTests {
  private func signature(_ secrets: [String] = [ReceiverSamples.secret]) throws -> WebhookSignature {
    try #require(WebhookSignature(secrets: secrets))
  }

  @Test(arguments: [[ReceiverSamples.secret], [ReceiverSamples.otherSecret, ReceiverSamples.secret]])
  func `an event arrives as it is, signed by every secret, with the id that it has and the time of the attempt`(
    secrets: [String]
  ) async throws {
    let (time, event) = (SetTime(), ReceiverSamples.event())
    let recorded = try await HookServer.run { server in
      let receiver = WebhookReceiver(
        url: "http://127.0.0.1:\(server.port)/hooks/fleet?team=1", signature: try signature(secrets),
        allowsInternal: true, time: time)
      #expect(await receiver.attempt(ReceiverSamples.parcel([event])).isSuccess)
      time.date += 5000
      #expect(await receiver.attempt(ReceiverSamples.parcel([event])).isSuccess)
      return server.recorded
    }
    #expect(recorded.count == 2)
    for (request, seconds) in zip(recorded, [ReceiverSamples.now / 1000, ReceiverSamples.now / 1000 + 5]) {
      #expect(request.line == "POST /hooks/fleet?team=1" && request.body == event.json)
      #expect(request.headers["content-type"] == "application/cloudevents+json")
      for header in try signature(secrets).headers(id: event.id, seconds: seconds, body: request.body) {
        #expect(request.headers[header.name] == header.value)
      }
      let signatures = request.headers["webhook-signature"]?.split(separator: " ") ?? []
      #expect(signatures.count == secrets.count)
      // Who knows one of the secrets finds its signature among them.
      for secret in secrets {
        let own = try signature([secret]).headers(id: event.id, seconds: seconds, body: request.body)
        #expect(signatures.contains { $0 == own[2].value })
      }
    }
  }

  @Test(arguments: [
    (HookServer.Answer(status: 200), 200, Int64?.none, String?.none),
    (HookServer.Answer(status: 500), 500, nil, "HTTP 500"), (HookServer.Answer(status: 410), 410, nil, "HTTP 410"),
    (HookServer.Answer(status: 302, headers: ["location": "/elsewhere"]), 302, nil, "HTTP 302"),
    (HookServer.Answer(status: 429, headers: ["retry-after": "120"]), 429, 120_000, "HTTP 429"),
    (
      HookServer.Answer(status: 503, headers: ["retry-after": "Mon, 23 Nov 2026 10:36:14 GMT"]), 503, 60_000, "HTTP 503"
    ),
    (HookServer.Answer(status: 503, headers: ["retry-after": "soon"]), 503, nil, "HTTP 503"),
  ])
  func `whatever is answered is told, and a redirection is not followed`(
    answer: HookServer.Answer, status: Int, retryAfter: Int64?, note: String?
  ) async throws {
    let (attempt, count) = try await HookServer.run([answer]) { server in
      let receiver = WebhookReceiver(
        url: "http://127.0.0.1:\(server.port)/secret-path", signature: try signature(), allowsInternal: true,
        time: SetTime())
      return (await receiver.attempt(ReceiverSamples.parcel()), server.recorded.count)
    }
    #expect(attempt == Attempt(outcome: .answered(status: status, retryAfter: retryAfter), note: note) && count == 1)
  }

  @Test func `who does not answer in time has failed`() async throws {
    let attempt = try await HookServer.run([HookServer.Answer(status: 0)]) { server in
      let receiver = WebhookReceiver(
        url: "http://127.0.0.1:\(server.port)/", signature: try signature(), allowsInternal: true, timeout: 50)
      return await receiver.attempt(ReceiverSamples.parcel())
    }
    #expect(attempt == Attempt(outcome: .failed, note: "timed out after 50 ms"))
  }

  @Test func `a lookup that does not end is not waited for either`() async throws {
    let endpoint = OutboundEndpoint(
      url: "http://hooks.invalid/", allowsInternal: true, timeout: 50, time: SetTime(),
      lookUp: { _ in
        for await _ in AsyncStream<Void>.makeStream().stream {}
        throw CancellationError()
      })
    #expect(await endpoint.post([], headers: []) == Attempt(outcome: .failed, note: "timed out after 50 ms"))
  }

  @Test func `the connection goes to the address that was looked at, and the host stays as it is`() async throws {
    let recorded = try await HookServer.run { server in
      let endpoint = OutboundEndpoint(
        url: "http://fleet.invalid:\(server.port)/hook", allowsInternal: true, timeout: 15_000, time: SetTime(),
        lookUp: { host in
          #expect(host == "fleet.invalid")
          return [try SocketAddress(ipAddress: "127.0.0.1", port: 0)]
        })
      let receiver = WebhookReceiver(endpoint, signature: try signature(), time: SetTime())
      let attempt = await receiver.attempt(ReceiverSamples.parcel())
      #expect(attempt.isSuccess, "\(attempt)")
      return (server.recorded, server.port)
    }
    #expect(recorded.0.map { $0.headers["host"] } == ["fleet.invalid:\(recorded.1)"])
  }

  @Test func `where one address of a host does not answer, the next one is tried`() async throws {
    let count = try await HookServer.run { server in
      let endpoint = OutboundEndpoint(
        url: "http://fleet.invalid:\(server.port)/", allowsInternal: true, timeout: 15_000, time: SetTime(),
        // Nobody listens at the second loopback address: the server is at the first only.
        lookUp: { _ in
          [try SocketAddress(ipAddress: "127.0.0.2", port: 0), try SocketAddress(ipAddress: "127.0.0.1", port: 0)]
        })
      let attempt = await endpoint.post([], headers: [])
      #expect(attempt.isSuccess, "\(attempt)")
      return server.recorded.count
    }
    #expect(count == 1)
  }

  @Test(arguments: [["127.0.0.1"], ["93.184.216.34", "10.0.0.7"], ["169.254.169.254"]])
  func `an internal address is not connected to, even where it is one of several`(addresses: [String]) async throws {
    let (attempt, count) = try await HookServer.run { server in
      let endpoint = OutboundEndpoint(
        url: "http://fleet.invalid:\(server.port)/secret-path", allowsInternal: false, timeout: 15_000, time: SetTime(),
        lookUp: { _ in try addresses.map { try SocketAddress(ipAddress: $0, port: 0) } })
      return (await endpoint.post([], headers: []), server.recorded.count)
    }
    #expect(attempt.outcome == .failed && count == 0)
    #expect(attempt.note?.contains("fleet.invalid has a ") == true && attempt.note?.contains("secret") == false)
  }

  @Test(arguments: ["127.0.0.1", "[::1]", "localhost", "127.1", "[::ffff:127.0.0.1]"])
  func `however this machine is named, it is refused`(host: String) async throws {
    let (attempt, count) = try await HookServer.run { server in
      let receiver = WebhookReceiver(url: "http://\(host):\(server.port)/", signature: try signature())
      return (await receiver.attempt(ReceiverSamples.parcel()), server.recorded.count)
    }
    #expect(attempt.outcome == .failed && attempt.note?.contains("loopback") == true && count == 0)
  }

  @Test func `a host without an address has failed`() async throws {
    let endpoint = OutboundEndpoint(
      url: "http://nobody.invalid/", allowsInternal: false, timeout: 15_000, time: SetTime(), lookUp: { _ in [] })
    #expect(await endpoint.post([], headers: []).note == "the host nobody.invalid cannot be found")
  }

  @Test func `what was sent is what was told`() async throws {
    let events = [
      ReceiverSamples.event(), ReceiverSamples.event(isFiring: false),
      ReceiverSamples.event(ReceiverSamples.alert("alrt_other", labels: ["place": "Škoda – \"north\""])),
    ]
    let recorded = try await HookServer.run { server in
      let receiver = WebhookReceiver(
        url: "http://127.0.0.1:\(server.port)/", signature: try signature(), allowsInternal: true)
      #expect(await receiver.attempt(ReceiverSamples.parcel(events)).isSuccess)
      return server.recorded
    }
    #expect(recorded.map(\.body) == events.map(\.json))
  }
}
