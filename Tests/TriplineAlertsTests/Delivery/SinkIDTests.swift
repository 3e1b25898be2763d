import Testing

@testable import TriplineAlerts

@Suite struct SinkIDTests {
  private func ids(_ sinks: String) throws -> [String] {
    var root = try YAMLSection.document("receivers: [{name: dispatch, \(sinks)}]", file: "rules.yaml")
    return try ReceiverSettings.read(&root)[0].sinks.map(\.id)
  }

  private let hook = "{url: 'https://ops.example.com/', secret_env: HOOK}"
  private let other = "{url: 'https://ops.example.com/other', secret_env: HOOK}"

  @Test func `a sink keeps its name wherever it stands, and none gets that of another`() throws {
    let alone = try ids("webhooks: [\(hook)]")
    #expect(alone == ["dispatch/webhook/5b08f712"])
    let both = try ids("stdout: true, webhooks: [\(other), \(hook)]")
    #expect(both.first == "dispatch/stdout" && both.last == alone.first && Set(both).count == 3)
    #expect(try ids("webhooks: [\(other)]") == [both[1]])
  }

  @Test(arguments: [
    ("files: [{path: %}]", "a.ndjson", "b.ndjson"), ("webhooks: [{url: '%', secret_env: S}]", "http://a/", "http://b/"),
    ("webhooks: [{url_file: %, secret_env: S}]", "a", "b"), ("alertmanagers: [{url: 'http://%'}]", "a", "b"),
    ("execs: [{command: %}]", "[page, a]", "[page, b]"), ("emails: [{to: %, from: a@b}]", "a@b", "[a@b, c@d]"),
    ("webhooks: [{%, secret_env: S}]", "url: 'http://a/'", "url_file: 'http://a/'"),
  ])
  func `another destination is another sink`(text: String, one: String, another: String) throws {
    let (first, second) = (try ids(text.replacing("%", with: one)), try ids(text.replacing("%", with: another)))
    #expect(first != second)
    #expect(first[0].wholeMatch(of: /dispatch\/[a-z]+\/[0-9a-f]{8}/) != nil, "\(first)")
  }

  @Test(arguments: [
    (
      "webhooks: [{url: 'http://a/', secret_env: S}]",
      "webhooks: [{url: 'http://a/', secret_file: [new, old], timeout: 5s, allow_internal: true}]"
    ), ("execs: [{command: page}]", "execs: [{command: [page], timeout: 5s}]"),
    ("emails: [{to: [a@b, c@d], from: a@b}]", "emails: [{to: [c@d, a@b], from: e@f, sendmail: /bin/m}]"),
  ])
  func `another secret or another timeout is none`(one: String, another: String) throws {
    #expect(try ids(one) == ids(another))
  }

  @Test func `two with one destination are numbered`() throws {
    #expect(
      try ids("webhooks: [\(hook), \(other), \(hook), \(hook)]").filter { $0.contains("5b08f712") } == [
        "dispatch/webhook/5b08f712", "dispatch/webhook/5b08f712/2", "dispatch/webhook/5b08f712/3",
      ])
  }
}
