/// What a request is for; less urgent ones leave some of the account's requests to more urgent ones.
public enum RequestPriority: Sendable, Hashable, CaseIterable {
  /// Fetching history.
  case background
  /// Somebody waits for it.
  case user
  /// Keeping the live stream up.
  case live
}
