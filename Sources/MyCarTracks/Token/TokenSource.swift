/// Gives out the access token; however many callers need one, one of them asks the API.
actor TokenSource {
  private typealias Waiter = CheckedContinuation<TokenMachine.Token, any Error>

  private var machine = TokenMachine()
  private var waiters: [Int: Waiter] = [:]
  private var count = 0
  private let time: any TimeSource
  private let fetch: @Sendable () async throws -> TokenReply

  /// Creates a source that asks by `fetch`.
  init(time: any TimeSource, fetch: @escaping @Sendable () async throws -> TokenReply) {
    self.time = time
    self.fetch = fetch
  }

  /// A token that is good for now.
  ///
  /// - Parameters:
  ///   - rejected: one that the API has refused.
  ///   - patience: how long to wait for one, `nil` for as long as it takes.
  /// - Throws: `MyCarTracksError`, of which `rateLimited` where it takes longer, and `CancellationError`.
  func token(rejected: TokenMachine.Token? = nil, patience: Duration? = nil) async throws -> TokenMachine.Token {
    switch machine.need(at: time.elapsed, rejected: rejected) {
    case .use(let token): return token
    // Not a child of the caller's task: who gives up must not take the token from those who wait.
    case .fetch: Task { await fetchToken() }
    case .wait: break
    }
    count += 1
    let number = count
    // By the system's clock: it is somebody's patience.
    let impatience = patience.map { patience in
      Task {
        try await Task.sleep(for: patience)
        giveUp(number, MyCarTracksError(.rateLimited, "the API gives no token for now. Try again later."))
      }
    }
    defer { impatience?.cancel() }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiters[number] = $0 }
    } onCancel: {
      Task { await giveUp(number, CancellationError()) }
    }
  }

  private func giveUp(_ number: Int, _ error: any Error) {
    waiters.removeValue(forKey: number)?.resume(throwing: error)
  }

  private func fetchToken() async {
    let result: Result<TokenMachine.Token, any Error>
    do {
      let reply = try await fetch()
      result = .success(
        machine.received(reply.value, lifetime: reply.lifetime, scopes: reply.scopes, at: time.elapsed))
    } catch {
      machine.failed()
      result = .failure(error)
    }
    for waiter in waiters.values { waiter.resume(with: result) }
    waiters = [:]
  }
}
