import TriplineJSON

/// The API's answer to a request for a token.
struct TokenReply: Sendable {
  var value: Secret
  /// How long it is good, where the answer says.
  var lifetime: Duration?
  var scopes: [String]

  /// Reads an answer. Its shape in version 3 is ASSUMED to be that of RFC 6749, section 5.1; `expires_in` may be text, and
  /// `scope` a list.
  ///
  /// - Throws: `malformedAnswer`.
  init(_ reply: HTTPReply) throws(MyCarTracksError) {
    let body = try JSONText.read(reply).object
    guard let token = body?["access_token"]?.string, !token.isEmpty else {
      throw MyCarTracksError(
        .malformedAnswer, "the answer to the request for a token has no access_token. Check the base URL.",
        status: reply.status)
    }
    value = Secret(token)
    let seconds = body?["expires_in"].flatMap(Reading.init)?.value
    lifetime = seconds.flatMap { $0.isFinite && $0 >= 0 ? .seconds(min($0, 1e9)) : nil }
    if let list = body?["scope"]?.array {
      scopes = list.compactMap(\.string)
    } else {
      let text = body?["scope"]?.string ?? ""
      scopes = text.split { $0 == " " || $0 == "," }.map(String.init)
    }
  }

  /// The error that stands for another answer: `credentialsRefused`, `scopeRefused`, `rateLimited`, `redirected`,
  /// `serverFailed` or `malformedAnswer`.
  static func failure(_ reply: HTTPReply, clientID: String) -> MyCarTracksError {
    let error = JSONText.value(reply.body)?.object?["error"]?.string
    if error == "invalid_scope" {
      return MyCarTracksError(
        .scopeRefused,
        "the credentials of \(clientID) do not have the scope that was asked for. Make new ones in the web portal, or ask for less.",
        status: reply.status)
    }
    let limit = RateLimitHeaders(reply.headers)
    switch reply.status {
    case 429,
      403 where limit?.isExceeded(status: reply.status) == true:
      return MyCarTracksError(
        .rateLimited, "the account's requests are used up, those for tokens too. Wait for the next window.",
        status: reply.status, retryAfter: limit?.retryAfter ?? limit?.reset)
    case 300..<400:
      return MyCarTracksError(
        .redirected,
        "the place for tokens points to another one, which is not followed. Set the base URL to where the API is.",
        status: reply.status)
    case 500...:
      return MyCarTracksError(
        .serverFailed, "the API fails to give a token (status \(reply.status)). Try again later.", status: reply.status)
    case 401, 403,
      400 where error == "invalid_client" || error == "unauthorized_client":
      return MyCarTracksError(
        .credentialsRefused,
        "the API refuses the credentials of \(clientID) (status \(reply.status)). Check client id and secret, and that they were saved in the web portal.",
        status: reply.status)
    default:
      return MyCarTracksError(
        .malformedAnswer,
        "the API answers the request for a token with status \(reply.status). Check the base URL.", status: reply.status
      )
    }
  }
}
