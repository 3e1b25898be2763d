import Foundation
import Testing
import TriplineCore

@testable import TriplineAlerts

@Suite struct AlertConfigurationTests {
  private static let text = """
    version: 1
    defaults:
      timezone: Europe/Prague
      enter: {fixes: 2, margin: 10m}
      exit: {fixes: 3, for: 45s, margin: 25m, respect_accuracy: true}
    fence_files: [depots.geojson]
    fences:
      - {id: depot-north, name: Depot North, circle: {center: {lat: 50.0874, lon: 14.4296}, radius: 120m}, tags: [depot]}
    vehicle_groups:
      north: ['4711', '4712']
    schedules:
      work: [{weekdays: ['monday:friday'], times: [{start_time: '06:00', end_time: '18:30'}]}]
    rules:
      - alert: LongDwell
        when: {dwell: {fence: {tag: depot}, longer_than: 30m}}
        vehicles: {groups: [north], ids: ['9']}
        active: work
        keep_firing_for: 5m
        labels: {severity: warning}
        annotations: {summary: '{{vehicle.name}} is in {{fence.name}}'}
      - alert: LeftYardAtNight
        when: {exit: {fence: {id: depot-north}}}
        for: 2m
        mute: [work]
    """

  @Test func `fences too small for the margin of an entry are told, for rules that have one`() throws {
    let middle = Coordinate(latitude: 50, longitude: 14)
    let fences = try FenceSet([
      Fence(id: "bay", shape: .circle(center: middle, radius: 8)),
      Fence(id: "dock", shape: .circle(center: middle, radius: 12)),
      Fence(id: "lane", shape: .box(south: 50, west: 14, north: 50.0001, east: 14.1)),
      Fence(id: "yard", shape: .box(south: 50, west: 14, north: 50.001, east: 14.001)),
    ])
    func warnings(_ rule: String) throws -> [String] {
      try AlertConfiguration("version: 1\nrules:\n  - \(rule)\n", file: "rules.yaml").warnings(with: fences)
    }
    // The lane is 11 m wide.
    let all = try warnings("{alert: In, when: {enter: {}}}")
    #expect(
      all.count == 1 && all[0].hasPrefix("In: 2 fences, as bay, are too small for anybody to be 10 m inside"), "\(all)")
    #expect(
      try warnings("{alert: In, when: {enter: {fence: {id: bay}}}}").first?.hasPrefix("In: the fence bay is too small")
        == true)
    #expect(try warnings("{alert: In, when: {enter: {fence: {id: dock}}}}").isEmpty)
    #expect(try warnings("{alert: In, when: {enter: {}}, enter: {margin: 0m}}").isEmpty)
    #expect(try warnings("{alert: Over, when: {cross: {}}}").isEmpty)
  }

  @Test func `a file is read, with units, groups, schedules and conditions`() throws {
    let configuration = try AlertConfiguration(Self.text, file: "rules.yaml")
    #expect(configuration.fenceFiles == ["depots.geojson"] && configuration.zone.identifier == "Europe/Prague")
    let fence = try #require(configuration.fences.first)
    #expect(fence.shape == .circle(center: Coordinate(latitude: 50.0874, longitude: 14.4296), radius: 120))
    #expect(fence.name == "Depot North" && fence.tags == ["depot"])
    let dwell = configuration.rules[0]
    #expect(dwell.trigger == .dwell(1_800_000) && dwell.fences == .tags(["depot"]) && dwell.keepFiringFor == 300_000)
    #expect(dwell.vehicles == ["4711", "4712", "9"] && dwell.active.map(\.name) == ["work"])
    let exit = configuration.rules[1]
    #expect(exit.trigger == .exit && exit.fences == .ids(["depot-north"]) && exit.vehicles == nil)
    // The rule's own for stands in the place of that of the defaults.
    #expect(exit.conditions.exit == FenceConditions.Threshold(margin: 25, fixes: 3, duration: 120_000))
    #expect(dwell.conditions.exit.duration == 45_000 && exit.conditions.accuracyCap == 50)
  }

  /// What is changed in the file, and what is said of it, with line and column.
  static let mistakes: [(String, String, String)] = [
    ("version: 1", "version: 2", "1:10: version 2 is not known"),
    ("longer_than: 30m", "longer_than: 30", "15:54: longer_than has to be a length of time with its unit"),
    ("radius: 120m", "radius: 120", "8:97: radius has to be a distance with its unit"),
    ("tag: depot}", "tagg: depot}", "15:28: fence has no tagg; there are id, set, tag"),
    ("active: work", "active: wrok", "17:13: there is no schedule wrok; there are work"),
    ("groups: [north]", "groups: [nort]", "16:24: there is no group nort"),
    ("alert: LeftYardAtNight", "alert: LongDwell", "21:12: there are two rules named LongDwell"),
    ("Europe/Prague", "Europe/Prag", "3:13: there is no time zone Europe/Prag"),
    ("'monday:friday'", "'monday:freitag'", "12:21: monday:freitag is none of weekdays"),
    ("end_time: '18:30'", "end_time: '05:30'", "12:48: start_time has to be before end_time"),
    ("{{vehicle.name}}", "{{#vehicle.name}}", "20:18: the annotation summary is no template"),
    ("severity: warning", "vehicle: x", "19:13: the label vehicle is set by tripline"),
    ("for: 2m", "for: soon", "23:10: for has to be a length of time"),
    ("when: {exit:", "when: {leave:", "22:11: when has to be one of"),
    ("fixes: 3", "fixes: 30", "5:17: fixes has to be a whole number from 1 to 16"),
    ("rules:", "rulez:", "1:1: there are no rules"),
    ("longer_than: 30m", "longer_than: 53w", "15:54: longer_than has to be at most 366d, and not 53w"),
    ("keep_firing_for: 5m", "alert: Again", "alert is there twice"),
    ("groups: [north], ids: ['9']", "ids: []", "16:21: ids is empty"),
    ("work: [{weekdays", "play: []\n  work: [{weekdays", "12:9: the schedule play has no intervals"),
    (
      "when: {exit: {fence: {id: depot-north}}}\n    for: 2m",
      "when: {overspeed: {tier: serious}}\n    keep_firing_for: 2m",
      "23:22: only rules of what lasts go on firing"
    ),
    (
      "  - {id: depot-north, name",
      "  - {id: depot-north, circle: {center: {lat: 1, lon: 1}, radius: 1m}}\n  - {id: depot-north, name",
      "9:5: there are two fences with the id depot-north"
    ),
    ("  - alert: LongDwell", "  alert: LongDwell", "this is no YAML"),
  ]

  @Test(arguments: mistakes)
  func `a mistake is told with its line and column`(text: String, mistake: String, message: String) throws {
    let changed = Self.text.replacing(text, with: mistake, maxReplacements: 1)
    #expect(changed != Self.text)
    let error = #expect(throws: ConfigurationError.self) { try AlertConfiguration(changed, file: "rules.yaml") }
    let told = try #require(error).description
    #expect(told.contains(message), "\(told)")
    #expect(told.hasPrefix("rules.yaml:"))
  }

  /// What is changed in the file, and what is said to be meant.
  static let hints: [(String, String, String)] = [
    ("{exit: {fence", "{exits: {fence", "and not exits; exit may be meant."),
    ("tag: depot}", "tagg: depot}", "there are id, set, tag; tag may be meant."),
    ("{exit: {fence: {id: depot-north}}}", "exit", "when has to be a mapping like {enter: {}}, and not exit."),
    (
      "{exit: {fence: {id: depot-north}}}", "{exit: {}, enter: {}}",
      "and not exit and enter; each takes a rule of its own."
    ),
    ("{exit: {fence: {id: depot-north}}}", "{}", "and not empty."),
    ("{exit: {fence: {id: depot-north}}}", "{leave: {}}", "and not leave."),
    ("version: 1\n", "", "the file needs a version; begin it with version: 1."),
    ("version: 1", "version: 2", "this tripline reads version: 1."),
  ]

  @Test(arguments: hints)
  func `what may have been meant is said`(text: String, mistake: String, message: String) throws {
    let changed = Self.text.replacing(text, with: mistake, maxReplacements: 1)
    let error = #expect(throws: ConfigurationError.self) { try AlertConfiguration(changed, file: "rules.yaml") }
    #expect(try #require(error).description.contains(message), "\(error?.description ?? "")")
  }

  @Test func `without any groups a rule that names one is told to write them`() {
    let error = #expect(throws: ConfigurationError.self) {
      try AlertConfiguration(
        "version: 1\nrules:\n  - {alert: In, when: {enter: {}}, vehicles: {groups: [vans]}}\n", file: "rules.yaml")
    }
    #expect(
      error?.description.contains("there is no group vans; write vehicle_groups") == true,
      "\(String(describing: error))")
  }

  @Test func `several mistakes are told at once, in the order of their lines`() throws {
    let changed = Self.text.replacing("for: 2m", with: "for: soon")
      .replacing("keep_firing_for: 5m", with: "keep_firing_for: 5").replacing("radius: 120m", with: "radius: 120")
    let error = #expect(throws: ConfigurationError.self) {
      try AlertConfiguration(changed + "\nlate: {age: 1m}\nrote: {}", file: "rules.yaml")
    }
    let told = try #require(error)
    #expect(told.all.map(\.line) == [8, 18, 23, 25, 26], "\(told.all)")
    #expect(told.description.hasSuffix("There are 4 more mistakes."))
    #expect(told.all.allSatisfy { !$0.description.contains("more mistake") })
    #expect(told.all.last?.message.contains("inhibit_rules") == true)
    #expect(told.all.last?.message.hasSuffix("route may be meant.") == true)
  }

  @Test func `what refers to something that is wrong is no mistake of its own`() throws {
    let changed = Self.text.replacing("'monday:friday'", with: "'monday:freitag'")
    let error = #expect(throws: ConfigurationError.self) { try AlertConfiguration(changed, file: "rules.yaml") }
    #expect(error?.all.count == 1, "\(error?.all ?? [])")
  }

  @Test func `what is wrong with a file of fences has the place where it is named`() throws {
    let configuration = try AlertConfiguration(Self.text, file: "rules.yaml")
    let error = configuration.error(ofFenceFile: "depots.geojson", "cannot be read.")
    #expect(error.description == "rules.yaml:6:15: the file of fences depots.geojson cannot be read.")
  }

  @Test func `the zone is read of a file whose rules are wrong`() {
    let changed = Self.text.replacing("longer_than: 30m", with: "longer_than: soon")
    #expect(AlertConfiguration.zone(ofConfiguration: changed).identifier == "Europe/Prague")
    #expect(AlertConfiguration.zone(ofConfiguration: "version: 1") == .gmt)
    #expect(AlertConfiguration.zone(ofConfiguration: "a: [") == .gmt)
  }

  @Test(arguments: [
    ("{{vehicle.name}} {{fence.id}} {{reason}} {{labels.severity}} {{labels.alertname}} {{other.name}}", []),
    ("{{#fence}}{{name}}{{/fence}} {{! a word }} {{{vehicle.name}}} {{&reason}} {{uppercased(vehicle.id)}}", []),
    ("{{vehicle.nmae}}", ["vehicle.nmae"]), ("{{labels.sevrity}}", ["labels.sevrity"]), ("{{name}}", ["name"]),
    ("{{#vehicle}}{{speed}}{{/vehicle}} {{speed}}", ["speed", "speed"]), ("no names }} {{", []),
  ])
  func `names that an annotation asks for in vain are found`(template: String, unknown: [String]) {
    #expect(TemplateNames.unknown(in: template, labels: ["alertname", "severity"]) == unknown)
  }

  @Test func `names that an annotation asks for in vain are told of, with those that there are`() throws {
    #expect(try AlertConfiguration(Self.text, file: "rules.yaml").annotationWarnings.isEmpty)
    let changed = Self.text.replacing("{{vehicle.name}}", with: "{{vehicle.nmae}}")
    let warnings = try AlertConfiguration(changed, file: "rules.yaml").annotationWarnings
    let warning = try #require(warnings.first)
    #expect(warnings.count == 1 && warning.hasPrefix("LongDwell: the annotation summary asks for vehicle.nmae"))
    #expect(warning.contains("labels.severity") && warning.hasSuffix("; vehicle.name may be meant"))
  }

  @Test(arguments: [("90s", 90_000), ("1h30m", 5_400_000), ("2d", 172_800_000), ("250ms", 250), ("1.5h", 5_400_000)])
  func `lengths of time have a unit`(text: String, milliseconds: Int64) {
    #expect(Quantity.milliseconds(text) == milliseconds)
  }

  @Test(arguments: ["", "90", "s", "1x", "1m ", "-5m", "1h30", "1e3s"])
  func `what has none is refused`(text: String) { #expect(Quantity.milliseconds(text) == nil) }
}
