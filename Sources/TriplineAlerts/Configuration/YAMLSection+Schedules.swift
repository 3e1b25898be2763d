extension YAMLSection {
  /// Schedules by their names, among those that there are; none where nothing is said.
  mutating func schedules(
    _ key: String, among known: [String: Schedule]
  ) throws(ConfigurationError) -> [Schedule] {
    var found: [Schedule] = []
    for name in try texts(key) ?? [] {
      guard let schedule = known[name] else {
        let names = known.isEmpty ? "none" : known.keys.sorted().joined(separator: ", ")
        throw error("there is no schedule \(name); there are \(names)", at: key)
      }
      found.append(schedule)
    }
    return found
  }
}
