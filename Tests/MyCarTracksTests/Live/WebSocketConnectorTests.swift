import NIOCore
import NIOPosix
import Testing

@testable import MyCarTracks

@Suite struct WebSocketConnectorTests {
  @Test func `a handshake that is never answered can be given up`() async throws {
    let (connections, accepted) = AsyncStream<Void>.makeStream()
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        accepted.yield()
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(server.localAddress?.port)
    let task = Task {
      try await WebSocketConnector().run(
        Secret("ws://127.0.0.1:\(port)/live"), token: nil, opened: { _ in }, received: { _ in })
    }
    for await _ in connections { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await server.close()
  }

  @Test(arguments: ["ws://example.com/live", "http://127.0.0.1/live", "", "wss://user:secret@example.com/x"])
  func `a place that is not encrypted, or is none, is not connected to, and not told`(url: String) async {
    let error = await #expect(throws: MyCarTracksError.self) {
      try await WebSocketConnector().run(Secret(url), token: nil, opened: { _ in }, received: { _ in })
    }
    #expect(url.isEmpty || error?.message.contains(url) == false)
  }
}
