import Foundation

/// Where the API is, and what is asked of it.
public struct ClientConfiguration: Sendable, Hashable {
  /// The base URL of the API, version included, without a slash at its end.
  public let baseURL: String
  /// Where tokens are given out.
  public let tokenURL: String
  /// The scopes that are asked for: reading is all this client does.
  public let scope = "read"
  /// How long an attempt at a request may take.
  public var attemptDeadline = Duration.seconds(30)
  /// How long a request that somebody waits for may wait for the account's budget.
  public var patience = Duration.seconds(30)
  /// Rows of a page of vehicles, tracks and fences.
  public var pageSize = 1000
  /// Rows of a page of track points. Version 2 gave a day at 1 Hz at once; that version 3 does is ASSUMED, and a server that
  /// gives fewer is understood.
  public var pointPageSize = 86_400

  /// The documented base URL.
  public static let productionURL = "https://mycartracks.com/services/rest/v3"

  /// Takes the API's place from `MYCARTRACKS_BASE_URL`, or the documented one.
  ///
  /// - Throws: `badConfiguration`.
  public init(environment: [String: String]) throws(MyCarTracksError) {
    let given = environment["MYCARTRACKS_BASE_URL"] ?? ""
    try self.init(baseURL: given.isEmpty ? Self.productionURL : given)
  }

  /// Takes the API's place from a base URL: `https`, or `http` on this machine, as a sandbox has it. Tokens are given out
  /// by `/oauth/token` of the same host.
  ///
  /// - Throws: `badConfiguration`.
  public init(baseURL: String = ClientConfiguration.productionURL) throws(MyCarTracksError) {
    guard let url = URL(string: baseURL), let host = url.host(), !host.isEmpty, let scheme = url.scheme?.lowercased(),
      url.user() == nil, url.query() == nil, url.fragment() == nil
    else {
      throw MyCarTracksError(
        .badConfiguration, "the base URL is none. Write it like \(Self.productionURL), without user or query.")
    }
    guard scheme == "https" || scheme == "http" && Loopback.isLoopback(host) else {
      throw MyCarTracksError(
        .badConfiguration, "the base URL has to begin with https:// unless it is of this machine.")
    }
    let origin = scheme + "://" + (host.contains(":") ? "[\(host)]" : host) + (url.port.map { ":\($0)" } ?? "")
    var path = url.path()
    while path.hasSuffix("/") { path.removeLast() }
    self.baseURL = origin + path
    tokenURL = origin + "/oauth/token"
  }
}

/// Names of this machine.
enum Loopback {
  /// Whether a host is this machine: `localhost`, 127.x.x.x or ::1.
  static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased().trimmingCharacters(in: ["[", "]"])
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
