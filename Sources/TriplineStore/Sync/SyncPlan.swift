import MyCarTracks

/// What a sync is going to do, and how long that takes.
public struct SyncPlan: Sendable, Hashable {
  /// Tracks whose points are to be fetched.
  public var tracks: Int
  /// Requests that takes, about: how many points the API gives at once is learned on the way.
  public var requests: Int
  /// How long they take within the account's budget, a part of which is left to others.
  public var duration: Duration

  /// How long an answer takes, about, where the budget does not matter.
  static let answerTime = Duration.milliseconds(250)
  /// The window of the budget, and the second that is waited behind it.
  static let window = Duration.seconds(901)

  /// Plans requests within a budget.
  init(tracks: Int, requests: Int, rateLimit: RateLimit, reserve: Int) {
    self.tracks = tracks
    self.requests = requests
    duration = Self.duration(of: requests, rateLimit, reserve)
  }

  /// How long requests take within a budget.
  fileprivate static func duration(of requests: Int, _ rateLimit: RateLimit, _ reserve: Int) -> Duration {
    let perWindow = max(1, rateLimit.limit - reserve)
    let now = max(0, min(rateLimit.remaining, rateLimit.limit) - reserve)
    guard requests > now else { return answerTime * requests }
    let windows = (requests - now + perWindow - 1) / perWindow
    let last = (requests - now - 1) % perWindow + 1
    return (rateLimit.resetsIn ?? window) + window * (windows - 1) + answerTime * last
  }
}

/// What it takes to list all tracks of an account.
public struct ListingPlan: Sendable, Hashable {
  /// Tracks that the account has, by the API's own word.
  public var tracks: Int
  /// Requests that takes, where the API gives as many at once as it is asked for.
  public var requests: Int
  /// How long they take within the account's budget, a part of which is left to others.
  public var duration: Duration

  /// Plans requests within a budget.
  init(tracks: Int, requests: Int, rateLimit: RateLimit, reserve: Int) {
    self.tracks = tracks
    self.requests = requests
    duration = SyncPlan.duration(of: requests, rateLimit, reserve)
  }
}
