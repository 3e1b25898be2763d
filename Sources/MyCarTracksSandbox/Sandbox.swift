import Synchronization
import TriplineJSON

/// A server that speaks the contract of the MyCarTracks API v3, as far as it is known, over an account of recorded tracks.
///
/// Paths, paging, rate limits, errors and the flow of the live stream are those of the vendor's documentation. Names of fields,
/// units and whatever else the documentation leaves open are ASSUMED, and switches of the `Dialect`.
///
/// It knows no network and no clock: what it answers depends on the requests and on the times that come with them.
public final class Sandbox: Sendable {
  /// How it behaves.
  public let options: SandboxOptions
  let account: SandboxAccount
  let wording: Wording
  let program: LiveProgram
  let state: Mutex<State>

  /// What changes from request to request.
  struct State {
    var dice: Dice
    /// Requests of this window, and when it began.
    var window: (start: Int64, count: Int)?
    var token: (text: String, end: Int64)?
    var streams: [String: Stream] = [:]
    /// How many of the next requests meet a failing server.
    var failing = 0
    /// Answers so far by status.
    var statuses: [Int: Int] = [:]
  }

  /// A live stream that was asked for.
  struct Stream {
    /// The indices of its vehicles.
    var vehicles: Set<Int>
    var expires: Int64
    var isUsed = false
    var isOpen = false
  }

  /// The path below which the API is.
  public static let basePath = "/services/rest/v3"

  /// Creates a sandbox over an account.
  public init(account: SandboxAccount, options: SandboxOptions = SandboxOptions()) {
    self.account = account
    self.options = options
    wording = Wording(dialect: options.dialect)
    program = LiveProgram(account, options)
    state = Mutex(State(dice: Dice(seed: options.seed)))
  }

  /// How many answers of each status were given.
  public var statuses: [Int: Int] { state.withLock { $0.statuses } }

  /// The answer to a request at a time, in milliseconds UTC.
  public func respond(to request: SandboxRequest, at now: Int64) -> SandboxReply {
    state.withLock { state in
      var reply = answer(to: request, at: now, &state)
      state.statuses[reply.status, default: 0] += 1
      befall(&reply, request, &state)
      return reply
    }
  }

  /// Whether a vehicle is no longer part of the account.
  func isRemoved(_ vehicle: Int, at now: Int64) -> Bool {
    guard vehicle == account.vehicles.count - 1, let replay = options.replay, now >= replay.began + 10_000 else {
      return false
    }
    return options.faults.contains(.vehicleRemoved)
      || options.faults.contains(.vehicleAway) && now < replay.began + 610_000
  }

  /// The vehicles that are part of the account.
  func present(at now: Int64) -> [Int] { account.vehicles.indices.filter { !isRemoved($0, at: now) } }

  /// The moment of the account's history that the server has come to.
  func moment(at now: Int64) -> Int64 { options.replay?.moment(at: now) ?? .max }

  private func answer(to request: SandboxRequest, at now: Int64, _ state: inout State) -> SandboxReply {
    switch (request.method, request.path) {
    case ("GET", "/"): return telling(welcome(), at: now, state)
    case ("GET", "/services/rest/openapi.json"):
      let body = OpenAPI.document(options)
      return telling(
        SandboxReply(status: 200, headers: ["Content-Type": "application/json"], body: body), at: now, state)
    case (_, Self.livePath):
      return telling(failure(426, "upgrade_required", "connect with a WebSocket"), at: now, state)
    case (_, "/oauth/token"):
      return limited(at: now, &state) { grant(request, at: now, &$0) }
    case _ where request.path.hasPrefix(Self.basePath + "/"):
      return limited(at: now, &state) { serve(request, at: now, &$0) }
    default:
      return telling(failure(404, "not_found", "no such resource"), at: now, state)
    }
  }

  /// Counts a request against the limit, refuses it where it exceeds that, and tells what is left.
  private func limited(at now: Int64, _ state: inout State, _ answer: (inout State) -> SandboxReply) -> SandboxReply {
    var window = state.window ?? (now, 0)
    if now >= window.start + options.window { window = (now, 0) }
    window.count += 1
    state.window = window
    let isExceeded = window.count > options.requestsPerWindow
    let reply = isExceeded ? failure(403, "rate_limit_exceeded", "rate limit exceeded") : answer(&state)
    return telling(reply, at: now, state)
  }

