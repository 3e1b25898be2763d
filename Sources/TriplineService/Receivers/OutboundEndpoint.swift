import AsyncHTTPClient
import Foundation
import MyCarTracks
import NIOCore
import NIOHTTP1
import TriplineAlerts

/// A place on the network that takes requests.
///
/// Before each of them its host is looked up, and the connection goes to an address that was looked at: a name whose
/// address is another one a moment later does not get past that.
struct OutboundEndpoint: Sendable {
  private let url: String
  private let host: String
  private let allowsInternal: Bool
  private let timeout: Int64
  private let time: any TimeSource
  private let lookUp: @Sendable (String) async throws -> [SocketAddress]
  /// Addresses of a host that are tried at most.
  private static let mostAddresses = 4

  /// Creates an endpoint.
  ///
  /// - Parameters:
  ///   - url: where it is; it has been looked at by `ReceiverSettings.problem(ofURL:)`.
  ///   - allowsInternal: whether its address may be one within one's own network.
  ///   - timeout: how long a request may take in milliseconds, the lookup included.
  ///   - time: the time, for answers that name a date.
  ///   - lookUp: finds the addresses of a host.
  init(
    url: String, allowsInternal: Bool, timeout: Int64, time: any TimeSource,
    lookUp: @escaping @Sendable (String) async throws -> [SocketAddress] = HostLookup.addresses
  ) {
    self.url = url
    // An address of IPv6 may stand in brackets.
    host = (URL(string: url)?.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    self.allowsInternal = allowsInternal
    self.timeout = timeout
    self.time = time
    self.lookUp = lookUp
  }

  /// Posts a body once. No redirection is followed, and of an answer only its head is read.
  func post(_ body: [UInt8], headers: [(name: String, value: String)]) async -> Attempt {
    await Attempt.within(timeout) {
      var outgoing = HTTPClientRequest(url: url)
      outgoing.method = .POST
      for header in headers { outgoing.headers.add(name: header.name, value: header.value) }
      outgoing.headers.replaceOrAdd(name: "user-agent", value: "tripline")
      outgoing.body = .bytes(ByteBuffer(bytes: body))
      do {
        return try await send(outgoing)
      } catch {
        return .failed("the connection to \(host) failed: \(Self.reason(error))")
      }
    }
  }

  private func send(_ request: HTTPClientRequest) async throws -> Attempt {
    let found = try await lookUp(host)
    guard !found.isEmpty else { return .failed("the host \(host) cannot be found") }
    if !allowsInternal, let kind = found.lazy.compactMap({ InternalAddress($0) }).first {
      return .failed("\(host) has a \(kind.rawValue) address; allow_internal is needed for it")
    }
    let addresses = found.prefix(Self.mostAddresses)
    var failure: any Error = CancellationError()
    for address in addresses {
      do {
        return try await send(request, to: address, connectWithin: timeout / Int64(addresses.count))
      } catch {
        failure = error
        if Task.isCancelled { break }
      }
    }
    throw failure
  }

  /// Sends a request by a client of its own, for a client knows one address of a host.
  private func send(
    _ request: HTTPClientRequest, to address: SocketAddress, connectWithin limit: Int64
  ) async throws -> Attempt {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = .milliseconds(max(1, limit))
    configuration.connectionPool.retryConnectionEstablishment = false
    // The header `Host`, and the name that the certificate has to have, stay those of the URL.
    if let text = address.ipAddress { configuration.dnsOverride = [host: text] }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let answer: Result<Attempt, any Error>
    do {
      let response = try await client.execute(request, deadline: .distantFuture)
      answer = .success(attempt(response))
    } catch {
      answer = .failure(error)
    }
    try? await client.shutdown()
    return try answer.get()
  }

  private func attempt(_ response: HTTPClientResponse) -> Attempt {
    let status = Int(response.status.code)
    let retryAfter = response.headers.first(name: "retry-after").flatMap { RetryAfter.milliseconds($0, at: time.date) }
    return Attempt(
      outcome: .answered(status: status, retryAfter: retryAfter),
      note: (200..<300).contains(status) ? nil : "HTTP \(status)")
  }

  /// What is known of a broken connection, without what was sent on it.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
    case let error as HTTPClientError: error.shortDescription
    default: String(describing: type(of: error))
    }
  }
}

extension OutboundEndpoint: CustomStringConvertible, CustomReflectable {
  /// The host: a path or a query may be secret.
  var description: String { host }
  /// Nothing to be seen within.
  var customMirror: Mirror { Mirror(self, children: []) }
}
