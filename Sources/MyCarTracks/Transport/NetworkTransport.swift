import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Carries requests over the network, by AsyncHTTPClient; certificates are verified.
public final class NetworkTransport: HTTPTransport {
  private let client: HTTPClient
  /// The longest body that is taken, in bytes: a day of a track at 1 Hz is about 20 MB.
  private static let longestBody = 256 << 20

  /// Creates a transport with connections of its own.
  public init() {
    client = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: HTTPClient.Configuration(redirectConfiguration: .disallow))
  }

  /// Closes all connections, and waits for it. Without it they are closed when nobody has the transport any more.
  public func shutdown() async throws { try await client.shutdown() }

  // One that is shut down already says so, to nobody.
  deinit { client.shutdown { _ in } }

  /// Sends a request.
  public func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply {
    try await withThrowingTaskGroup(of: HTTPReply?.self) { group in
      group.addTask { try await self.send(request) }
      // The client's own deadline would end with the head of the answer.
      group.addTask {
        try await Task.sleep(for: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let reply = try await group.next() ?? nil else {
        throw MyCarTracksError(.deadlineExceeded, "no whole answer came within \(deadline). Try again later.")
      }
      return reply
    }
  }

  private func send(_ request: HTTPRequest) async throws -> HTTPReply {
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = HTTPMethod(rawValue: request.method)
    for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
    if !request.body.isEmpty { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
    do {
      let response = try await client.execute(outgoing, deadline: .distantFuture)
      let body = try await response.body.collect(upTo: Self.longestBody)
      return HTTPReply(
        status: Int(response.status.code),
        headers: Dictionary(response.headers.map { ($0.name, $0.value) }) { _, last in last },
        body: Array(buffer: body))
    } catch let error as HTTPClientError where error == .cancelled {
      throw CancellationError()
    } catch let error as CancellationError {
      throw error
    } catch {
      try Task.checkCancellation()
      throw MyCarTracksError(.connectionFailed, "the connection failed: \(Self.reason(error)). Try again later.")
    }
  }

  /// What is known of a broken connection, without what was sent on it.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(describing: error.errnoCode) + " " + error.description
    case let error as HTTPClientError: error.shortDescription
    default: String(describing: type(of: error))
    }
  }
}
