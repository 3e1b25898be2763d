import Foundation

/// Where a live stream is; taken apart for the connection only, and never told.
struct LivePlace: Sendable {
  let isSecure: Bool
  let host: String
  let port: Int
  /// Path and query.
  let target: String

  /// Takes a `websocketUrl` apart.
  ///
  /// - Throws: `badConfiguration` where it is no `wss`, nor `ws` of this machine.
  init(_ url: Secret) throws(MyCarTracksError) {
    guard let components = URLComponents(string: url.text), let scheme = components.scheme?.lowercased(),
      let host = components.host, !host.isEmpty, components.user == nil
    else { throw MyCarTracksError(.malformedAnswer, "the websocketUrl of the API is no URL.") }
    guard scheme == "wss" || scheme == "ws" && Loopback.isLoopback(host) else {
      throw MyCarTracksError(
        .badConfiguration, "the live stream is not encrypted, which is allowed on this machine only. Nothing was sent.")
    }
    isSecure = scheme == "wss"
    self.host = host.trimmingCharacters(in: ["[", "]"])
    port = components.port ?? (scheme == "wss" ? 443 : 80)
    let path = components.percentEncodedPath
    target = (path.isEmpty ? "/" : path) + (components.percentEncodedQuery.map { "?" + $0 } ?? "")
  }

  /// Whether the host is an address, which certificates do not name.
  var isAddress: Bool { host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil } }

  /// Host and port for the `Host` header.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// Whether a token of this API may be sent there: to its own host, or one below it.
  func mayHaveToken(of baseURL: String) -> Bool {
    guard let api = URL(string: baseURL)?.host()?.lowercased() else { return false }
    let host = host.lowercased()
    return host == api || host.hasSuffix("." + api)
  }
}
