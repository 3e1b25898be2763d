/// Connects to the socket of a live stream.
protocol LiveConnector: Sendable {
  /// Connects, and hands on messages until the socket is closed.
  ///
  /// - Parameters:
  ///   - url: where to.
  ///   - token: an access token to send with the handshake, or `nil`.
  ///   - opened: called once the socket is open.
  ///   - received: called with whatever comes; the next frame is read when it returns.
  /// - Throws: `LiveRefusal` where the handshake is refused, `MyCarTracksError` where there is no connection, or the URL may not
  ///   be used. A socket that closes or breaks throws nothing.
  func run(
    _ url: Secret, token: Secret?, opened: @Sendable (any LiveSocket) async -> Void,
    received: @Sendable (LiveFrame) async -> Void
  ) async throws
}

/// What comes on a socket.
enum LiveFrame: Sendable {
  /// A whole message.
  case message([UInt8])
  /// The other side asks whether this one is there, which has been answered.
  case ping
  /// The other side answers to a ping.
  case pong
}

/// An open socket.
protocol LiveSocket: Sendable {
  /// Asks the other side whether it is there.
  func ping()
  /// Asks the other side to close it, which does so behind what it has sent before.
  func finish()
  /// Closes it at once.
  func close()
}

/// The handshake was refused.
struct LiveRefusal: Error, Hashable {
  /// The HTTP status of the answer.
  var status: Int
}
