/// Decides when an access token is used, waited for, or asked for; knows no network and no clock.
///
/// A token is renewed before it ends: by a tenth of its lifetime, at most a minute. The API may answer with the same
/// token as before, with what is left of its lifetime, so that a new answer counts and not a new token.
struct TokenMachine: Sendable {
  /// A token that was given out.
  struct Token: Sendable, Hashable {
    var value: Secret
    /// The number of the answer it came with.
    var generation: Int
    /// The scopes the API says it has, or empty where it says nothing.
    var scopes: [String]
    fileprivate var renewal: Duration
  }

  /// What to do for a caller who needs a token.
  enum Action: Sendable, Hashable {
    case use(Token)
    /// Ask the API for one, and tell what came of it.
    case fetch
    /// Another caller is asking; wait for what comes of it.
    case wait
  }

  private enum State: Sendable {
    case none
    case fetching
    case valid(Token)
  }

  /// Where the answer does not say: an hour (contract, section 2).
  static let assumedLifetime = Duration.seconds(3600)

  private var state = State.none
  private var generation = 0

  /// A caller needs a token; `rejected` is the one that the API has refused to them.
  mutating func need(at now: Duration, rejected: Token? = nil) -> Action {
    switch state {
    case .none:
      state = .fetching
      return .fetch
    case .fetching:
      return .wait
    case .valid(let token):
      if token.generation != rejected?.generation && now < token.renewal { return .use(token) }
      state = .fetching
      return .fetch
    }
  }

  /// The API gave a token.
  mutating func received(_ value: Secret, lifetime: Duration?, scopes: [String], at now: Duration) -> Token {
    let lifetime = max(.zero, lifetime ?? Self.assumedLifetime)
    generation += 1
    let token = Token(
      value: value, generation: generation, scopes: scopes, renewal: now + lifetime - min(.seconds(60), lifetime / 10))
    state = .valid(token)
    return token
  }

  /// The API gave none.
  mutating func failed() { state = .none }
}
