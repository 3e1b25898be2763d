import Foundation
import TriplineJSON

extension Sandbox {
  /// The answer to a request for a token: client credentials in the header or, as version 2 had it, in the form. A token
  /// that is still good is given out again, with what is left of its lifetime.
  func grant(_ request: SandboxRequest, at now: Int64, _ state: inout State) -> SandboxReply {
    guard request.method == "POST" else { return failure(405, "method_not_allowed", "use POST") }
    let form = Self.form(request.body)
    func refused(_ status: Int, _ error: String, _ description: String) -> SandboxReply {
      json(.object(["error": .string(error), "error_description": .string(description)]), status: status)
    }
    guard form["grant_type"] == "client_credentials" else {
      return refused(400, "unsupported_grant_type", "use client_credentials")
    }
    let given = Self.basic(request.headers["authorization"]) ?? (form["client_id"] ?? "", form["client_secret"] ?? "")
    guard given == (options.clientID, options.clientSecret) else {
      return refused(401, "invalid_client", "unknown client")
    }
    let asked = Set((form["scope"] ?? "").split(separator: " ").map(String.init))
    guard asked.isSubset(of: options.scopes) else {
      return refused(
        400, "invalid_scope", "these credentials may only \(options.scopes.sorted().joined(separator: ", "))")
    }
    let lifetime = options.faults.contains(.shortTokens) ? 5000 : options.tokenLifetime
    if state.token.map({ now >= $0.end }) ?? true { state.token = (state.dice.uuid(), now + lifetime) }
    guard let token = state.token else { preconditionFailure("there is a token") }
    return json(
      .object([
        "access_token": .string(token.text), "token_type": "bearer", "expires_in": .integer((token.end - now) / 1000),
        "scope": .string((asked.isEmpty ? options.scopes : asked).sorted().joined(separator: " ")),
      ]))
  }

  private static func basic(_ header: String?) -> (String, String)? {
    guard let header, header.hasPrefix("Basic "), let data = Data(base64Encoded: String(header.dropFirst(6))),
      let text = String(data: data, encoding: .utf8), let colon = text.firstIndex(of: ":")
    else { return nil }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  private static func form(_ body: [UInt8]) -> [String: String] {
    let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
      }
      return (decoded(parts[0]), parts.count > 1 ? decoded(parts[1]) : "")
    }
    return Dictionary(pairs) { _, last in last }
  }
}
