import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import Synchronization

/// Connects by SwiftNIO: `wss` with verified certificates, or `ws` on this machine.
struct WebSocketConnector: LiveConnector {
  /// The longest message that is taken, in bytes.
  static let longestMessage = 16 << 20
  /// Frames of a message that comes in pieces, at most.
  private static let mostFrames = 10_000
  private static let connectTime = TimeAmount.seconds(20)

  private enum Outcome: Sendable {
    case open(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>)
    case refused(NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>)
  }

  func run(
    _ url: Secret, token: Secret?, opened: @Sendable (any LiveSocket) async -> Void,
    received: @Sendable (LiveFrame) async -> Void
  ) async throws {
    let place = try LivePlace(url)
    let outcome: Outcome
    do {
      outcome = try await connect(place, token: token)
    } catch {
      try Task.checkCancellation()
      // What is thrown may name the place.
      throw MyCarTracksError(
        .connectionFailed, "the live stream cannot be connected to: \(String(describing: type(of: error))).")
    }
    switch outcome {
    case .refused(let channel):
      throw LiveRefusal(status: await Self.status(of: channel))
    case .open(let channel):
      try await Self.receive(channel, opened: opened, received: received)
    }
  }

  private func connect(_ place: LivePlace, token: Secret?) async throws -> Outcome {
    var headers = HTTPHeaders([("Host", place.authority)])
    if let token { headers.add(name: "Authorization", value: "Bearer " + token.text) }
    let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: place.target, headers: headers)
    let context = place.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
    let connection = Connection()
    return try await withTaskCancellationHandler {
      try await upgrade(place, head, context, connection).get()
    } onCancel: {
      connection.close()
    }
  }

  /// A connection on its way, so that a handshake that hangs can be given up.
  private final class Connection: Sendable {
    private let channel = Mutex<(channel: (any Channel)?, isClosed: Bool)>((nil, false))

    func take(_ channel: any Channel) {
      let isClosed = self.channel.withLock { state in
        state.channel = channel
        return state.isClosed
      }
      if isClosed { channel.close(promise: nil) }
    }

    func close() {
      let channel = channel.withLock { state in
        state.isClosed = true
        return state.channel
      }
      channel?.close(promise: nil)
    }
  }

  private func upgrade(
    _ place: LivePlace, _ head: HTTPRequestHead, _ context: NIOSSLContext?, _ connection: Connection
  ) async throws -> EventLoopFuture<Outcome> {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(Self.connectTime)
      .connect(host: place.host, port: place.port) { channel in
        connection.take(channel)
        return channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: place.isAddress ? nil : place.host))
          }
          var configuration = NIOUpgradableHTTPClientPipelineConfiguration<Outcome>(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
              upgradeRequestHead: head, upgraders: [Self.upgrader()], notUpgradingCompletionHandler: Self.refused))
          // A server may send with the answer to the handshake.
          configuration.leftOverBytesStrategy = .forwardBytes
          return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
        }
      }
  }

  private static func upgrader() -> NIOTypedWebSocketClientUpgrader<Outcome> {
    NIOTypedWebSocketClientUpgrader<Outcome>(maxFrameSize: longestMessage) { channel, _ in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(
          NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: mostFrames, maxAccumulatedFrameSize: longestMessage))
        return .open(try NIOAsyncChannel(wrappingChannelSynchronously: channel))
      }
    }
  }

  private static func refused(_ channel: any Channel) -> EventLoopFuture<Outcome> {
    channel.eventLoop.makeCompletedFuture { .refused(try NIOAsyncChannel(wrappingChannelSynchronously: channel)) }
  }

  private static func status(of channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>) async -> Int {
    let status = try? await channel.executeThenClose { inbound, _ in
      for try await part in inbound {
        if case .head(let head) = part { return Int(head.status.code) }
      }
      return 0
    }
    return status ?? 0
  }

  private static func receive(
    _ channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, opened: @Sendable (any LiveSocket) async -> Void,
    received: @Sendable (LiveFrame) async -> Void
  ) async throws {
    await opened(OpenSocket(channel: channel.channel))
    do {
      try await channel.executeThenClose { inbound, outbound in
        for try await frame in inbound {
          switch frame.opcode {
          case .text, .binary:
            await received(.message(Array(buffer: frame.unmaskedData)))
          case .ping:
            try await outbound.write(
              WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData))
            await received(.ping)
          case .connectionClose:
            var data = frame.unmaskedData
            let code = data.readSlice(length: 2) ?? ByteBuffer()
            try await outbound.write(
              WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: code))
            return
          default:
            await received(.pong)
          }
        }
      }
    } catch {
      // A connection that breaks is one that closes.
      try Task.checkCancellation()
    }
  }

  private struct OpenSocket: LiveSocket {
    let channel: any Channel

    func ping() { write(.ping, ByteBuffer()) }

    func finish() {
      var code = ByteBuffer()
      code.writeInteger(UInt16(1000))
      write(.connectionClose, code)
    }

    func close() {
      finish()
      channel.close(promise: nil)
    }

    /// Frames of a client have to be masked.
    private func write(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
      channel.writeAndFlush(
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data), promise: nil)
    }
  }
}
