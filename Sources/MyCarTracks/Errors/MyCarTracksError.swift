/// What went wrong between this client and the MyCarTracks API, and what to do about it.
///
/// No message holds a secret, a token, a `websocketUrl` or the query of a request.
public struct MyCarTracksError: Error, Sendable, Hashable {
  /// The kind of problem.
  public var code: Code
  /// One or two sentences: what is wrong and what to do.
  public var message: String
  /// The HTTP status of the answer, where there was one.
  public var status: Int?
  /// How long to wait before another attempt, where that is known.
  public var retryAfter: Duration?

  /// Creates an error.
  public init(_ code: Code, _ message: String, status: Int? = nil, retryAfter: Duration? = nil) {
    self.code = code
    self.message = message
    self.status = status
    self.retryAfter = retryAfter
  }

  /// The kind of a problem; more kinds may be added.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: String {
      case missingCredentials = "missing-credentials"
      case badConfiguration = "bad-configuration"
      case credentialsRefused = "credentials-refused"
      case scopeRefused = "scope-refused"
      case unauthorized
      case notPermitted = "not-permitted"
      case rateLimited = "rate-limited"
      case notFound = "not-found"
      case badRequest = "bad-request"
      case serverFailed = "server-failed"
      case connectionFailed = "connection-failed"
      case deadlineExceeded = "deadline-exceeded"
      case malformedAnswer = "malformed-answer"
      case redirected
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// A short name in lower case with hyphens.
    public var description: String { kind.rawValue }

    /// Client id or client secret are not there.
    public static let missingCredentials = Code(.missingCredentials)
    /// A URL or a setting that cannot be used.
    public static let badConfiguration = Code(.badConfiguration)
    /// The API does not know client id and secret.
    public static let credentialsRefused = Code(.credentialsRefused)
    /// The credentials do not have the scope that was asked for.
    public static let scopeRefused = Code(.scopeRefused)
    /// The API refuses a token that it has just given out.
    public static let unauthorized = Code(.unauthorized)
    /// The account may not do this, as of its role or its plan.
    public static let notPermitted = Code(.notPermitted)
    /// The account's requests are used up for now.
    public static let rateLimited = Code(.rateLimited)
    /// There is no such thing, or it is another account's.
    public static let notFound = Code(.notFound)
    /// The API finds a parameter wrong.
    public static let badRequest = Code(.badRequest)
    /// The API fails, also after all tries.
    public static let serverFailed = Code(.serverFailed)
    /// The API cannot be reached, or the connection broke, also after all tries.
    public static let connectionFailed = Code(.connectionFailed)
    /// No answer came in time.
    public static let deadlineExceeded = Code(.deadlineExceeded)
    /// The answer is nothing this client can read.
    public static let malformedAnswer = Code(.malformedAnswer)
    /// The answer points to another place, which is not followed: the token would go there.
    public static let redirected = Code(.redirected)
  }
}

extension MyCarTracksError: CustomStringConvertible {
  /// The message.
  public var description: String { message }
}
