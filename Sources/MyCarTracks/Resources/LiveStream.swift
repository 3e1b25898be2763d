import TriplineJSON

/// A live stream that the API has made: where to connect, and until when.
///
/// Only `websocketUrl` is documented. The URL may hold a token, and is kept as a secret.
public struct LiveStream: Sendable, Hashable {
  /// Where to connect.
  public var url: Secret
  /// When it ends, in milliseconds UTC, where that is said.
  public var expiry: Int64?
  /// How often the server says that it is there, where that is said.
  public var heartbeat: Duration?

  /// Names that the URL may have.
  static let urlNames = ["websocketUrl", "webSocketUrl", "wsUrl", "url"]
  /// Names that the end may have.
  static let expiryNames = ["expiresAt", "expires", "validUntil"]
  /// Names that the time until the end may have.
  static let lifetimeNames = ["expiresIn", "expires_in", "ttl"]
  /// Names that the time between heartbeats may have.
  static let heartbeatNames = ["heartbeatIntervalSeconds", "heartbeatInterval"]

  /// Creates a stream.
  public init(url: Secret, expiry: Int64? = nil, heartbeat: Duration? = nil) {
    self.url = url
    self.expiry = expiry
    self.heartbeat = heartbeat
  }

  /// Reads the answer to the request for a stream, which came at `date`.
  ///
  /// - Throws: `malformedAnswer`.
  init(_ root: JSONValue, at date: Int64) throws(MyCarTracksError) {
    let object = try JSONText.object(root)
    func first(_ names: [String]) -> JSONValue? { names.lazy.compactMap { object[$0] }.first { !$0.isNull } }
    guard let url = first(Self.urlNames)?.string, !url.isEmpty else {
      throw MyCarTracksError(.malformedAnswer, "the answer to the request for a live stream has no websocketUrl.")
    }
    let lifetime = first(Self.lifetimeNames).flatMap(Reading.init)?.value
    let seconds = first(Self.heartbeatNames).flatMap(Reading.init)?.value
    self.init(
      url: Secret(url),
      expiry: first(Self.expiryNames).flatMap(TimeText.milliseconds)
        ?? lifetime.flatMap { $0 > 0 && $0 < 1e9 ? date + Int64($0 * 1000) : nil },
      heartbeat: seconds.flatMap { $0 > 0 && $0 < 3600 ? .seconds($0) : nil })
  }
}
