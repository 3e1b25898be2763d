import MyCarTracksTesting
import Synchronization
import Testing

@testable import MyCarTracks

@Suite struct TokenMachineTests {
  private let secret = Secret("3f0c6c1e")

  @Test func `one caller asks, the others wait, and all use what comes`() {
    var machine = TokenMachine()
    #expect(machine.need(at: .zero) == .fetch)
    #expect(machine.need(at: .zero) == .wait)
    let token = machine.received(secret, lifetime: .seconds(3600), scopes: ["read"], at: .zero)
    #expect(machine.need(at: .seconds(3539)) == .use(token))
    #expect(machine.need(at: .seconds(3540)) == .fetch)
  }

  @Test(arguments: [(10, 9), (100, 90), (600, 540), (3592, 3532)])
  func `a token is renewed a tenth of its lifetime before its end, a minute at most`(lifetime: Int, renewal: Int) {
    var machine = TokenMachine()
    _ = machine.need(at: .zero)
    let token = machine.received(secret, lifetime: .seconds(lifetime), scopes: [], at: .zero)
    #expect(machine.need(at: .seconds(renewal) - .milliseconds(1)) == .use(token))
    #expect(machine.need(at: .seconds(renewal)) == .fetch)
  }

  @Test func `a refused token is asked for anew once, also where the same one comes again`() {
    var machine = TokenMachine()
    _ = machine.need(at: .zero)
    let first = machine.received(secret, lifetime: nil, scopes: [], at: .zero)
    #expect(machine.need(at: .seconds(1), rejected: first) == .fetch)
    let second = machine.received(secret, lifetime: nil, scopes: [], at: .seconds(1))
    // Another caller whose request was refused with the first one is content with the second.
    #expect(machine.need(at: .seconds(2), rejected: first) == .use(second))
    #expect(machine.need(at: .seconds(2), rejected: second) == .fetch)
  }

  @Test func `after a failure the next caller asks`() {
    var machine = TokenMachine()
    _ = machine.need(at: .zero)
    machine.failed()
    #expect(machine.need(at: .zero) == .fetch)
  }

  @Test func `a hundred callers at once bring about one request`() async throws {
    let count = Mutex(0)
    let source = TokenSource(time: ManualTime()) {
      count.withLock { $0 += 1 }
      for _ in 0..<20 { await Task.yield() }
      return try TokenReply(HTTPReply(status: 200, body: Array(#"{"access_token":"abc","expires_in":"3592"}"#.utf8)))
    }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<100 { group.addTask { try await source.token().generation } }
      for try await generation in group { #expect(generation == 1) }
    }
    #expect(count.withLock { $0 } == 1)
  }

  @Test(arguments: [
    #"{"access_token":"a.b.c","expires_in":60,"scope":"read write"}"#,
    #"{"access_token":"a.b.c","expires_in":"60","scope":["read","write"],"token_type":"Bearer"}"#,
  ])
  func `answers are read in every form`(text: String) throws {
    let reply = try TokenReply(HTTPReply(status: 200, body: Array(text.utf8)))
    #expect(reply.value.text == "a.b.c" && reply.lifetime == .seconds(60) && reply.scopes == ["read", "write"])
    #expect("\(reply)".contains("a.b.c") == false)
  }
}
