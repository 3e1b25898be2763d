import Testing
import TriplineCore
import TriplineFormats

@testable import TriplineAlerts

@Suite struct RuleTestFileTests {
  private func run(_ expect: String) async throws -> [String] {
    let text = """
      rule_file: rules.yaml
      tests:
        - name: a stop of three hours
          vehicle: v
          fixes:
            - ['2026-05-01T10:00:00Z', 48, 17]
            - ['2026-05-01T13:00:00Z', 48, 17, 5, 0]
            - ['2026-05-01T13:01:00Z', 48, 17.02]
            - ['2026-05-01T13:02:00Z', 48, 17.04]
            - ['2026-05-01T13:03:00Z', 48, 17.06]
          expect: \(expect)
      """
    let file = try RuleTestFile(text, file: "x.test.yaml", folder: "/tmp")
    #expect(file.ruleFile == "rules.yaml" && file.tests.count == 1 && file.tests[0].line == 3)
    let rules = try AlertConfiguration(
      "version: 1\nrules: [{alert: Stop, when: {stop: {longer_than: 2h}}}]", file: "rules.yaml"
    ).rules
    let result = try await Backtest(rules, fences: try FenceSet([]), jobs: 1).run([file.tests[0].input])
    return file.tests[0].problems(with: result.alerts)
  }

  @Test(
    arguments: [
      "[{alert: Stop}]", "[{alert: Stop, vehicle: v}]",
      "[{alert: Stop, vehicle: v, starts_at: '2026-05-01T12:00:00Z', fires_at: '2026-05-01T13:00:00Z', muted: false}]",
      "[{alert: Stop, resolves_at: '2026-05-01T12:59:00Z', tolerance: 1m}]",
    ])
  func `what is as expected has no problems`(expect: String) async throws { #expect(try await run(expect).isEmpty) }

  @Test(
    arguments: [
      ("[]", "not expected: Stop of v"),
      ("[{alert: Stop}, {alert: Stop}]", "missing: Stop"),
      ("[{alert: Stop, vehicle: w}]", "missing: Stop of w; there is Stop of v"),
      ("[{alert: Stop, starts_at: '2026-05-01T12:00:01Z'}]", "missing: Stop, starts_at 2026-05-01T12:00:01.000Z"),
      ("[{alert: Stop, muted: true}]", "missing: Stop, muted"),
    ])
  func `what is otherwise is told`(expect: String, problem: String) async throws {
    let problems = try await run(expect)
    #expect(problems.contains { $0.hasPrefix(problem) }, "\(problems)")
  }

  @Test(
    arguments: [
      ("rule_file: r\ntests: []", "there are no tests"),
      ("rule_file: r\ntests: [{name: a, expect: []}]", "2:9: the test a needs a track or fixes"),
      ("rule_file: r\ntests: [{name: a, track: x}]", "2:9: the test a needs expect"),
      (
        "rule_file: r\ntests: [{name: a, track: x, vehicle: v, expect: []}]",
        "2:38: the test a has a track, which names its vehicles"
      ),
      ("rule_file: r\ntests: [{name: a, fixes: [[1, 2]], expect: []}]", "a fix has to be [time, latitude, longitude"),
      (
        "rule_file: r\ntests: [{name: a, track: x, expect: [{alert: A, fires_at: noon}]}]",
        "fires_at has to be a time in UTC"
      ),
    ])
  func `a mistake is told with its place`(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try RuleTestFile(text, file: "x.test.yaml", folder: "/tmp") }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }
}
