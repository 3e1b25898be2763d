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

  /// Creates a transport; the requests of these numbers, from 0 on, meet an error instead.
  public init(_ sandbox: Sandbox, time: any TimeSource, failing: [Int: MyCarTracksError] = [:]) {
    self.sandbox = sandbox
    self.time = time
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
    if reply.delivery == .broken { throw MyCarTracksError(.connectionFailed, "the connection broke") }
    return HTTPReply(status: reply.status, headers: reply.headers, body: reply.body)
  }
}
