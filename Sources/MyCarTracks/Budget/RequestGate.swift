/// Lets requests out as the account's budget allows; all callers share one.
actor RequestGate {
  private var budget = RateBudget()
  private let time: any TimeSource

  /// Creates a gate with a full budget.
  init(time: any TimeSource) { self.time = time }

  /// What is known of the budget.
  var rateLimit: RateLimit {
    let now = time.elapsed
    return RateLimit(
      limit: budget.limit, remaining: max(0, budget.remaining),
      resetsIn: budget.windowEnd.map { max(.zero, $0 - now) })
  }

  /// How many requests this priority leaves to others.
  func reserve(of priority: RequestPriority) -> Int { budget.reserve(of: priority) }

  /// Waits until a request may go out.
  ///
  /// - Throws: `rateLimited` where that would take longer than `patience`, and `CancellationError`.
  func enter(_ priority: RequestPriority, patience: Duration?) async throws {
    let start = time.elapsed
    while true {
      let now = time.elapsed
      guard case .wait(let moment) = budget.request(priority, at: now) else { return }
      if let patience, moment - start > patience {
        throw MyCarTracksError(
          .rateLimited,
          "the account's requests are used up for \(Int((moment - now) / .seconds(1))) s. Wait, or stop what else uses them.",
          retryAfter: moment - now)
      }
      try await time.sleep(for: moment - now)
    }
  }

  /// A request that was let out has come to an end.
  func leave(_ headers: RateLimitHeaders?, status: Int?) {
    budget.concluded(headers, status: status, at: time.elapsed)
  }
}
