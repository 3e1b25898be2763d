import Foundation
import Synchronization
import TriplineJSON

/// A client of the MyCarTracks API, version 3.
///
/// ```swift
/// let environment = ProcessInfo.processInfo.environment
/// let client = MyCarTracksClient(
///   credentials: try Credentials(environment: environment),
///   configuration: try ClientConfiguration(environment: environment))
/// for try await vehicle in client.vehicles() {
///   print(vehicle.id, vehicle.name ?? "")
/// }
/// ```
///
/// All requests of a client share one access token and one budget. A request that fails for a while is tried again; one the
/// budget has no room for waits. Only what the API documents, or what `Documentation/MyCarTracks.md` marks as ASSUMED, is
/// asked for, and nothing is ever changed.
public final class MyCarTracksClient: Sendable {
  /// Where the API is.
  public let configuration: ClientConfiguration
  /// The clocks.
  public let time: any TimeSource
  private let sender: RequestSender
  private let token: TokenSource
  private let pages = Mutex<[String: PageSizes]>([:])
  private let skipped = Mutex<[String: Int]>([:])
  private let learnedSettings: Mutex<LearnedSettings>
  /// How vehicles are named in requests for a stream, unless that is learned: the one that is tried next.
  private let streamForm = Mutex(0)

  /// Creates a client.
  ///
  /// - Parameters:
  ///   - credentials: the account's.
  ///   - configuration: where the API is.
  ///   - learned: what was learned of the account before.
  ///   - transport: what carries requests.
  ///   - time: the clocks.
  ///   - chance: random numbers from 0 to 1, for waits between tries.
  public init(
    credentials: Credentials, configuration: ClientConfiguration, learned: LearnedSettings = LearnedSettings(),
    transport: any HTTPTransport = NetworkTransport(), time: any TimeSource = SystemTime(),
    chance: @escaping @Sendable () -> Double = { .random(in: 0...1) }
  ) {
    self.configuration = configuration
    self.time = time
    learnedSettings = Mutex(learned)
    let sender = RequestSender(
      gate: RequestGate(time: time), transport: transport, time: time, deadline: configuration.attemptDeadline,
      chance: chance)
    self.sender = sender
    let form = "grant_type=client_credentials&scope=" + APIRequest.escaped(configuration.scope)
    let pair = credentials.clientID + ":" + credentials.clientSecret.text
    let request = HTTPRequest(
      method: "POST", url: configuration.tokenURL,
      headers: [
        ("Authorization", "Basic " + Data(pair.utf8).base64EncodedString()),
        ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
      ], body: Array(form.utf8))
    token = TokenSource(time: time) {
      // It changes nothing, so that it may be sent again.
      let (reply, content) = try await sender.reply(
        AttemptMachine(isRepeatable: true, hasToken: false), .live, patience: nil, read: TokenReply.init
      ) { _ in request }
      guard let content else { throw TokenReply.failure(reply, clientID: credentials.clientID) }
      return content
    }
  }

  /// What is known of the account's budget of requests.
  public var rateLimit: RateLimit { get async { await sender.gate.rateLimit } }

  /// How many requests of a window a priority leaves to more urgent ones.
  public func reserve(of priority: RequestPriority) async -> Int { await sender.gate.reserve(of: priority) }

  /// What has been learned of the account so far; keep it for the next client.
  public var learned: LearnedSettings { learnedSettings.withLock { $0 } }

  /// How vehicles are named in requests for a live stream, as far as that is known.
  var streamBody: LearnedSettings.StreamBody {
    learned.streamBody ?? LearnedSettings.StreamBody.allCases[streamForm.withLock { $0 }]
  }

  /// A way to name vehicles was refused: the next one is tried the next time.
  func refuseStreamBody() {
    let forms = LearnedSettings.StreamBody.allCases
    let refused = streamBody
    learn { $0.streamBody = nil }
    streamForm.withLock { $0 = ((forms.firstIndex(of: refused) ?? 0) + 1) % forms.count }
  }

  /// Something was learned.
  func learn(_ change: (inout LearnedSettings) -> Void) { learnedSettings.withLock { change(&$0) } }

  /// Rows that could not be read and were left out so far, by the list they were in.
  public var skippedRows: [String: Int] { skipped.withLock { $0 } }

