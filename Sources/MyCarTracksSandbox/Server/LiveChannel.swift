import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import Synchronization

/// A connection to the sandbox: HTTP, or a live stream where the request asks for that.
struct LiveChannel: ServerChildChannel {
  /// What a connection becomes with its first request.
  enum Kind: Sendable {
    case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
    case live(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, StreamMachine)
  }

  /// A connection. Requests are read only once it has been set up, so that what it becomes is known later.
  struct Value: ServerChildChannelValue {
    let kind: EventLoopFuture<Kind>
    let channel: any Channel
  }

  private let sandbox: Sandbox
  private let clock: SandboxClock
  private let http: HTTP1Channel

  init(sandbox: Sandbox, clock: SandboxClock, responder: @escaping HTTPChannelHandler.Responder) {
    self.sandbox = sandbox
    self.clock = clock
    http = HTTP1Channel(responder: responder)
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
        upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
          upgraders: [upgrader()], notUpgradingCompletionHandler: Self.http))
      // Both are the server's own business, which a refused stream is too.
      configuration.enablePipelining = false
      configuration.enableErrorHandling = false
      let kind = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(configuration: configuration)
      return Value(kind: kind, channel: channel)
    }
  }

  /// Makes a live stream of a connection that may have one.
  private func upgrader() -> NIOTypedWebSocketServerUpgrader<Kind> {
    let box = Admitted()
    let (sandbox, clock) = (sandbox, clock)
    return NIOTypedWebSocketServerUpgrader<Kind>(
      shouldUpgrade: { channel, head in
        let uri = URI(head.uri)
        let request = SandboxRequest(
          path: uri.path,
          query: Dictionary(uri.queryParameters.map { (String($0.key), String($0.value)) }) { _, last in last },
          headers: Dictionary(head.headers.map { ($0.name, $0.value) }) { _, last in last })
        switch sandbox.admit(request, at: clock.date) {
        case .granted(let machine):
          box.machine.withLock { $0 = machine }
          return channel.eventLoop.makeSucceededFuture([:])
        case .refused(let status):
          return Self.refuse(channel, status)
        }
      },
      upgradePipelineHandler: { channel, _ in
        channel.eventLoop.makeCompletedFuture {
          guard let machine = box.machine.withLock({ $0 }) else { preconditionFailure("nobody was admitted") }
          return .live(try NIOAsyncChannel(wrappingChannelSynchronously: channel), machine)
        }
      })
  }

  /// Answers a request for a stream that is refused. Were it handed on as a request like any other it would arrive without its
  /// head, with SwiftNIO 2.101.
  private static func refuse(_ channel: any Channel, _ status: Int) -> EventLoopFuture<HTTPHeaders?> {
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status),
      headers: ["Content-Length": "0", "Connection": "close"])
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    return channel.writeAndFlush(HTTPServerResponsePart.end(nil)).flatMap { channel.close() }.map { nil }
  }

  /// Who was admitted on a connection.
  private final class Admitted: Sendable {
    let machine = Mutex<StreamMachine?>(nil)
  }

  private static func http(_ channel: any Channel) -> EventLoopFuture<Kind> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      return .http(
        try NIOAsyncChannel(
          wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
    }
  }

  func handle(value: Value, logger: Logger) async {
    // A connection that closes before its first request becomes nothing.
    switch try? await value.kind.get() {
    case nil: break
    case .http(let channel): await http.handle(value: channel, logger: logger)
    case .live(let channel, let machine):
      await StreamSocket(channel: channel, sandbox: sandbox, clock: clock).run(machine)
    }
  }
}
