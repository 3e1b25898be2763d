public import Foundation
import Mustache
public import TriplineCore

/// A file of rules: fences, schedules, and what somebody wants to be alerted of.
public struct AlertConfiguration: Sendable {
  /// Files of fences, as they are named there.
  public private(set) var fenceFiles: [String] = []
  /// Fences that stand in the file itself.
  public private(set) var fences: [Fence] = []
  /// The rules.
  public private(set) var rules: [AlertRule] = []
  /// The schedules by name.
  public private(set) var schedules: [String: Schedule] = [:]
  /// Those who can be told, and how they are reached.
  public private(set) var receivers: [ReceiverSettings] = []
  /// Who is told of what.
  public private(set) var notification = NotificationSettings.all(to: .printing)
  /// What the service that runs it needs.
  public private(set) var service = ServiceSettings()
  /// The zone of schedules that name none.
  public private(set) var zone = TimeZone.gmt
  /// The zones of vehicles and fences, for schedules that go by them.
  public private(set) var zones = PlaceZones()

  private let file: String
  /// Where each file of fences is named.
  private var fenceFilePlaces: [String: ConfigurationError] = [:]
  private var groups: [String: [String]] = [:]
  private var conditions = FenceConditions.steady

  /// Reads a file of rules.
  ///
  /// - Throws: the mistakes, each with its line and column. A mistake in a section hides others of that section, except among
  ///   fences, schedules and rules, and what refers to names of that section is not looked at.
  public init(
    _ text: String, file: String,
    files: (String) throws -> [UInt8] = { throw ConfigurationError(file: $0, message: "files are not read here.") }
  ) throws(ConfigurationError) {
    self.file = file
    var root = try YAMLSection.document(text, file: file)
    guard let version = try root.text("version"), !version.isEmpty else {
      throw root.error("the file needs a version; begin it with version: 1")
    }
    guard version == "1" else {
      throw root.error("version \(version) is not known; this tripline reads version: 1", at: "version")
    }
    var mistakes: [ConfigurationError] = []
    do throws(ConfigurationError) {
      try readDefaults(&root)
      try readFences(&root, &mistakes)
      let before = mistakes.count
      try readNames(&root, files, &mistakes)
      // What refers to something that is wrong would be wrong as well.
      if mistakes.count == before {
        try readRules(&root, &mistakes)
        try readNotification(&root)
      }
    } catch {
      mistakes.append(error)
    }
    do throws(ConfigurationError) { service = try ServiceSettings.read(&root) } catch { mistakes.append(error) }
    do throws(ConfigurationError) {
      try root.finish("the file", knowing: Self.sections)
    } catch {
      mistakes.append(error)
    }
    if let error = ConfigurationError.joined(mistakes) { throw error }
  }

  /// What a file can have.
  private static let sections = [
    "version", "defaults", "fence_files", "fences", "vehicle_groups", "vehicle_zones", "schedules", "rules",
    "receivers", "route", "inhibit_rules", "store", "http", "mycartracks", "late",
  ]

  private mutating func readFences(
    _ root: inout YAMLSection, _ mistakes: inout [ConfigurationError]
  ) throws(ConfigurationError) {
    for name in try root.texts("fence_files") ?? [] {
      fenceFiles.append(name)
      fenceFilePlaces[name] = root.error("", at: "fence_files", text: name)
    }
    for section in try root.sections("fences") {
      do throws(ConfigurationError) {
        let fence = try Self.fence(section)
        guard !fences.contains(where: { $0.id == fence.id }) else {
          throw section.error("there are two fences with the id \(fence.id)")
        }
        fences.append(fence)
      } catch {
        mistakes.append(error)
      }
    }
    // Those of the file itself have been looked at.
    _ = zones.add(fences)
  }

  /// Reads what rules refer to: groups and zones of vehicles, and schedules.
  private mutating func readNames(
    _ root: inout YAMLSection, _ files: (String) throws -> [UInt8], _ mistakes: inout [ConfigurationError]
  ) throws(ConfigurationError) {
    if var section = try root.section("vehicle_groups") {
      for name in section.keys { groups[name] = try section.texts(name) }
    }
    if var section = try root.section("vehicle_zones") {
      for name in section.keys { zones.vehicles[name] = try section.zone(name) }
    }
    guard var section = try root.section("schedules") else { return }
    for name in section.keys {
      do throws(ConfigurationError) {
        schedules[name] = try Schedule(name, in: &section, zone: zone, files: files)
      } catch {
        mistakes.append(error)
      }
    }
  }

