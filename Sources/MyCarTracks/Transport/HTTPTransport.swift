/// A request as it goes out.
public struct HTTPRequest: Sendable {
  /// `GET` or `POST`.
  public var method: String
  /// The whole URL.
  public var url: String
  /// Names and values, in order.
  public var headers: [(name: String, value: String)]
  /// The body, or empty.
  public var body: [UInt8]

  /// Creates a request.
  public init(method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// An answer as it came in.
public struct HTTPReply: Sendable {
  /// The status.
  public var status: Int
  /// Names in lower case, and values.
  public var headers: [String: String]
  /// The body, or empty.
  public var body: [UInt8]

  /// Creates an answer; names of headers may be in any case.
  public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }) { _, last in last }
    self.body = body
  }
}

/// What carries requests.
public protocol HTTPTransport: Sendable {
  /// Sends a request once and waits for its whole answer. Follows no redirect.
  ///
  /// - Throws: `connectionFailed` where no whole answer came, `deadlineExceeded` where it did not come in time, and
  ///   `CancellationError`.
  func send(_ request: HTTPRequest, deadline: Duration) async throws -> HTTPReply
}
