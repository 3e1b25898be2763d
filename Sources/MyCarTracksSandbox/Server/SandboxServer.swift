import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Serves a sandbox on this machine, its live streams on the same port.
public struct SandboxServer: Sendable {
  private let sandbox: Sandbox
  private let port: Int
  private let clock: SandboxClock
  private let onListening: @Sendable (Int) async -> Void

  /// Creates a server.
  ///
  /// - Parameters:
  ///   - sandbox: what is served.
  ///   - port: the port, or 0 for any that is free.
  ///   - clock: the time.
  ///   - onListening: called with the port when connections are taken.
  public init(
    _ sandbox: Sandbox, port: Int, clock: SandboxClock = SandboxClock(),
    onListening: @escaping @Sendable (Int) async -> Void
  ) {
    self.sandbox = sandbox
    self.port = port
    self.clock = clock
    self.onListening = onListening
  }

  /// Serves until the task is cancelled.
  public func run() async throws {
    let (sandbox, clock) = (sandbox, clock)
    let responder = CallbackResponder<SandboxContext> { request, context in
      let body = try await request.body.collect(upTo: 1 << 20)
      var headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { _, last in last }
      headers["host"] = request.head.authority
      let asked = SandboxRequest(
        method: request.method.rawValue, path: request.uri.path,
        query: Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }) { _, last in last },
        headers: headers, body: Array(buffer: body))
      return Self.response(sandbox.respond(to: asked, at: clock.date), channel: context.channel, clock)
    }
    var logger = Logger(label: "sandbox")
    logger.logLevel = .critical
    let onListening = onListening
    let application = Application(
      responder: responder,
      server: HTTPServerBuilder { LiveChannel(sandbox: sandbox, clock: clock, responder: $0) },
      configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      onServerRunning: { await onListening($0.localAddress?.port ?? 0) }, logger: logger)
    try await application.run()
  }

  private static func response(_ reply: SandboxReply, channel: any Channel, _ clock: SandboxClock) -> Response {
    var fields = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    let status = HTTPResponse.Status(code: reply.status)
    guard reply.delivery != .whole else {
      return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
    let body = ResponseBody(contentLength: reply.body.count) { writer in
      let middle = reply.body.count / 2
      try await writer.write(ByteBuffer(bytes: reply.body[..<middle]))
      if reply.delivery == .broken {
        try await channel.close()
        return
      }
      try await clock.sleep(for: .milliseconds(200))
      try await writer.write(ByteBuffer(bytes: reply.body[middle...]))
      try await writer.finish(nil)
    }
    return Response(status: status, headers: fields, body: body)
  }
}

/// A request and the connection it came on.
private struct SandboxContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
