/// What an answer says of the account's requests: `X-Rate-Limit-Limit`, `-Remaining` and `-Reset`, or `Retry-After`.
struct RateLimitHeaders: Sendable, Hashable {
  /// Requests a window.
  var limit: Int?
  /// Requests left in this window.
  var remaining: Int?
  /// Time until the window ends; the header gives whole seconds.
  var reset: Duration?
  /// How long to wait before another attempt, by `Retry-After`, which says nothing of the window.
  var retryAfter: Duration?

  /// Reads the headers; `nil` where there are none.
  init?(_ headers: [String: String]) {
    func number(_ name: String) -> Int? {
      headers[name].flatMap { Int($0.split(separator: " ").joined()) }
    }
    limit = number("x-rate-limit-limit").flatMap { $0 > 0 ? $0 : nil }
    remaining = number("x-rate-limit-remaining")
    func time(_ name: String) -> Duration? { number(name).map { .seconds(min(max(0, $0), 86_400)) } }
    reset = time("x-rate-limit-reset")
    retryAfter = time("retry-after")
    if limit == nil && remaining == nil && reset == nil && retryAfter == nil { return nil }
  }

  /// Whether an answer of this status says that the requests are used up, and not that something is forbidden.
  func isExceeded(status: Int) -> Bool { status == 429 || status == 403 && (remaining ?? 1) <= 0 }
}
