import Foundation
import Logging
import MyCarTracksTesting
import NIOHTTP1
import ServiceLifecycle
import Synchronization
import Testing
import TriplineAlerts

@testable import TriplineService

@Suite struct OperationsServerTests {
  private struct Problem: Decodable {
    var type: String
    var title: String
    var status: UInt
    var detail: String
  }

  /// The problem in an answer, which has to have the type and the status of one.
  private static func problem(_ answer: OperationsHost.Answer) throws -> Problem {
    #expect(answer.headers["content-type"] == ["application/problem+json"])
    let problem = try JSONDecoder().decode(Problem.self, from: Data(answer.body.utf8))
    #expect(problem.type == "about:blank" && problem.status == answer.status && !problem.title.isEmpty)
    return problem
  }

  @Test func `metrics are those that were counted`() async throws {
    try await OperationsHost.run { host in
      host.metrics.fixes(accepted: 3, rejected: 0, late: 0)
      let answer = try await host.ask("/metrics")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == ["text/plain; version=0.0.4; charset=utf-8"])
      #expect(try Exposition(answer.body).value("tripline_fixes_total", ["result": "accepted"]) == 3)
    }
  }

  @Test func `it is ready once all parts are`() async throws {
    try await OperationsHost.run { host in
      let before = try await host.ask("/readyz")
      #expect(before.status == 503 && before.body.contains("not opened yet"))
      host.health.note { $0 = Health(store: .ok, feed: .ok, outbox: .ok) }
      let after = try await host.ask("/readyz")
      #expect(after.status == 200 && after.body.contains("\"status\":\"ok\""))
    }
  }

  @Test func `it is well as long as the pipeline gives signs of life`() async throws {
    try await OperationsHost.run { host in
      let before = try await host.ask("/healthz")
      #expect(before.status == 200 && before.body == "ok\n")
      host.time.advance(by: .seconds(31))
      let after = try await host.ask("/healthz")
      #expect(after.status == 503)
      #expect(try Self.problem(after).detail.contains("31 s ago"))
    }
  }

  @Test(arguments: ["/healthz", "/readyz", "/metrics"])
  func `a request for the head is answered without a body`(path: String) async throws {
    try await OperationsHost.run { host in
      let (whole, head) = (try await host.ask(path), try await host.ask(path, .HEAD))
      #expect(head.status == whole.status && head.body.isEmpty)
      #expect(head.headers["content-type"] == whole.headers["content-type"])
      #expect(head.headers["content-length"] == ["\(whole.body.utf8.count)"])
    }
  }

  @Test(arguments: ["/", "/metrics/", "/v1/alerts", "/-/reload/x"])
  func `what there is not is a problem`(path: String) async throws {
    try await OperationsHost.run { host in
      let answer = try await host.ask(path)
      #expect(answer.status == 404)
      _ = try Self.problem(answer)
    }
  }

  @Test(arguments: [("/metrics", HTTPMethod.POST, "GET, HEAD"), ("/-/reload", .GET, "POST")])
  func `another method says which there are`(path: String, method: HTTPMethod, allowed: String) async throws {
    try await OperationsHost.run { host in
      let answer = try await host.ask(path, method)
      #expect(answer.status == 405 && answer.headers["allow"] == [allowed])
      _ = try Self.problem(answer)
    }
  }

  @Test func `a reload is asked for once`() async throws {
    let count = Counter()
    try await OperationsHost.run(reload: { count.add() }) { host in
      let answer = try await host.ask("/-/reload", .POST)
      #expect(answer.status == 200 && count.value == 1)
    }
  }

  @Test func `a mistake in the configuration is said with its place`() async throws {
    let mistake = ConfigurationError(file: "rules.yaml", line: 3, column: 7, message: "there are no rules.")
    try await OperationsHost.run(reload: { throw mistake }) { host in
      let answer = try await host.ask("/-/reload", .POST)
      #expect(answer.status == 500)
      #expect(try Self.problem(answer).detail == "rules.yaml:3:7: there are no rules.")
    }
  }

  @Test func `of other errors nothing is said, for there may be a secret in them`() async throws {
    struct Leak: Error { var secret = "whsec_made-up" }
    try await OperationsHost.run(reload: { throw Leak() }) { host in
      let answer = try await host.ask("/-/reload", .POST)
      #expect(answer.status == 500 && !answer.body.contains("whsec"))
      _ = try Self.problem(answer)
    }
  }

  @Test(arguments: [(false, 403, 0), (true, 200, 1)])
  func `where other machines reach it, a reload has to be allowed`(
    isAllowed: Bool, status: UInt, calls: Int
  ) async throws {
    let count = Counter()
    try await OperationsHost.run(host: "0.0.0.0", allowsRemoteReload: isAllowed, reload: { count.add() }) { host in
      let answer = try await host.ask("/-/reload", .POST)
      #expect(answer.status == status && count.value == calls)
    }
  }

  @Test func `a page in a browser cannot ask for a reload`() async throws {
    let count = Counter()
    try await OperationsHost.run(reload: { count.add() }) { host in
      let answer = try await host.ask("/-/reload", .POST, headers: ["origin": "https://example.com"])
      #expect(answer.status == 403 && count.value == 0)
    }
  }

  @Test(
    arguments: [
      ("127.0.0.1", true), ("127.8.9.1", true), ("::1", true), ("localhost", true), ("0.0.0.0", false), ("::", false),
      ("127.example.com", false), ("127.0.0.1.example.com", false), ("10.0.0.1", false), ("128.0.0.1", false),
      ("127.0.0.256", false), ("", false),
    ])
  func `only this machine reaches its own addresses`(host: String, isLoopback: Bool) {
    #expect(OperationsServer.isLoopback(host) == isLoopback)
  }

  @Test func `it ends when the service shuts down`() async throws {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = OperationsServer(
      host: "127.0.0.1", port: 0, metrics: ServiceMetrics(version: "test", startedAt: 0), health: HealthBoard(),
      heartbeat: Heartbeat(time: ManualTime()), logger: logger, reload: {}, onListening: { listening.yield($0) })
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      for await port in ports {
        #expect(port > 0)
        break
      }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }
}

/// How often something was called.
private final class Counter: Sendable {
  private let count = Mutex(0)

  /// It was called once more.
  func add() { count.withLock { $0 += 1 } }
  /// How often so far.
  var value: Int { count.withLock { $0 } }
}
