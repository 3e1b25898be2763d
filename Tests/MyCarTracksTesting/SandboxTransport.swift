import Foundation
public import MyCarTracks
public import MyCarTracksSandbox
import Synchronization

/// Carries requests to a sandbox in the same process, at the time of the clocks it is given.
public final class SandboxTransport: HTTPTransport {
  /// The sandbox.
  public let sandbox: Sandbox
  private let time: any TimeSource
  private let log = Mutex<[HTTPRequest]>([])
  private let chance: Mutex<[Int: MyCarTracksError]>
  private let latency: Duration
  private let bytesPerSecond: Int?

  /// Creates a transport.
  ///
  /// - Parameters:
  ///   - sandbox: what answers.
  ///   - time: the clocks.
  ///   - failing: the requests of these numbers, from 0 on, meet an error instead.
  ///   - latency: how long an answer takes, at least.
  ///   - bytesPerSecond: how much comes in a second; `nil` for all at once. Slow bodies come at 1 kB a second.
  public init(
    _ sandbox: Sandbox, time: any TimeSource, failing: [Int: MyCarTracksError] = [:], latency: Duration = .zero,
    bytesPerSecond: Int? = nil
  ) {
    self.sandbox = sandbox
    self.time = time
    self.latency = latency
    self.bytesPerSecond = bytesPerSecond
    chance = Mutex(failing)
  }

  /// All requests so far.
  public var requests: [HTTPRequest] { log.withLock { $0 } }

  /// Hands a request to the sandbox.
  public func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
    let number = log.withLock { log in
      log.append(request)
      return log.count - 1
    }
    if let error = chance.withLock({ $0[number] }) { throw error }
    guard let url = URLComponents(string: request.url) else { preconditionFailure("no URL: \(request.url)") }
    let reply = sandbox.respond(
      to: SandboxRequest(
        method: request.method, path: url.path,
        query: Dictionary((url.queryItems ?? []).map { ($0.name, $0.value ?? "") }) { _, last in last },
        headers: Dictionary(request.headers.map { ($0.name, $0.value) }) { _, last in last }, body: request.body),
      at: time.date)
    var duration = latency
    if let rate = reply.delivery == .slow ? 1000 : bytesPerSecond { duration += .seconds(reply.body.count / rate) }
    if duration > .zero { try await time.sleep(for: min(duration, deadline)) }
    if duration > deadline { throw MyCarTracksError(.deadlineExceeded, "no whole answer came in time") }
    if reply.delivery == .broken { throw MyCarTracksError(.connectionFailed, "the connection broke") }
    return HTTPReply(status: reply.status, headers: reply.headers, body: reply.body)
  }
}
