/// A request to the sandbox.
public struct SandboxRequest: Sendable {
  /// `GET` or `POST`.
  public var method: String
  /// The path, without the query.
  public var path: String
  /// The decoded parameters of the query; of one that is given twice the last.
  public var query: [String: String]
  /// Names in lower case, and values.
  public var headers: [String: String]
  /// The body.
  public var body: [UInt8]

  /// Creates a request; names of headers may be in any case.
  public init(
    method: String = "GET", path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { _, last in last }
    self.body = body
  }
}

/// An answer of the sandbox.
public struct SandboxReply: Sendable, Hashable {
  /// How it goes out.
  public enum Delivery: Sendable, Hashable {
    /// At once.
    case whole
    /// In pieces, with pauses.
    case slow
    /// The connection breaks in the middle of the body.
    case broken
  }

  /// The status.
  public var status: Int
  /// Names and values.
  public var headers: [String: String]
  /// The body.
  public var body: [UInt8]
  /// How it goes out.
  public var delivery = Delivery.whole

  /// Creates an answer.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