  private mutating func readRules(
    _ root: inout YAMLSection, _ mistakes: inout [ConfigurationError]
  ) throws(ConfigurationError) {
    for section in try root.sections("rules") {
      do throws(ConfigurationError) { rules.append(try rule(section)) } catch { mistakes.append(error) }
    }
    guard !rules.isEmpty || !mistakes.isEmpty else { throw root.error("there are no rules") }
  }

  /// What is wrong with a file of fences, at the place where the file is named.
  ///
  /// - Parameters:
  ///   - name: the file, as it is named there.
  ///   - problem: what is wrong and what to do, without the name.
  public func error(ofFenceFile name: String, _ problem: String) -> ConfigurationError {
    let place = fenceFilePlaces[name]
    return ConfigurationError(
      file: file, line: place?.line, column: place?.column, message: "the file of fences \(name) \(problem)")
  }

  /// Takes the zones of fences that do not stand in the file itself, by their property `timezone`.
  ///
  /// - Returns: for each zone that does not exist what is wrong and what to do.
  public mutating func addZones(of fences: [Fence]) -> [String] {
    let problems = zones.add(fences)
    for index in rules.indices { rules[index].zones = zones }
    return problems
  }

  /// Without receivers alerts are printed, and without a route all go to the only one there is.
  private mutating func readNotification(_ root: inout YAMLSection) throws(ConfigurationError) {
    receivers = try ReceiverSettings.read(&root)
    let names = Set(receivers.map(\.name))
    if receivers.isEmpty && !root.has("route") { receivers = [.printing] }
    if let settings = try NotificationSettings.read(&root, schedules: schedules, receivers: names) {
      notification = settings
    } else {
      guard receivers.count == 1 else {
        throw root.error("there are several receivers, and no route that says who is told of what", at: "receivers")
      }
      notification = .all(to: receivers[0])
    }
  }

  private mutating func readDefaults(_ root: inout YAMLSection) throws(ConfigurationError) {
    guard var section = try root.section("defaults") else { return }
    zone = try section.zone("timezone") ?? zone
    try Self.readConditions(&section, &conditions)
    try section.finish("defaults")
  }

  /// Reads how sure a rule has to be.
  private static func readConditions(
    _ section: inout YAMLSection, _ conditions: inout FenceConditions
  ) throws(ConfigurationError) {
    for (key, path) in [("enter", \FenceConditions.enter), ("exit", \.exit)] {
      guard var part = try section.section(key) else { continue }
      var threshold = conditions[keyPath: path]
      threshold.margin = try part.distance("margin") ?? threshold.margin
      threshold.duration = try part.duration("for") ?? threshold.duration
      if let fixes = try part.number("fixes") {
        guard let count = Int(exactly: fixes), (1...16).contains(count) else {
          throw part.error("fixes has to be a whole number from 1 to 16", at: "fixes")
        }
        (threshold.fixes, threshold.ofFixes) = (count, count)
      }
      if key == "exit", let isRespected = try part.truth("respect_accuracy") {
        conditions.accuracyCap = isRespected ? FenceConditions.steady.accuracyCap : 0
      }
      guard (0...10_000).contains(threshold.margin) else {
        throw part.error("margin has to be between 0m and 10km", at: "margin")
      }
      try part.finish(key)
      conditions[keyPath: path] = threshold
    }
  }

  private static func fence(_ section: YAMLSection) throws(ConfigurationError) -> Fence {
    var section = section
    let id = try section.required("id", of: "a fence")
    guard var circle = try section.section("circle") else {
      throw section.error("the fence \(id) needs a circle; other shapes come from fence_files")
    }
    guard var center = try circle.section("center"), let latitude = try center.number("lat"),
      let longitude = try center.number("lon"), (-90...90).contains(latitude), (-180...180).contains(longitude)
    else { throw circle.error("the center of \(id) has to be {lat: …, lon: …} in degrees") }
    guard let radius = try circle.distance("radius"), radius > 0 else {
      throw circle.error("the radius of \(id) has to be above 0, with its unit, like 120m")
    }
    try center.finish("a center")
    try circle.finish("a circle")
    let fence = Fence(
      id: id, name: try section.text("name"),
      shape: .circle(center: Coordinate(latitude: latitude, longitude: longitude), radius: radius),
      tags: Set(try section.texts("tags") ?? []),
      attributes: try section.zone("timezone").map { ["timezone": $0.identifier] } ?? [:])
    try section.finish("a fence")
    return fence
  }

