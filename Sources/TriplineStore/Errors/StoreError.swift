/// What went wrong with an archive, and what to do about it.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of problem.
  public var code: Code
  /// One or two sentences: what is wrong and what to do.
  public var message: String

  /// The kind of a problem; more kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case cannotOpen, newer, failed }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// The file cannot be opened or made.
    public static let cannotOpen = Code(.cannotOpen)
    /// A newer version has written it.
    public static let newer = Code(.newer)
    /// Reading or writing failed.
    public static let failed = Code(.failed)
  }

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