  /// The scopes that the credentials have, by the API's own word; empty where it does not say.
  public func scopes() async throws -> [String] { try await token.token().scopes }

  /// An access token, for the one handshake that may need it.
  func accessToken() async throws -> Secret { try await token.token().value }

  /// Sends a request and returns the good answer to it.
  ///
  /// - Throws: `MyCarTracksError` and `CancellationError`.
  func answer(to request: APIRequest) async throws -> JSONValue {
    var last: TokenMachine.Token?
    let (reply, content) = try await sender.reply(
      AttemptMachine(isRepeatable: request.method == "GET"), request.priority,
      patience: request.priority == .user ? configuration.patience : nil, read: JSONText.read
    ) { isRefused in
      let token = try await token.token(
        rejected: isRefused ? last : nil, patience: request.priority == .user ? configuration.patience : nil)
      last = token
      return HTTPRequest(
        method: request.method, url: configuration.baseURL + request.target,
        headers: [("Authorization", "Bearer " + token.value.text), ("Accept", "application/json")]
          + (request.body.isEmpty ? [] : [("Content-Type", "application/json")]), body: request.body)
    }
    guard let content else { throw failure(reply, of: request, token: last) }
    return content
  }

  /// The error that stands for an answer of another status.
  private func failure(_ reply: HTTPReply, of request: APIRequest, token: TokenMachine.Token?) -> MyCarTracksError {
    let said = JSONText.message(reply.body, without: token?.value).map { " It says: \($0)." } ?? ""
    let place = "\(request.method) \(request.path)"
    let status = reply.status
    switch status {
    case 300..<400:
      return MyCarTracksError(
        .redirected, "\(place) points to another place, which is not followed. Set the base URL to where the API is.",
        status: status)
    case 400:
      let names = request.query.isEmpty ? "" : " of " + request.query.map(\.name).joined(separator: ", ")
      return MyCarTracksError(
        .badRequest, "the API finds a parameter\(names) of \(place) wrong.\(said)", status: status)
    case 401:
      return MyCarTracksError(
        .unauthorized, "the API refuses a new token for \(place). Check the credentials in the web portal.\(said)",
        status: status)
    case 403, 429:
      let headers = RateLimitHeaders(reply.headers)
      guard status == 429 || headers?.isExceeded(status: status) == true else {
        return MyCarTracksError(
          .notPermitted, "the account may not use \(place): role, plan or scope do not allow it.\(said)", status: status
        )
      }
      return MyCarTracksError(
        .rateLimited, "the account's requests are used up, also after waiting. Stop what else uses them.",
        status: status, retryAfter: headers?.retryAfter ?? headers?.reset)
    case 404:
      return MyCarTracksError(
        .notFound, "\(place) does not exist, or belongs to another account.\(said)", status: status)
    case 500...:
      return MyCarTracksError(.serverFailed, "the API fails at \(place) (status \(status)).\(said)", status: status)
    default:
      return MyCarTracksError(
        .malformedAnswer, "the API answers \(place) with status \(status).\(said)", status: status)
    }
  }

  /// How many rows an endpoint gives at once, as far as this client has seen.
  private struct PageSizes {
    /// The most that came at once.
    var largest = 0
    /// The most that came at once though more were asked for, and there.
    var cap: Int?
  }

  /// The most rows that an endpoint has given at once, to this client: what it gave to an earlier one it may not give today.
  package func largestPage(of endpoint: String) -> Int { pages.withLock { $0[endpoint]?.largest ?? 0 } }

  /// The most rows that an endpoint gives at once, or `nil` where it has given all that were asked for.
  public func pageCap(of endpoint: String) -> Int? { pages.withLock { $0[endpoint]?.cap } }

  /// An endpoint has given so many rows at once, and so many where there were more.
  func notePages(of endpoint: String, largest: Int, cap: Int?) {
    pages.withLock { pages in
      let known = pages[endpoint] ?? PageSizes()
      let caps = [known.cap, cap].compactMap { $0 }
      pages[endpoint] = PageSizes(largest: max(known.largest, largest), cap: caps.max())
    }
    if endpoint == "trackpoints", let cap { learn { $0.pointCap = cap } }
  }

  /// Rows of a list could not be read.
  func noteSkipped(_ count: Int, of list: String) {
    if count > 0 { skipped.withLock { $0[list, default: 0] += count } }
  }
}
