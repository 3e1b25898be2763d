import Foundation
import Testing
import TriplineJSON

@testable import MyCarTracksSandbox

/// What the sandbox answers, asked without a client.
@Suite struct SandboxTests {
  private let account = SandboxAccount.synthetic(vehicles: 3, tracks: 2, points: 10)
  private let now: Int64 = 1_780_000_060_000

  private func object(_ reply: SandboxReply) throws -> JSONObject {
    try #require(try JSONDocument.parse(reply.body.span, reply.body.indices).object)
  }

  private func token(
    _ sandbox: Sandbox, _ form: String, at moment: Int64? = nil, header: String? = nil
  ) -> SandboxReply {
    sandbox.respond(
      to: SandboxRequest(
        method: "POST", path: "/oauth/token", headers: header.map { ["Authorization": $0] } ?? [:],
        body: Array(form.utf8)), at: moment ?? now)
  }

  private let credentials =
    "grant_type=client_credentials&client_id=sandbox.mycartracks.com&client_secret=sandbox-secret"

  /// The answer to a request with a good token.
  private func get(_ sandbox: Sandbox, _ path: String, _ query: [String: String] = [:]) throws -> SandboxReply {
    let granted = try object(token(sandbox, credentials))
    let bearer = "Bearer " + (granted["access_token"]?.string ?? "")
    return sandbox.respond(
      to: SandboxRequest(path: "/services/rest/v3" + path, query: query, headers: ["Authorization": bearer]), at: now)
  }

  @Test func `a token is given for credentials in the header and in the form, the same one as long as it lasts`() throws
  {
    let sandbox = Sandbox(account: account)
    let basic = "Basic " + Data("sandbox.mycartracks.com:sandbox-secret".utf8).base64EncodedString()
    let first = try object(token(sandbox, "grant_type=client_credentials&scope=read", header: basic))
    let second = try object(token(sandbox, credentials, at: now + 600_000))
    #expect(first["access_token"]?.string == second["access_token"]?.string)
    #expect(first["expires_in"]?.number == 3600 && second["expires_in"]?.number == 3000)
    let third = try object(token(sandbox, credentials, at: now + 3_600_000))
    #expect(third["access_token"]?.string != first["access_token"]?.string)
  }

  @Test func `what is wrong with a request for a token is told as RFC 6749 has it`() throws {
    let sandbox = Sandbox(account: account)
    let answers = [
      ("grant_type=password", 400, "unsupported_grant_type"),
      ("grant_type=client_credentials&client_id=x&client_secret=y", 401, "invalid_client"),
      (credentials + "&scope=read+write", 400, "invalid_scope"),
    ]
    for (form, status, error) in answers {
      let reply = token(sandbox, form)
      let told = try object(reply)["error"]?.string
      #expect(reply.status == status && told == error, "\(form)")
    }
  }

  @Test func `every answer tells what is left of the window, and one too many is refused`() throws {
    var options = SandboxOptions()
    options.requestsPerWindow = 3
    let sandbox = Sandbox(account: account, options: options)
    let replies = (0..<4).map { token(sandbox, credentials, at: now + $0 * 1000) }
    #expect(replies.map(\.status) == [200, 200, 200, 403])
    #expect(replies.map { $0.headers["X-Rate-Limit-Remaining"] } == ["2", "1", "0", "0"])
    #expect(replies.map { $0.headers["X-Rate-Limit-Reset"] } == ["900", "899", "898", "897"])
    #expect(token(sandbox, credentials, at: now + 900_000).status == 200)
    for path in ["/", "/services/rest/openapi.json", "/nowhere"] {
      #expect(
        sandbox.respond(to: SandboxRequest(path: path), at: now + 900_000).headers["X-Rate-Limit-Limit"] == "3",
        "\(path)")
    }
  }

  @Test func `its first page and its description say what it is, without credentials`() throws {
    let sandbox = Sandbox(account: account)
    let page = String(decoding: sandbox.respond(to: SandboxRequest(path: "/"), at: now).body, as: UTF8.self)
    #expect(page.contains("ASSUMED") && page.contains("no server of MyCarTracks"))
    let description = try object(sandbox.respond(to: SandboxRequest(path: "/services/rest/openapi.json"), at: now))
    #expect(description["info"]?.object?["description"]?.string?.contains("ASSUMED") == true)
  }

  @Test(
    arguments: [
      ("/vehicles", ["limit": "0"], 400), ("/vehicles", ["offset": "-1"], 400), ("/vehicles", ["sort": "bogus"], 400),
      ("/tracks2", ["startTime": "x"], 400), ("/tracks2", ["startTime": "-9223372036854775808"], 400),
      ("/tracks/-9223372036854775808", [:], 404), ("/trackpoints/9223372036854775807", [:], 404),
      ("/tracks/abc", [:], 404), ("/jobs", [:], 404),
    ])
  func `what cannot be answered is refused`(path: String, query: [String: String], status: Int) throws {
    #expect(try get(Sandbox(account: account), path, query).status == status)
  }

  @Test func `lists have the fields, the order and the part that are asked for`() throws {
    let sandbox = Sandbox(account: account)
    let rows = try object(get(sandbox, "/vehicles", ["fields": "name", "sort": "-name", "offset": "1", "limit": "1"]))
    let row = try #require(rows["data"]?.array?.first?.object)
    #expect(rows["data"]?.array?.count == 1 && row.map(\.key) == ["name"] && row["name"]?.string == "Van 2")
    let total = try object(get(sandbox, "/tracks2", ["includeTotal": "true", "limit": "1"]))
    #expect(total["total"]?.number == 6)
  }

  @Test func `a stream's URL is good once`() throws {
    let sandbox = Sandbox(account: account)
    let granted = try object(token(sandbox, credentials))
    let reply = sandbox.respond(
      to: SandboxRequest(
        method: "POST", path: "/services/rest/v3/vehicles/livePositions/stream",
        headers: ["Authorization": "Bearer " + (granted["access_token"]?.string ?? "")], body: Array("{}".utf8)),
      at: now)
    let url = try #require(URLComponents(string: try object(reply)["websocketUrl"]?.string ?? ""))
    let request = SandboxRequest(path: url.path, query: ["token": url.queryItems?.first?.value ?? ""])
    guard case .granted = sandbox.admit(request, at: now) else { return #expect(Bool(false), "refused") }
    guard case .refused(403) = sandbox.admit(request, at: now) else { return #expect(Bool(false), "admitted") }
  }
}