  // MARK: Rules

  private func rule(_ section: YAMLSection) throws(ConfigurationError) -> AlertRule {
    var section = section
    let name = try section.required("alert", of: "a rule")
    guard !rules.contains(where: { $0.name == name }) else {
      throw section.error("there are two rules named \(name)", at: "alert")
    }
    if let kind = section.scalar("when"), !kind.isEmpty {
      throw section.error("when has to be a mapping like {enter: {}}, and not \(kind)", at: "when")
    }
    guard var when = try section.section("when") else { throw section.error("the rule \(name) needs a when") }
    var rule = AlertRule(name: name, trigger: .enter)
    rule.conditions = conditions
    try readTrigger(&when, &rule)
    try when.finish("when")
    if rule.trigger.isOfStays { try Self.readConditions(&section, &rule.conditions) }
    if let duration = try section.duration("for") {
      switch rule.trigger {
      case .enter, .inside: rule.conditions.enter.duration = duration
      case .exit, .outside: rule.conditions.exit.duration = duration
      default: throw section.error("only rules of enter, exit, inside and outside have a for", at: "for")
      }
    }
    rule.vehicles = try vehicles(&section, "vehicles")
    if let duration = try section.duration("keep_firing_for") {
      guard rule.trigger.lasts else {
        throw section.error(
          "only rules of what lasts go on firing, and not those of cross, overspeed, harsh and trip",
          at: "keep_firing_for")
      }
      rule.keepFiringFor = duration
    }
    rule.active = try section.schedules("active", among: schedules)
    rule.mute = try section.schedules("mute", among: schedules)
    rule.zones = zones
    rule.labels = try section.pairs("labels")
    for name in ["alertname", "vehicle", rule.trigger.isOfPairs ? "other" : "fence"] where rule.labels[name] != nil {
      throw section.error("the label \(name) is set by tripline", at: "labels")
    }
    rule.annotations = try section.pairs("annotations")
    for (name, text) in rule.annotations.sorted(by: { $0.key < $1.key }) {
      do {
        _ = try MustacheTemplate(string: text)
      } catch {
        let reason = (error as? MustacheTemplate.ParserError)?.error ?? error
        throw section.error("the annotation \(name) is no template: \(reason)", at: "annotations")
      }
    }
    try section.finish("a rule")
    return rule
  }

  private func readTrigger(_ when: inout YAMLSection, _ rule: inout AlertRule) throws(ConfigurationError) {
    let kinds = [
      "enter", "exit", "dwell", "cross", "inside", "outside", "silent", "overspeed", "stop", "idle", "proximity",
      "harsh",
      "trip",
    ]
    let list = "when has to be one of \(kinds.joined(separator: ", "))"
    guard let kind = when.keys.first, when.keys.count == 1 else {
      guard !when.keys.isEmpty else { throw when.error("\(list), and not empty") }
      throw when.error("\(list), and not \(when.keys.joined(separator: " and ")); each takes a rule of its own")
    }
    guard kinds.contains(kind), var part = try when.section(kind) else {
      throw when.error("\(list), and not \(kind)\(NearestName.hint(kind, among: kinds))")
    }
    switch kind {
    case "enter": rule.trigger = .enter
    case "exit": rule.trigger = .exit
    case "dwell":
      guard let duration = try part.duration("longer_than") else {
        throw part.error("dwell needs longer_than, like 30m")
      }
      rule.trigger = .dwell(duration)
    case "cross": rule.trigger = .cross
    case "inside": rule.trigger = .inside
    case "outside": rule.trigger = .outside
    case "silent":
      guard let duration = try part.duration("longer_than"), duration > 0 else {
        throw part.error("silent needs longer_than, like 30m")
      }
      rule.trigger = .silent(duration)
    case "overspeed":
      let tier = try Self.choice(&part, "tier", Self.tiers) ?? .slight
      rule.trigger = part.has("fence") ? .overspeedInside(tier) : .overspeed(tier)
    case "stop":
      guard let duration = try part.duration("longer_than") else { throw part.error("stop needs longer_than, like 2h") }
      rule.trigger = .stop(duration)
    case "idle":
      guard let duration = try part.duration("longer_than") else {
        throw part.error("idle needs longer_than, like 10m")
      }
      rule.trigger = .idle(duration)
    case "proximity": rule.trigger = .proximity(try proximity(&part))
    case "harsh":
      rule.trigger = .harsh(
        try Self.choice(&part, "level", Self.levels) ?? .harsh, try Self.choice(&part, "kind", Self.kinds))
    default:
      guard let score = try part.number("score_below"), (0...100).contains(score) else {
        throw part.error("trip needs score_below, from 0 to 100")
      }
      rule.trigger = .trip(scoreBelow: score)
    }
    if rule.trigger.isOfFences { rule.fences = try Self.selection(&part) }
    try part.finish(kind)
  }

