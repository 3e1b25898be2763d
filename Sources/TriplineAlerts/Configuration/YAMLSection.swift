import Yams

/// A mapping of a YAML text whose keys are read one by one; whatever nobody has read at the end is a mistake.
struct YAMLSection {
  private let file: String
  private let node: Node
  private let members: [(key: String, node: Node, value: Node)]
  private var read: Set<String> = []

  /// Takes a node that has to be a mapping.
  init(_ node: Node, _ what: String, file: String) throws(ConfigurationError) {
    self.file = file
    self.node = node
    guard let mapping = node.mapping else {
      throw Self.error("\(what) has to be a mapping of names and values", node, file)
    }
    var members: [(key: String, node: Node, value: Node)] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else { throw Self.error("a name has to be a text", key, file) }
      members.append((name, key, value))
    }
    self.members = members
  }

  /// An error at a node.
  static func error(_ message: String, _ node: Node, _ file: String) -> ConfigurationError {
    ConfigurationError(file: file, line: node.mark?.line, column: node.mark?.column, message: message + ".")
  }

  /// An error at the mapping.
  func error(_ message: String) -> ConfigurationError { Self.error(message, node, file) }

  /// An error at the value of a key.
  func error(_ message: String, at key: String) -> ConfigurationError {
    Self.error(message, members.first { $0.key == key }?.value ?? node, file)
  }

  /// An error at one of the texts of a key.
  func error(_ message: String, at key: String, text: String) -> ConfigurationError {
    let value = members.first { $0.key == key }?.value ?? node
    return Self.error(message, value.sequence?.first { $0.scalar?.string == text } ?? value, file)
  }

  /// The text of a key where it is no list and no mapping; it does not count as read.
  func scalar(_ key: String) -> String? { members.first { $0.key == key }?.value.scalar?.string }

  /// Its 1-based line.
  var line: Int { node.mark?.line ?? 0 }

  /// Rows of texts.
  mutating func rows(_ key: String) throws(ConfigurationError) -> [[String]]? {
    guard let node = node(key) else { return nil }
    var rows: [[String]] = []
    for element in try elements(node, key) {
      var row: [String] = []
      for cell in try elements(element, "an element of \(key)") {
        guard let text = cell.scalar?.string else {
          throw Self.error("a value has to be a text or a number", cell, file)
        }
        row.append(text)
      }
      rows.append(row)
    }
    return rows
  }

  /// The names in their order.
  var keys: [String] { members.map(\.key) }

  /// Whether a key is there.
  func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// The value of a key, which counts as read then.
  mutating func node(_ key: String) -> Node? {
    read.insert(key)
    return members.first { $0.key == key }?.value
  }

  /// Refuses keys that nobody has read, and that are none of `names`.
  func finish(_ what: String, knowing names: [String] = []) throws(ConfigurationError) {
    let known = read.union(names).sorted()
    guard let unknown = members.first(where: { !known.contains($0.key) }) else { return }
    throw Self.error(
      "\(what) has no \(unknown.key); there are \(known.joined(separator: ", "))"
        + NearestName.hint(unknown.key, among: known), unknown.node, file)
  }

  /// A text.
  mutating func text(_ key: String) throws(ConfigurationError) -> String? {
    guard let node = node(key) else { return nil }
    guard let text = node.scalar?.string else { throw Self.error("\(key) has to be a text", node, file) }
    return text
  }

  /// A text that has to be there.
  mutating func required(_ key: String, of what: String) throws(ConfigurationError) -> String {
    guard let text = try text(key), !text.isEmpty else { throw error("\(what) needs a \(key)") }
    return text
  }

  /// A length of time in milliseconds.
  mutating func duration(_ key: String) throws(ConfigurationError) -> Int64? {
    guard let text = try text(key) else { return nil }
    guard let value = Quantity.milliseconds(text) else {
      throw error("\(key) has to be a length of time with its unit, like 30s, 5m or 1h30m, and not \(text)", at: key)
    }
    guard value <= 366 * 86_400_000 else { throw error("\(key) has to be at most 366d, and not \(text)", at: key) }
    return value
  }

  /// A distance in metres.
  mutating func distance(_ key: String) throws(ConfigurationError) -> Double? {
    guard let text = try text(key) else { return nil }
    guard let value = Quantity.meters(text) else {
      throw error("\(key) has to be a distance with its unit, like 120m or 1.5km, and not \(text)", at: key)
    }
    return value
  }

  /// A number without a unit.
  mutating func number(_ key: String) throws(ConfigurationError) -> Double? {
    guard let text = try text(key) else { return nil }
    guard let value = Double(text), value.isFinite else {
      throw error("\(key) has to be a number, and not \(text)", at: key)
    }
    return value
  }

  /// A truth value.
  mutating func truth(_ key: String) throws(ConfigurationError) -> Bool? {
    guard let text = try text(key) else { return nil }
    guard text == "true" || text == "false" else {
      throw error("\(key) has to be true or false, and not \(text)", at: key)
    }
    return text == "true"
  }

  /// Texts, one or a list of them.
  mutating func texts(_ key: String) throws(ConfigurationError) -> [String]? {
    guard let node = node(key) else { return nil }
    var texts: [String] = []
    for element in node.scalar == nil ? try elements(node, key) : [node] {
      guard let text = element.scalar?.string, !text.isEmpty else {
        throw Self.error("\(key) has to be a text or a list of texts", element, file)
      }
      texts.append(text)
    }
    guard !texts.isEmpty else { throw Self.error("\(key) is empty; leave it out, or name something", node, file) }
    return texts
  }

  /// Names and texts.
  mutating func pairs(_ key: String) throws(ConfigurationError) -> [String: String] {
    guard var section = try section(key) else { return [:] }
    var pairs: [String: String] = [:]
    for name in section.keys { pairs[name] = try section.text(name) }
    return pairs
  }

  /// A mapping.
  mutating func section(_ key: String) throws(ConfigurationError) -> YAMLSection? {
    guard let node = node(key) else { return nil }
    return try YAMLSection(node, key, file: file)
  }

  /// A list of mappings.
  mutating func sections(_ key: String) throws(ConfigurationError) -> [YAMLSection] {
    guard let node = node(key) else { return [] }
    var sections: [YAMLSection] = []
    for element in try elements(node, key) {
      sections.append(try YAMLSection(element, "an element of \(key)", file: file))
    }
    return sections
  }

  private func elements(_ node: Node, _ key: String) throws(ConfigurationError) -> [Node] {
    guard let sequence = node.sequence else { throw Self.error("\(key) has to be a list", node, file) }
    return Array(sequence)
  }

  /// The whole of a YAML text.
  static func document(_ text: String, file: String) throws(ConfigurationError) -> YAMLSection {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw ConfigurationError(file: file, line: error.place?.line, column: error.place?.column, message: error.reason)
    } catch {
      throw ConfigurationError(file: file, message: "this is no YAML: \(error)")
    }
    guard let node else { throw ConfigurationError(file: file, message: "the file is empty.") }
    return try YAMLSection(node, "the file", file: file)
  }
}

extension YamlError {
  fileprivate var place: (line: Int, column: Int)? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): (mark.line, mark.column)
    case .duplicatedKeysInMapping(_, let context): (context.mark.line, context.mark.column)
    default: nil
    }
  }

  fileprivate var reason: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
      "this is no YAML: \(problem)."
    case .duplicatedKeysInMapping(let names, _): "\(names.joined(separator: ", ")) is there twice."
    case .reader(let problem, _, _, _): "this is no YAML: \(problem)."
    default: "this is no YAML."
    }
  }
}
