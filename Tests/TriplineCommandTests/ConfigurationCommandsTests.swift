import Foundation
import Testing
import TriplineTesting

/// What is looked at and tried of a configuration before a service runs by it.
@Suite struct ConfigurationCommandsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a configuration with one fence and one rule; returns its path.
  private func configuration(_ more: String = "", rules: String = "") throws -> String {
    let text = """
      version: 1
      fences: [{id: yard, circle: {center: {lat: 50, lon: 14}, radius: 200m}}]
      rules:
        - {alert: LongStay, when: {dwell: {longer_than: 2h}}, labels: {severity: warning}}
      \(rules)
      \(more)
      """
    let path = folder.path("rules.yaml")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  // MARK: rules check

  @Test func `secrets that are missing or none are told of, and not what they are`() throws {
    try Data("pa55word".utf8).write(to: URL(fileURLWithPath: folder.path("bad.whsec")))
    let file = try configuration(
      """
      receivers:
        - name: dispatch
          webhooks:
            - {url: 'http://127.0.0.1:1/', secret_file: [none.whsec, bad.whsec]}
            - {url: 'http://127.0.0.1:2/', secret_env: TRIPLINE_NO_SUCH_SECRET}
            - {url: 'http://127.0.0.1:3/', secret_file: bad.whsec}
            - {url_file: none.url, secret_file: bad.whsec}
      """)
    let check = try Command(["rules", "check", file])
    #expect(check.status == 1 && check.lines == ["LongStay"])
    for text in [
      "rules.yaml:9: ", "the file none.whsec of its secret", "the variable TRIPLINE_NO_SUCH_SECRET of its secret",
      "a secret has to be whsec_", "the file none.url of its url", "1 rule, 1 fence, 1 receiver",
    ] { #expect(check.messages.contains(text), "\(text) in \(check.messages)") }
    #expect(!check.messages.contains("pa55word"))
    let secret = try Command(["webhook", "secret"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    for name in ["none.whsec", "bad.whsec"] {
      try Data(secret.utf8).write(to: URL(fileURLWithPath: folder.path(name)))
    }
    try Data("http://127.0.0.1:4/".utf8).write(to: URL(fileURLWithPath: folder.path("none.url")))
    let whole = try Command(["rules", "check", file], environment: ["TRIPLINE_NO_SUCH_SECRET": secret])
    #expect(whole.status == 0 && !whole.messages.contains("warning"), "\(whole.messages)")
  }

  @Test func `several mistakes are told, each on its line, and names that annotations ask for in vain`() throws {
    let wrong = try configuration(
      "late: {age: 1m}", rules: "  - {alert: B, when: {enterr: {}}}\n  - {alert: C, when: {exit: {}}, for: soon}")
    let check = try Command(["rules", "check", wrong])
    #expect(check.status == 78)
    let errors = check.messages.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(errors.count == 3 && errors.first?.contains("enter may be meant") == true, "\(check.messages)")
    let asked = try configuration(
      rules: "  - {alert: B, when: {enter: {}}, annotations: {summary: '{{vehicle.nmae}}'}}")
    let warned = try Command(["rules", "check", asked])
    #expect(warned.status == 1 && warned.messages.contains("asks for vehicle.nmae"), "\(warned.messages)")
  }

  @Test func `a file of fences that is not there is told with the place where it is named`() throws {
    let file = try configuration("fence_files: [none.geojson]")
    let check = try Command(["rules", "check", file])
    #expect(check.status == 66)
    #expect(check.messages.contains("rules.yaml:6:15: the file of fences none.geojson cannot be read"))
  }

  // MARK: init

  @Test func `all that init writes as an example can be used`() throws {
    let file = folder.path("tripline.yaml")
    #expect(try Command(["init", "-O", file]).status == 0)
    #expect(try Command(["rules", "check", file]).status == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines: [String] = text.split(separator: "\n", omittingEmptySubsequences: false).map { part in
      let line = String(part)
      let indent = String(line.prefix { $0 == " " })
      let rest = line.dropFirst(indent.count)
      // A word has one space behind the sign.
      guard rest.hasPrefix("#"), rest.dropFirst().first != " " || rest.hasPrefix("#  ") else { return line }
      return indent + String(rest.dropFirst())
    }
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    try FileManager.default.copyItem(atPath: fixture("depots.geojson"), toPath: folder.path("fences.geojson"))
    let check = try Command(["rules", "check", file])
    // The secrets are missing.
    #expect(check.status == 1 && check.lines.count == 5 && check.messages.contains("4 receivers"), "\(check.messages)")
    #expect(check.messages.split(separator: "\n").allSatisfy { !$0.hasPrefix("error") })
    let page = try Command(["routes", "test", file, "alertname=LeftDepotOutOfHours"])
    #expect(page.lines.dropFirst().map { $0.split(separator: " ").first } == ["oncall"], "\(page.text)")
    let info = try Command(["routes", "test", file, "severity=info"])
    #expect(info.lines.last?.hasPrefix("office") == true && info.text.contains("not in night"), "\(info.text)")
  }

  // MARK: routes test

  @Test func `who is told of labels is told with the route`() throws {
    let file = try configuration(
      """
      receivers: [{name: log, stdout: true}, {name: oncall, stdout: true}]
      route:
        receiver: log
        routes:
          - {matchers: ['severity="warning"'], receiver: oncall, group_by: [vehicle], continue: true}
          - {matchers: ['vehicle=~"4.*"'], receiver: log}
      """)
    let rule = try Command(["routes", "test", file, "alertname=LongStay", "vehicle=4711"])
    #expect(rule.status == 0 && rule.messages == "with severity=warning of the rule LongStay\n", "\(rule.messages)")
    #expect(rule.lines.map { $0.split(separator: " ").first } == ["RECEIVER", "oncall", "log"])
    #expect(rule.lines[1].contains(#"{}/0{severity="warning"}"#) && rule.lines[1].contains("by vehicle: after 30 s"))
    let other = try Command(["routes", "test", file, "alertname=Nothing", "-o", "ndjson"])
    #expect(
      other.lines.count == 1 && other.text.contains(#""receiver":"log""#) && other.text.contains(#""route":"{}""#))
    #expect(other.messages.contains("there is no rule Nothing; there are LongStay"))
    #expect(try Command(["routes", "test", file, "severity"]).status == 64)
  }

  // MARK: receivers test

  @Test func `a test goes to each sink, and what fails is told with the reason`() throws {
    let file = try configuration(
      """
      receivers:
        - {name: log, files: [{path: log.ndjson}], execs: [{command: [/bin/true]}]}
        - name: oncall
          execs: [{command: [/bin/false]}]
          webhooks:
            - {url: 'http://127.0.0.1:1/', secret_env: TRIPLINE_NO_SUCH_SECRET, allow_internal: true}
      route: {receiver: log}
      """)
    let log = try Command(["receivers", "test", file, "--receiver", "log"])
    #expect(
      log.status == 0 && log.lines.count == 2 && log.lines.allSatisfy { $0.hasSuffix("delivered") }, "\(log.text)")
    let event = try String(contentsOfFile: folder.path("log.ndjson"), encoding: .utf8)
    #expect(event.contains("\"tripline.test.firing\"") && event.contains("this is a test"), "\(event)")
    let all = try Command(["receivers", "test", file])
    #expect(all.status == 1 && all.lines.count == 4 && all.messages.contains("4 sinks, 2 failed"), "\(all.text)")
    #expect(all.lines.contains { $0.hasPrefix("oncall/exec/") && $0.contains("failed: ") }, "\(all.text)")
    #expect(all.text.contains("TRIPLINE_NO_SUCH_SECRET that secret_env names is not set"), "\(all.text)")
    let secret = try Command(["webhook", "secret"]).text.trimmingCharacters(in: .whitespacesAndNewlines)
    let unheard = try Command(
      ["receivers", "test", file, "--receiver", "oncall"], environment: ["TRIPLINE_NO_SUCH_SECRET": secret])
    #expect(unheard.lines.contains { $0.contains("failed: the connection to 127.0.0.1 failed") }, "\(unheard.text)")
    #expect(!unheard.text.contains(secret))
    let nobody = try Command(["receivers", "test", file, "--receiver", "nobody"])
    #expect(nobody.status == 66 && nobody.messages.contains("there are log, oncall"))
  }
}
