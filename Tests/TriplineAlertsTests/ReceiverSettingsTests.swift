import Testing

@testable import TriplineAlerts

@Suite struct ReceiverSettingsTests {
  private func read(_ text: String) throws(ConfigurationError) -> [ReceiverSettings] {
    var root = try YAMLSection.document(text, file: "rules.yaml")
    return try ReceiverSettings.read(&root)
  }

  private func read(webhook text: String) throws(ConfigurationError) -> ReceiverSettings.Sink {
    try read("receivers: [{name: dispatch, webhooks: [\(text)]}]")[0].sinks[0]
  }

  @Test func `every kind of sink is read, with its id and its defaults`() throws {
    let receivers = try read(
      """
      receivers:
        - name: dispatch
          stdout: true
          files: [{path: events.ndjson}]
          webhooks:
            - {url: 'https://ops.example.com/hooks/fleet', secret_file: /run/secrets/new}
            - {url_file: /run/secrets/url, secret_env: [NEW, OLD], allow_internal: true, timeout: 5s}
        - name: oncall
          alertmanagers: [{url: 'http://127.0.0.1:9093'}, {url: 'http://alerts.example.com', allow_internal: false}]
          execs: [{command: [/usr/local/bin/page, --loud]}, {command: page, timeout: 90s}]
          emails:
            - {to: [a@example.com, b@example.com], from: tripline@example.com}
            - {to: a@example.com, from: tripline@example.com, sendmail: /usr/bin/msmtp}
      """)
    #expect(receivers.map(\.name) == ["dispatch", "oncall"])
    #expect(
      receivers[0].sinks.map(\.id) == [
        "dispatch/stdout", "dispatch/file/5126b41a", "dispatch/webhook/9bd0af94", "dispatch/webhook/17180e1c",
      ])
    #expect(
      receivers[0].sinks.map(\.kind) == [
        .standardOutput, .file(path: "events.ndjson"),
        .webhook(
          ReceiverSettings.Webhook(
            address: .url("https://ops.example.com/hooks/fleet"), secrets: [.file("/run/secrets/new")],
            allowsInternal: false, timeout: 15_000)),
        .webhook(
          ReceiverSettings.Webhook(
            address: .file("/run/secrets/url"), secrets: [.variable("NEW"), .variable("OLD")], allowsInternal: true,
            timeout: 5000)),
      ])
    #expect(
      receivers[1].sinks.map(\.kind) == [
        .alertmanager(url: "http://127.0.0.1:9093", allowsInternal: true),
        .alertmanager(url: "http://alerts.example.com", allowsInternal: false),
        .command(["/usr/local/bin/page", "--loud"], timeout: 30_000), .command(["page"], timeout: 90_000),
        .mail(
          ReceiverSettings.Mail(
            to: ["a@example.com", "b@example.com"], from: "tripline@example.com", sendmail: "/usr/sbin/sendmail")),
        .mail(
          ReceiverSettings.Mail(to: ["a@example.com"], from: "tripline@example.com", sendmail: "/usr/bin/msmtp")),
      ])
    #expect(receivers[1].sinks.map(\.line) == [9, 9, 10, 10, 12, 13])
  }

  @Test func `a file without receivers has none`() throws { #expect(try read("version: 1").isEmpty) }

  @Test(arguments: [
    ("receivers: [{stdout: true}]", "needs a name"), ("receivers: [{name: a/b, stdout: true}]", "without a /"),
    ("receivers: [{name: a, stdout: true}, {name: a, stdout: true}]", "two receivers named a"),
    ("receivers: [{name: a}]", "the receiver a needs one of"),
    ("receivers: [{name: a, stdout: false}]", "the receiver a needs one of"),
    ("receivers: [{name: a, slack: x}]", "has no slack"), ("receivers: [{name: a, files: [{}]}]", "needs a path"),
    ("receivers: [{name: a, files: [{path: x, mode: 7}]}]", "has no mode"),
    ("receivers: [{name: a, execs: [{timeout: 5s}]}]", "needs a command"),
    ("receivers: [{name: a, execs: [{command: bin/page}]}]", "whole path"),
    ("receivers: [{name: a, execs: [{command: page, timeout: 5}]}]", "with its unit"),
    ("receivers: [{name: a, execs: [{command: page, timeout: 0s}]}]", "above 0s"),
    ("receivers: [{name: a, execs: [{command: page, timeout: 6m}]}]", "at most 5m"),
    ("receivers: [{name: a, alertmanagers: [{url: 'http://a?b'}]}]", "no query"),
    ("receivers: [{name: a, emails: [{from: a@b}]}]", "needs a to"),
    ("receivers: [{name: a, emails: [{to: a@b}]}]", "needs a from"),
    ("receivers: [{name: a, emails: [{to: a@b, from: a}]}]", "a is no address"),
    ("receivers: [{name: a, emails: [{to: 'a@b, c@d', from: a@b}]}]", "is no address"),
    (#"receivers: [{name: a, emails: [{to: "a@b\nBcc: c@d", from: a@b}]}]"#, "is no address"),
    ("receivers: [{name: a, emails: [{to: a@b, from: a@b, sendmail: sendmail}]}]", "whole path"),
  ])
  func `a mistake is told with its place`(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try read(text) }
    #expect(error.message.contains(message), "\(error)")
    #expect(error.line != nil)
  }

  @Test(arguments: [
    ("{url: 'https://a/', secret: whsec_pa55}", "secret_file"), ("{url: 'https://a/'}", "secret_file or secret_env"),
    ("{url: 'https://a/', secret_file: a, secret_env: B}", "secret_file or secret_env"),
    ("{secret_file: a}", "url or url_file"), ("{url: 'https://a/', url_file: b, secret_file: a}", "url or url_file"),
    ("{url: 'ftp://pa55/', secret_file: a}", "http:// or https://"), ("{url: 'https:///pa55', secret_file: a}", "host"),
    ("{url: 'pa55', secret_file: a}", "host"), ("{url: 'https://a b/pa55', secret_file: a}", "host"),
    ("{url: 'https://a:99999/pa55', secret_file: a}", "host"), ("{url: 'https://%61/pa55', secret_file: a}", "host"),
    ("{url: 'https://me:pa55@a/', secret_file: a}", "no user"), ("{url: 'https://pa55@a/', secret_file: a}", "no user"),
    ("{url: 'https://a/#pa55', secret_file: a}", "no #"),
  ])
  func `a mistake in a webhook is told, and nothing that may be secret`(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try read(webhook: text) }
    #expect(error.message.contains(message) && !error.message.contains("pa55"), "\(error)")
  }
}
