public import MyCarTracks
public import MyCarTracksSandbox

extension SandboxClock: TimeSource {}

/// A sandbox that is served on a free port of this machine.
public struct SandboxHost: Sendable {
  /// The port.
  public let port: Int
  /// The sandbox.
  public let sandbox: Sandbox

  /// Serves a sandbox as long as `body` runs.
  public static func run<Result: Sendable>(
    _ sandbox: Sandbox, clock: SandboxClock = SandboxClock(),
    _ body: @Sendable @escaping (SandboxHost) async throws -> Result
  ) async throws -> Result {
    let (ports, listening) = AsyncStream<Int>.makeStream()
    let server = SandboxServer(sandbox, port: 0, clock: clock) { listening.yield($0) }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await body(SandboxHost(port: port, sandbox: sandbox)) }
        throw CancellationError()
      }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
  }

  /// The base URL of its API.
  public var baseURL: String { "http://127.0.0.1:\(port)/services/rest/v3" }
}
