import Testing

@testable import TriplineService

@Suite struct ReadinessProbeTests {
  @Test func `a service that is ready says so, and one that is not says why`() async throws {
    try await OperationsHost.run { host in
      host.health.note { $0 = Health(store: .ok, feed: .unavailable("no stream yet"), outbox: .ok) }
      let before = await ReadinessProbe.ask(host: "127.0.0.1", port: host.port)
      #expect(before == .notReady(["feed: no stream yet"]))
      host.health.note { $0.feed = .ok }
      #expect(await ReadinessProbe.ask(host: "0.0.0.0", port: host.port) == .ready)
    }
  }

  @Test func `where nobody listens, nobody answers`() async throws {
    let ports = Ports()
    try await OperationsHost.run { host in await ports.note(host.port) }
    #expect(await ReadinessProbe.ask(host: "127.0.0.1", port: await ports.last) == .silent("nobody answers"))
  }

  private actor Ports {
    var last = 0

    func note(_ port: Int) { last = port }
  }
}
