/// Decides when a request may go out, so that the API never has to refuse one; knows no network and no clock.
///
/// The API tells with each answer how many requests a window has, how many are left and when it ends. That the window is
/// a fixed one, which begins with its first request, is ASSUMED; until an answer has told, so are 150 requests in 15
/// minutes, which is the documented default, and one request goes out at a time. Requests on their way are counted as used.
struct RateBudget: Sendable {
  /// What to do with a request.
  enum Decision: Sendable, Hashable {
    case go
    /// Ask again after this moment.
    case wait(until: Duration)
  }

  /// Requests that are kept for the live stream: it may have to be made anew ten times in a window.
  static let liveReserve = 10
  /// Requests that are kept for those somebody waits for.
  static let userReserve = 10
  /// Whole seconds are told, and rounded in a way that is not known.
  static let margin = Duration.seconds(1)

  private(set) var limit = 150
  /// Requests left, by what was sent here.
  private var own = 150
  /// The fewest that an answer has said are left in this window.
  private var reported: Int?
  /// How long a window is: as long as any answer has said that one still takes.
  private var window = Duration.seconds(900)
  private var isWindowKnown = false
  /// When the window ends; `nil` before its first request.
  private(set) var windowEnd: Duration?
  /// Whether an answer has told when this window ends.
  private var isEndKnown = false
  private var inFlight = 0
  /// Whether any answer has come.
  private var isKnown = false
  /// How long to wait for the answer that tells the budget.
  private static let pause = Duration.milliseconds(20)

  /// Requests left, where those on their way may not have been counted by the API.
  var remaining: Int { min(own, reported.map { $0 - inFlight } ?? own) }

  /// How many requests this priority leaves to others.
  func reserve(of priority: RequestPriority) -> Int {
    let share = limit / 5
    switch priority {
    case .live: return 0
    case .user: return min(Self.liveReserve, share / 2)
    case .background: return min(Self.liveReserve + Self.userReserve, share)
    }
  }

  /// A request wants to go out.
  mutating func request(_ priority: RequestPriority, at now: Duration) -> Decision {
    if let end = windowEnd, now >= end {
      windowEnd = nil
      own = limit - inFlight
      reported = nil
    }
    // The first answer tells how many there are: other programs may have used the account. Those that keep the stream up, and
    // fetch the token for that request, do not wait for it.
    if !isKnown && inFlight > 0 && priority != .live { return .wait(until: now + Self.pause) }
    guard remaining > reserve(of: priority) else { return .wait(until: windowEnd ?? now + window) }
    if windowEnd == nil {
      windowEnd = now + window + Self.margin
      isEndKnown = false
    }
    own -= 1
    inFlight += 1
    return .go
  }

  /// A request that went out has come to an end: with the headers of its answer, or without any.
  ///
  /// What is left only goes down within a window. Answers may overtake each other, and one may tell of a window that is over:
  /// windows are told apart by their ends, which are at least half a window from each other.
  mutating func concluded(_ headers: RateLimitHeaders?, status: Int?, at now: Duration) {
    inFlight -= 1
    if status != nil { isKnown = true }
    guard let headers else { return }
    if let limit = headers.limit {
      // What is known of this window's beginning was reckoned from another limit.
      if windowEnd != nil && !isEndKnown { own += limit - self.limit }
      self.limit = limit
    }
    let isExceeded = status.map(headers.isExceeded) ?? false
    if let reset = headers.reset {
      if !isWindowKnown || reset > window { window = reset }
      isWindowKnown = true
      let end = now + reset + Self.margin
      switch windowEnd {
      case let known? where isEndKnown && end < known - window / 2:
        return
      case let known? where isEndKnown && end <= known + window / 2:
        windowEnd = min(known, end)
      case _? where !isEndKnown && !isExceeded:
        windowEnd = end
      default:
        windowEnd = end
        own = (headers.remaining ?? limit) - inFlight
        reported = nil
      }
      isEndKnown = true
    }
    if isExceeded {
      own = min(0, own)
      if headers.reset == nil, let wait = headers.retryAfter { windowEnd = now + wait + Self.margin }
    } else if let left = headers.remaining {
      reported = min(reported ?? left, left)
    }
  }
}
