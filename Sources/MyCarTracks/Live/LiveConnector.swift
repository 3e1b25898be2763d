/// Connects to the socket of a live stream.
protocol LiveConnector: Sendable {
  /// Connects, and hands on messages until the socket is closed.
  ///
  /// - Parameters:
  ///   - url: where to.
  ///   - token: an access token to send with the handshake, or `nil`.
  ///   - opened: called once the socket is open.
  ///   - message: called with each message; the next one is read when it returns.
  /// - Throws: `LiveRefusal` where the handshake is refused, `MyCarTracksError` where there is no connection, or the URL may not
  ///   be used. A socket that closes or breaks throws nothing.
  func run(
    _ url: Secret, token: Secret?, opened: @Sendable (any LiveSocket) async -> Void,
    message: @Sendable ([UInt8]) async -> Void
  ) async throws
}

/// An open socket.
protocol LiveSocket: Sendable {
  /// Asks the other side whether it is there.
  func ping()
  /// Closes it.
  func close()
}

/// The handshake was refused.
struct LiveRefusal: Error, Hashable {
  /// The HTTP status of the answer.
  var status: Int
}
