import AsyncHTTPClient
import Logging
import MyCarTracksTesting
import NIOCore
import NIOHTTP1

@testable import TriplineService

/// An operations server on a free port of this machine, with clocks that stand still.
struct OperationsHost: Sendable {
  /// What it answered.
  struct Answer: Sendable {
    /// The status.
    var status: UInt
    /// The headers.
    var headers: HTTPHeaders
    /// The body.
    var body: String
  }

  /// The clocks.
  let time: ManualTime
  /// What `/metrics` shows.
  let metrics: ServiceMetrics
  /// What `/readyz` answers.
  let health: HealthBoard
  /// The port.
  let port: Int

  /// Serves as long as `body` runs.
  static func run(
    host: String = "127.0.0.1", allowsRemoteReload: Bool = false,
    reload: @escaping @Sendable () async throws -> Void = {},
    _ body: @Sendable @escaping (OperationsHost) async throws -> Void
  ) async throws {
    let (time, health) = (ManualTime(), HealthBoard())
    let metrics = ServiceMetrics(version: "test", startedAt: 0)
    let (ports, listening) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = OperationsServer(
      host: host, port: 0, metrics: metrics, health: health, heartbeat: Heartbeat(time: time),
      allowsRemoteReload: allowsRemoteReload, logger: logger, reload: reload, onListening: { listening.yield($0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        for await port in ports {
          try await body(OperationsHost(time: time, metrics: metrics, health: health, port: port))
          return
        }
        throw CancellationError()
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Asks for something.
  func ask(_ path: String, _ method: HTTPMethod = .GET, headers: HTTPHeaders = [:]) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = method
    request.headers = headers
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let body = try await response.body.collect(upTo: 1 << 20)
    return Answer(status: response.status.code, headers: response.headers, body: String(buffer: body))
  }
}