  /// An answer that tells what is left of the window's requests, as all do.
  private func telling(_ reply: SandboxReply, at now: Int64, _ state: State) -> SandboxReply {
    var window = state.window ?? (now, 0)
    if now >= window.start + options.window { window = (now, 0) }
    var reply = reply
    reply.headers["X-Rate-Limit-Limit"] = "\(options.requestsPerWindow)"
    reply.headers["X-Rate-Limit-Remaining"] = "\(max(0, options.requestsPerWindow - window.count))"
    reply.headers["X-Rate-Limit-Reset"] = "\((window.start + options.window - now + 999) / 1000)"
    return reply
  }

  /// The answer to a request for a resource.
  private func serve(_ request: SandboxRequest, at now: Int64, _ state: inout State) -> SandboxReply {
    if options.faults.contains(.serverErrors) {
      if state.failing == 0 && state.dice.happens(0.1) { state.failing = Int.random(in: 1...3, using: &state.dice) }
      if state.failing > 0 {
        state.failing -= 1
        return failure([500, 502, 503].randomElement(using: &state.dice) ?? 500, "internal", "something went wrong")
      }
    }
    guard let token = state.token, now < token.end, request.headers["authorization"] == "Bearer " + token.text else {
      return failure(401, "unauthorized", "missing, invalid or expired token")
    }
    if options.faults.contains(.unauthorized), state.dice.happens(0.1) {
      state.token = nil
      return failure(401, "unauthorized", "missing, invalid or expired token")
    }
    let parts = request.path.dropFirst(Self.basePath.count).split(separator: "/").map(String.init)
    switch (request.method, parts.first, parts.count) {
    case ("GET", "vehicles", 1): return vehicles(request, at: now)
    case ("GET", "vehicles", 2) where parts[1] == "lastPositions": return lastPositions(request, at: now)
    case ("POST", "vehicles", 3) where parts[1...] == ["livePositions", "stream"]:
      return makeStream(request, at: now, &state)
    case ("GET", "tracks2", 1): return tracks(request, at: now)
    case ("GET", "tracks", 2): return track(parts[1], at: now)
    case ("GET", "trackpoints", 2): return points(request, of: parts[1], at: now)
    case ("GET", "geofences", 1) where options.dialect.geofences: return fences(request)
    default: return failure(404, "not_found", "no such resource")
    }
  }

  /// What goes wrong with an answer on its way.
  private func befall(_ reply: inout SandboxReply, _ request: SandboxRequest, _ state: inout State) {
    guard reply.status == 200, request.path.hasPrefix(Self.basePath), reply.body.count > 2 else { return }
    if options.faults.contains(.truncatedBody), state.dice.happens(0.1) {
      reply.body.removeLast(reply.body.count / 2)
    } else if options.faults.contains(.brokenConnection), state.dice.happens(0.1) {
      reply.delivery = .broken
    } else if options.faults.contains(.slowBody), state.dice.happens(0.2) {
      reply.delivery = .slow
    }
  }

  /// An answer that is JSON.
  func json(_ node: JSONNode, status: Int = 200) -> SandboxReply {
    SandboxReply(status: status, headers: ["Content-Type": "application/json"], body: node.bytes)
  }

  /// An error. Its body is not documented.
  func failure(_ status: Int, _ code: String, _ message: String) -> SandboxReply {
    switch options.dialect.errorBody {
    case .json:
      return json(
        .object(["error": .string(code), "message": .string(message), "status": .integer(Int64(status))]),
        status: status)
    case .empty:
      return SandboxReply(status: status)
    case .html:
      return SandboxReply(
        status: status, headers: ["Content-Type": "text/html"],
        body: Array("<html><body><h1>\(status)</h1></body></html>".utf8))
    }
  }

  private func welcome() -> SandboxReply {
    let text = """
      Tripline sandbox of the MyCarTracks API v3

      This is no server of MyCarTracks. Paths, paging, rate limits and the flow of the live
      stream are documented by the vendor; most names of fields and all units are ASSUMED,
      and can be switched.

      /services/rest/openapi.json describes what is served here.

      """
    return SandboxReply(status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: Array(text.utf8))
  }
}
