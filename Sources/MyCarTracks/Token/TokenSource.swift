/// Gives out the access token; however many callers need one, one of them asks the API.
actor TokenSource {
  private var machine = TokenMachine()
  private var current: Task<TokenMachine.Token, any Error>?
  private let time: any TimeSource
  private let fetch: @Sendable () async throws -> TokenReply

  /// Creates a source that asks by `fetch`.
  init(time: any TimeSource, fetch: @escaping @Sendable () async throws -> TokenReply) {
    self.time = time
    self.fetch = fetch
  }

  /// A token that is good for now; `rejected` is one that the API has refused.
  func token(rejected: TokenMachine.Token? = nil) async throws -> TokenMachine.Token {
    switch machine.need(at: time.elapsed, rejected: rejected) {
    case .use(let token):
      return token
    case .fetch:
      // Not a child of the caller's task: who gives up must not take the token from those who wait.
      let task = Task { try await self.fetchToken() }
      current = task
      return try await Self.value(of: task)
    case .wait:
      guard let current else { preconditionFailure("nobody is fetching") }
      return try await Self.value(of: current)
    }
  }

  private func fetchToken() async throws -> TokenMachine.Token {
    do {
      let reply = try await fetch()
      return machine.received(reply.value, lifetime: reply.lifetime, scopes: reply.scopes, at: time.elapsed)
    } catch {
      machine.failed()
      throw error
    }
  }

  private static func value(of task: Task<TokenMachine.Token, any Error>) async throws -> TokenMachine.Token {
    let token = try await task.value
    try Task.checkCancellation()
    return token
  }
}
