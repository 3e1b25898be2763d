import Testing

@testable import TriplineAlerts
@testable import TriplineService

@Suite struct ReceiversTests {
  private func settings(_ text: String) throws -> [ReceiverSettings] {
    var root = try YAMLSection.document(text, file: "rules.yaml")
    return try ReceiverSettings.read(&root)
  }

  private let hooks = """
    receivers:
      - name: dispatch
        stdout: true
        files: [{path: events.ndjson}]
        webhooks:
          - {url_file: url, secret_file: [new, old]}
          - {url: 'https://ops.example.com/', secret_env: HOOK_SECRET}
        alertmanagers: [{url: 'http://127.0.0.1:9093'}]
        execs: [{command: [/bin/true]}]
        emails: [{to: a@example.com, from: b@example.com}]
    """

  private let files = [
    "/rules/url": " https://ops.example.com/hooks/x7\n", "/rules/new": ReceiverSamples.secret + "\n",
    "/rules/old": ReceiverSamples.otherSecret,
  ]

  @Test func `all that a file names is made, with its ids`() throws {
    let entries = try Receivers.make(
      try settings(hooks), environment: ["HOOK_SECRET": ReceiverSamples.secret, "OWN": "own-secret"], in: "/rules",
      contents: { files[$0] })
    #expect(
      entries.map(\.sink.id) == [
        "dispatch/stdout", "dispatch/file/5126b41a", "dispatch/webhook/bc2385a7", "dispatch/webhook/5b08f712",
        "dispatch/alertmanager/e0117bc2", "dispatch/exec/43c329cd", "dispatch/email/d5798192",
      ])
    #expect(entries.allSatisfy { $0.sink.receiver == "dispatch" && $0.sink.takesGroups == $0.receiver.takesGroups })
    #expect(
      entries.filter(\.sink.takesGroups).map(\.sink.id) == [
        "dispatch/alertmanager/e0117bc2", "dispatch/email/d5798192",
      ])
    let text = String(reflecting: entries)
    #expect(!text.contains("MfKQ9r8G") && !text.contains("QUJDQUJD"))
    #expect(text.contains("ops.example.com") && !text.contains("hooks/x7") && !text.contains("own-secret"))
  }

  @Test(arguments: [
    ("/rules/url", String?.none, "dispatch/webhook/bc2385a7: the file that url_file names cannot be read"),
    ("/rules/url", "https://user:pa55@ops.example.com/", "dispatch/webhook/bc2385a7: what the file of url_file has"),
    ("/rules/old", nil, "dispatch/webhook/bc2385a7: a file that secret_file names cannot be read"),
    ("/rules/old", "pa55word", "dispatch/webhook/bc2385a7: a secret has to be whsec_"),
    ("HOOK_SECRET", nil, "dispatch/webhook/5b08f712: the variable HOOK_SECRET"),
    ("HOOK_SECRET", "pa55word", "dispatch/webhook/5b08f712: a secret has to be whsec_"),
  ])
  func `what is missing or wrong is told with its place, and never the secret`(
    name: String, text: String?, message: String
  ) throws {
    var (files, environment) = (files, ["HOOK_SECRET": ReceiverSamples.secret])
    if name == "HOOK_SECRET" { environment[name] = text } else { files[name] = text }
    let settings = try settings(hooks)
    let error = try #require(throws: ConfigurationError.self) {
      try Receivers.make(
        settings, environment: environment, file: "rules.yaml", in: "/rules", contents: { [files] in files[$0] })
    }
    #expect(error.message.hasPrefix(message) && error.file == "rules.yaml" && (error.line ?? 0) > 5)
    #expect(!"\(error)".contains("pa55"))
  }

  @Test func `commands do not get what is secret`() throws {
    let environment = ["PATH": "/bin", "HOOK_SECRET": "x", "MYCARTRACKS_CLIENT_SECRET": "x", "HOME": "/root"]
    #expect(Receivers.visible(environment, try settings(hooks)) == ["PATH": "/bin", "HOME": "/root"])
  }
}
