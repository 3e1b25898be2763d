/// Why a text is no matcher.
public struct MatcherError: Error, Sendable, Hashable {
  /// What is wrong and what to do, without a full stop.
  public var message: String

  /// Creates an error.
  public init(message: String) { self.message = message }
}

extension MatcherError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
