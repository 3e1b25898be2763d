/// Decides what to do after each attempt at a request; knows no network and no clock.
struct AttemptMachine: Sendable {
  /// What came of an attempt.
  enum Outcome: Sendable {
    case answered(HTTPReply, RateLimitHeaders?)
    /// No whole answer.
    case broken(MyCarTracksError)
  }

  /// What to do next.
  enum Action: Sendable {
    /// The answer is one to be read.
    case deliver(HTTPReply)
    /// Ask for another token, then try again.
    case renewToken
    /// Try again after a while.
    case wait(Duration)
    /// Give up.
    case fail(MyCarTracksError)
  }

  /// Attempts at a request that fails.
  static let maximumTries = 5
  /// Refusals for used up requests that are waited out, in a row.
  static let maximumWindows = 4

  private let isRepeatable: Bool
  private var canRenewToken: Bool
  private var failures = 0
  private var windows = 0

  /// Creates the machine of one request.
  ///
  /// - Parameters:
  ///   - isRepeatable: whether it may be sent again where it is not known what became of it.
  ///   - hasToken: whether it goes out with a token, which may have to be renewed once.
  init(isRepeatable: Bool, hasToken: Bool = true) {
    self.isRepeatable = isRepeatable
    canRenewToken = hasToken
  }

  /// An attempt is over. `chance` is a random number from 0 to 1.
  mutating func concluded(_ outcome: Outcome, chance: Double) -> Action {
    switch outcome {
    case .broken(let error):
      return tryAgain(chance: chance) ?? .fail(error)
    case .answered(let reply, let headers):
      if reply.status == 429 || headers?.isExceeded(status: reply.status) == true {
        windows += 1
        guard windows <= Self.maximumWindows else { return .deliver(reply) }
        return .wait((headers?.retryAfter ?? headers?.reset ?? .seconds(60)) + .seconds(1 + 4 * chance))
      }
      switch reply.status {
      case 401 where canRenewToken:
        canRenewToken = false
        return .renewToken
      case 500...:
        return tryAgain(chance: chance) ?? .deliver(reply)
      default:
        return .deliver(reply)
      }
    }
  }

  /// Waits of up to 1, 2, 4 and 8 seconds, by chance: full jitter.
  private mutating func tryAgain(chance: Double) -> Action? {
    failures += 1
    guard isRepeatable && failures < Self.maximumTries else { return nil }
    return .wait(.seconds(Double(1 << (failures - 1)) * chance))
  }
}
