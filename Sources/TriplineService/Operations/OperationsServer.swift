import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import TriplineAlerts
import TriplineFormats

/// Serves what those who run the service need: `/healthz`, `/readyz`, `/metrics` and `POST /-/reload`.
public struct OperationsServer: Service {
  private let host: String
  private let port: Int
  private let metrics: ServiceMetrics
  private let health: HealthBoard
  private let heartbeat: Heartbeat
  private let isReloadAllowed: Bool
  private let logger: Logger
  private let reload: @Sendable () async throws -> Void
  private let onListening: @Sendable (Int) async -> Void

  /// Creates a server.
  ///
  /// - Parameters:
  ///   - host: the address or the name of this machine that is listened on.
  ///   - port: the port, or 0 for any that is free.
  ///   - metrics: what `/metrics` shows.
  ///   - health: what `/readyz` answers.
  ///   - heartbeat: what `/healthz` looks at.
  ///   - allowsRemoteReload: whether `POST /-/reload` is taken where other machines can reach the server.
  ///   - logger: where the server tells what it does.
  ///   - reload: loads the configuration anew, and throws where it cannot be; two requests at a time call it twice.
  ///   - onListening: called with the port when connections are taken.
  public init(
    host: String, port: Int, metrics: ServiceMetrics, health: HealthBoard, heartbeat: Heartbeat,
    allowsRemoteReload: Bool = false, logger: Logger, reload: @escaping @Sendable () async throws -> Void,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.host = host
    self.port = port
    self.metrics = metrics
    self.health = health
    self.heartbeat = heartbeat
    isReloadAllowed = allowsRemoteReload || Self.isLoopback(host)
    self.logger = logger
    self.reload = reload
    self.onListening = onListening
  }

  /// Whether only this machine can reach what listens on a host.
  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// Serves until the task is cancelled or the service shuts down.
  ///
  /// - Throws: what keeps it from listening, such as a port that is taken.
  public func run() async throws {
    let (server, onListening) = (self, onListening)
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let isOfPage = request.headers[.origin] != nil
      let reply = await server.reply(request.method, request.uri.path, isOfPage: isOfPage)
      return Self.response(reply, to: request.method)
    }
    let application = Application(
      responder: responder,
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { await onListening($0.localAddress?.port ?? 0) }, logger: logger)
    do {
      try await application.run()
    } catch let error as IOError {
      throw ListeningError(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
    }
  }

  /// Answers a request; `isOfPage` says that a page in a browser has sent it.
  private func reply(_ method: HTTPRequest.Method, _ path: String, isOfPage: Bool) async -> OperationsReply {
    let isReload = path == "/-/reload"
    guard isReload || ["/healthz", "/readyz", "/metrics"].contains(path) else {
      return .problem(404, "Not found", "There are /healthz, /readyz, /metrics and, by POST, /-/reload.")
    }
    guard isReload ? method == .post : method == .get || method == .head else {
      let allowed = isReload ? "POST" : "GET, HEAD"
      var reply = OperationsReply.problem(405, "Method not allowed", "\(path) knows \(allowed).")
      reply.allowed = allowed
      return reply
    }
    switch path {
    case "/healthz":
      let age = heartbeat.age
      return heartbeat.isFresh
        ? .text("ok\n")
        : .problem(503, "Stuck", "The pipeline was last at work \(age.components.seconds) s ago.")
    case "/readyz": return .health(health.health)
    case "/metrics": return .text(metrics.text, contentType: MetricText.contentType)
    default: return await reloading(isOfPage: isOfPage)
    }
  }

  private func reloading(isOfPage: Bool) async -> OperationsReply {
    guard isReloadAllowed else {
      return .problem(
        403, "Not allowed", "Other machines can reach this address. Send SIGHUP, or allow it with allow_reload.")
    }
    guard !isOfPage else {
      return .problem(403, "Not allowed", "A page in a browser may not ask for this. Use a program such as curl.")
    }
    do {
      try await reload()
      return .text("reloaded\n")
    } catch let error as ConfigurationError {
      return .problem(500, "Configuration not loaded", error.description)
    } catch let error as FormatError {
      return .problem(500, "Configuration not loaded", error.description)
    } catch {
      // Of other errors it is not known what is in them.
      return .problem(500, "Configuration not loaded", "The old one stays. The log says why.")
    }
  }

  private static func response(_ reply: OperationsReply, to method: HTTPRequest.Method) -> Response {
    var fields = HTTPFields()
    fields[.contentType] = reply.contentType
    fields[.cacheControl] = "no-store"
    if let allowed = reply.allowed { fields[.allow] = allowed }
    let response = Response(
      status: HTTPResponse.Status(code: reply.status), headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    return method == .head ? response.createHeadResponse() : response
  }
}
