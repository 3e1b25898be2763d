/// Whether the service can do its work, part by part: what `/readyz` answers.
public struct Health: Sendable, Hashable {
  /// How a part is.
  public enum Check: Sendable, Hashable {
    /// It works.
    case ok
    /// It does not; with the reason, for people, in which there is no secret.
    case unavailable(String)
  }

  /// The store: it is open and takes what is written.
  public var store: Check
  /// The feed: the token is valid, and the stream is connected or positions are polled.
  public var feed: Check
  /// The outbox: nothing has waited there for too long.
  public var outbox: Check

  /// Creates one; before anything is known, nothing is ready.
  public init(
    store: Check = .unavailable("not opened yet"), feed: Check = .unavailable("not connected yet"),
    outbox: Check = .unavailable("not read yet")
  ) {
    self.store = store
    self.feed = feed
    self.outbox = outbox
  }

  /// Whether all parts work.
  public var isReady: Bool { [store, feed, outbox].allSatisfy { $0 == .ok } }
}

extension Health: Encodable {
  private enum Key: String, CodingKey { case status, checks, store, feed, outbox, reason }

  /// Writes `{"status": "ok", "checks": {"store": {"status": "ok"}, …}}`; a part that does not work has a `reason`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(isReady ? "ok" : "unavailable", forKey: .status)
    var checks = container.nestedContainer(keyedBy: Key.self, forKey: .checks)
    for (key, check) in [(Key.store, store), (.feed, feed), (.outbox, outbox)] {
      var part = checks.nestedContainer(keyedBy: Key.self, forKey: key)
      switch check {
      case .ok: try part.encode("ok", forKey: .status)
      case .unavailable(let reason):
        try part.encode("unavailable", forKey: .status)
        try part.encode(reason, forKey: .reason)
      }
    }
  }
}
