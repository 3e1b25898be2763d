/// What a file of rules says of who is told: `route` and `inhibit_rules`, as Alertmanager has them.
public struct NotificationSettings: Sendable, Hashable {
  /// The root of the routes.
  public var route: Route
  /// What keeps other alerts back.
  public var inhibitions: [Inhibition]

  /// Creates settings.
  public init(route: Route, inhibitions: [Inhibition] = []) {
    self.route = route
    self.inhibitions = inhibitions
  }

  /// Reads the settings of a file; `nil` where it has no `route`.
  ///
  /// - Parameters:
  ///   - root: the file.
  ///   - schedules: its schedules by name.
  ///   - receivers: the names of its receivers.
  /// - Throws: the first mistake, with its line and column.
  static func read(
    _ root: inout YAMLSection, schedules: [String: Schedule], receivers: Set<String>
  ) throws(ConfigurationError) -> NotificationSettings? {
    guard let section = try root.section("route") else {
      guard !root.has("inhibit_rules") else {
        throw root.error("inhibit_rules need a route, for without one nobody is told", at: "inhibit_rules")
      }
      return nil
    }
    let reader = Reader(schedules: schedules, receivers: receivers)
    let route = Route(try reader.root(section))
    var inhibitions: [Inhibition] = []
    for section in try root.sections("inhibit_rules") { inhibitions.append(try reader.inhibition(section)) }
    return NotificationSettings(route: route, inhibitions: inhibitions)
  }

  private struct Reader {
    var schedules: [String: Schedule]
    var receivers: Set<String>

    func root(_ section: YAMLSection) throws(ConfigurationError) -> Route.Declaration {
      guard section.has("receiver") else { throw section.error("the route needs a receiver, for what no other takes") }
      for key in ["matchers", "continue", "active_time_intervals", "mute_time_intervals"] where section.has(key) {
        throw section.error(
          "the first route takes what no other does and has no \(key); write a route below it", at: key)
      }
      return try route(section)
    }

    func route(_ section: YAMLSection) throws(ConfigurationError) -> Route.Declaration {
      var section = section
      var route = Route.Declaration()
      if let receiver = try section.text("receiver") {
        guard receivers.contains(receiver) else {
          throw section.error(
            "there is no receiver \(receiver); there are \(receivers.sorted().joined(separator: ", "))", at: "receiver")
        }
        route.receiver = receiver
      }
      route.matchers = try matchers("matchers", &section)
      route.continues = try section.truth("continue") ?? false
      route.groupBy = try section.texts("group_by")
      if let labels = route.groupBy {
        guard !labels.contains(Route.everyLabel) || labels.count == 1 else {
          throw section.error("... is every label and stands alone", at: "group_by")
        }
        guard Set(labels).count == labels.count else {
          throw section.error("group_by names a label twice", at: "group_by")
        }
      }
      route.groupWait = try section.duration("group_wait")
      route.groupInterval = try section.duration("group_interval")
      for key in ["group_interval", "repeat_interval"] {
        guard let value = try section.duration(key), value == 0 else { continue }
        throw section.error("\(key) has to be above 0", at: key)
      }
      route.repeatInterval = try section.duration("repeat_interval")
      route.active = try section.schedules("active_time_intervals", among: schedules)
      route.mute = try section.schedules("mute_time_intervals", among: schedules)
      for below in try section.sections("routes") { route.routes.append(try self.route(below)) }
      try section.finish("a route")
      return route
    }

    func inhibition(_ section: YAMLSection) throws(ConfigurationError) -> Inhibition {
      var section = section
      for key in ["source_matchers", "target_matchers"] where !section.has(key) {
        throw section.error("an element of inhibit_rules needs \(key)")
      }
      let inhibition = Inhibition(
        source: try matchers("source_matchers", &section), target: try matchers("target_matchers", &section),
        equal: try section.texts("equal") ?? [])
      try section.finish("an element of inhibit_rules")
      return inhibition
    }

    private func matchers(_ key: String, _ section: inout YAMLSection) throws(ConfigurationError) -> [Matcher] {
      var matchers: [Matcher] = []
      for text in try section.texts(key) ?? [] {
        do {
          matchers.append(try Matcher(text))
        } catch {
          throw section.error(error.message, at: key)
        }
      }
      return matchers
    }
  }
}
