/// How many requests an account has.
public struct RateLimit: Sendable, Hashable {
  /// Requests a window of 15 minutes.
  public var limit: Int
  /// Requests left in this window.
  public var remaining: Int
  /// Time until the window ends, with a second added; `nil` before the first request.
  public var resetsIn: Duration?

  /// Creates a state of a budget.
  public init(limit: Int, remaining: Int, resetsIn: Duration?) {
    self.limit = limit
    self.remaining = remaining
    self.resetsIn = resetsIn
  }
}
