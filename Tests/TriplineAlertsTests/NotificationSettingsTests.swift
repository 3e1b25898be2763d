import Foundation
import Testing

@testable import TriplineAlerts

@Suite struct NotificationSettingsTests {
  private static let text = """
    route:
      receiver: dispatch
      group_by: [alertname, fence]
      group_wait: 10s
      routes:
        - matchers: ['severity="page"', 'fence!=""']
          receiver: oncall
          group_wait: 0s
          repeat_interval: 1h
          continue: true
        - {matchers: severity=info, mute_time_intervals: [work], active_time_intervals: night}
    inhibit_rules:
      - {source_matchers: ['alertname="Offline"'], target_matchers: ['alertname=~".+"'], equal: [vehicle]}
    """

  private func read(_ text: String) throws -> NotificationSettings? {
    var root = try YAMLSection.document(text, file: "rules.yaml")
    let schedules = ["work", "night"].map { Schedule(name: $0, intervals: [Schedule.Interval(zone: .gmt)]) }
    return try NotificationSettings.read(
      &root, schedules: Dictionary(uniqueKeysWithValues: schedules.map { ($0.name, $0) }),
      receivers: ["dispatch", "oncall"])
  }

  @Test func `routes and inhibitions are read`() throws {
    let settings = try #require(try read(Self.text))
    let root = settings.route
    #expect(root.receiver == "dispatch" && root.groupBy == ["alertname", "fence"] && root.groupWait == 10_000)
    #expect(root.groupInterval == 300_000 && root.repeatInterval == 14_400_000)
    let page = root.routes[0]
    #expect(page.receiver == "oncall" && page.groupWait == 0 && page.repeatInterval == 3_600_000 && page.continues)
    #expect(page.matchers.map(\.description) == ["severity=\"page\"", "fence!=\"\""])
    let info = root.routes[1]
    #expect(info.receiver == "dispatch" && info.mute.map(\.name) == ["work"] && info.active.map(\.name) == ["night"])
    #expect(!info.continues && info.groupWait == 10_000)
    let inhibition = try #require(settings.inhibitions.first)
    #expect(inhibition.equal == ["vehicle"] && inhibition.target.map(\.description) == ["alertname=~\".+\""])
  }

  @Test func `without a route there are no settings`() throws {
    #expect(try read("rules: []") == nil)
  }

  /// What is changed in the file, and what is said of it, with line and column.
  static let mistakes: [(String, String, String)] = [
    ("  receiver: dispatch\n", "", "2:3: the route needs a receiver"),
    ("receiver: dispatch", "receiver: dispatcher", "2:13: there is no receiver dispatcher; there are dispatch, oncall"),
    ("receiver: oncall", "receiver: onkall", "7:17: there is no receiver onkall"),
    ("group_wait: 10s", "matchers: [a=b]", "4:13: the first route takes what no other does and has no matchers"),
    ("group_wait: 10s", "continue: true", "4:13: the first route takes what no other does and has no continue"),
    ("group_wait: 10s", "mute_time_intervals: [work]", "4:24: the first route takes what no other does"),
    ("group_wait: 10s", "group_wait: 10", "4:15: group_wait has to be a length of time with its unit"),
    ("group_wait: 10s", "group_delay: 10s", "4:3: a route has no group_delay"),
    ("repeat_interval: 1h", "repeat_interval: 0s", "9:24: repeat_interval has to be above 0"),
    ("repeat_interval: 1h", "group_interval: 0s", "9:23: group_interval has to be above 0"),
    ("severity=\"page\"", "severity", "6:17: a matcher is written like"),
    ("matchers: severity=info", "matchers: severity=~(", "11:18: ( is no regular expression"),
    ("continue: true", "continue: yes", "10:17: continue has to be true or false"),
    ("[work]", "[wrok]", "there is no schedule wrok; there are night, work"),
    ("[alertname, fence]", "[..., fence]", "3:13: ... is every label and stands alone"),
    ("[alertname, fence]", "[fence, fence]", "3:13: group_by names a label twice"),
    ("source_matchers: ['alertname=\"Offline\"'], ", "", "13:5: an element of inhibit_rules needs source_matchers"),
    ("equal: [vehicle]", "equals: [vehicle]", "an element of inhibit_rules has no equals"),
  ]

  @Test(arguments: mistakes)
  func `a mistake is told with its line and column`(text: String, mistake: String, message: String) throws {
    let changed = Self.text.replacing(text, with: mistake, maxReplacements: 1)
    #expect(changed != Self.text)
    let error = #expect(throws: ConfigurationError.self) { try read(changed) }
    let told = try #require(error).description
    #expect(told.contains(message), "\(told)")
  }

  @Test func `inhibitions without a route are a mistake`() throws {
    let error = #expect(throws: ConfigurationError.self) { try read("inhibit_rules: []") }
    #expect(try #require(error).description.contains("1:16: inhibit_rules need a route"))
  }
}