  /// Vehicles by their ids and groups; `nil` where nothing is said.
  private func vehicles(_ section: inout YAMLSection, _ key: String) throws(ConfigurationError) -> Set<String>? {
    guard var vehicles = try section.section(key) else { return nil }
    var ids = Set(try vehicles.texts("ids") ?? [])
    for group in try vehicles.texts("groups") ?? [] {
      guard let members = groups[group] else {
        throw vehicles.error(
          groups.isEmpty
            ? "there is no group \(group); write vehicle_groups, with the vehicles of each"
            : "there is no group \(group); vehicle_groups has \(groups.keys.sorted().joined(separator: ", "))",
          at: "groups")
      }
      ids.formUnion(members)
    }
    try vehicles.finish(key)
    guard !ids.isEmpty else { throw vehicles.error("\(key) has to name some, by ids or groups") }
    return ids
  }

  private func proximity(_ section: inout YAMLSection) throws(ConfigurationError) -> AlertRule.Proximity {
    let distances = 0.0...20_000
    guard let within = try section.distance("within"), within > 0, distances.contains(within) else {
      throw section.error("proximity needs within, above 0m and at most 20km, like 200m", at: "within")
    }
    let margin = try section.distance("margin") ?? 0
    guard distances.contains(margin) else { throw section.error("margin has to be from 0m to 20km", at: "margin") }
    return AlertRule.Proximity(within: within, margin: margin, others: try vehicles(&section, "to"))
  }

  private static let tiers: [String: OverspeedEvent.Tier] = [
    "slight": .slight, "moderate": .moderate, "serious": .serious, "extreme": .extreme,
  ]
  private static let levels: [String: HarshEvent.Level] = [
    "noticeable": .noticeable, "harsh": .harsh, "severe": .severe,
  ]
  private static let kinds: [String: HarshEvent.Kind] = ["brake": .brake, "accelerate": .accelerate, "corner": .corner]

  private static func choice<Value>(
    _ section: inout YAMLSection, _ key: String, _ values: [String: Value]
  ) throws(ConfigurationError) -> Value? {
    guard let text = try section.text(key) else { return nil }
    guard let value = values[text] else {
      throw section.error(
        "\(key) has to be one of \(values.keys.sorted().joined(separator: ", ")), and not \(text)", at: key)
    }
    return value
  }

  /// Which fences: by id, by tag, by the set of a file, or all where nothing is said.
  private static func selection(_ section: inout YAMLSection) throws(ConfigurationError) -> FenceRule.Selection {
    guard var fence = try section.section("fence") else { return .all }
    let (ids, tags, sets) = (try fence.texts("id"), try fence.texts("tag"), try fence.texts("set"))
    try fence.finish("fence")
    switch (ids, tags, sets) {
    case (let ids?, nil, nil): return .ids(Set(ids))
    case (nil, let tags?, nil): return .tags(Set(tags))
    case (nil, nil, let sets?): return .tags(Set(sets.map(FenceSets.tag)))
    default: throw fence.error("fence has to be {id: …}, {tag: …} or {set: …}")
    }
  }
}
