extension Matcher {
  /// Reads a matcher such as `severity="page"`, `severity=page`, `fence!=""` or `alertname=~"Long.*"`.
  ///
  /// In quotes `\"`, `\\` and `\n` stand for a quote, a backslash and a new line; any other backslash stands for
  /// itself.
  ///
  /// - Throws: what is wrong with the text.
  public init(_ text: String) throws(MatcherError) {
    let label = text.prefix { !"=!".contains($0) }
    let rest = text.dropFirst(label.count)
    // The longer ones first, for one begins with another.
    guard
      let operation = [Operation.matches, .matchesNot, .notEqual, .equal].first(where: { rest.hasPrefix($0.rawValue) })
    else {
      throw MatcherError(
        message: "a matcher is written like severity=\"page\" or alertname=~\"Long.*\", and not \(text)")
    }
    let written = Self.trimmed(rest.dropFirst(operation.rawValue.count))
    let value: String
    if written.first == "\"" {
      guard let unquoted = Self.unquoted(written) else {
        throw MatcherError(message: "the quotes of \(text) are not closed, or something is behind them")
      }
      value = unquoted
    } else {
      guard !written.contains("\"") else { throw MatcherError(message: "the quotes of \(text) begin in the middle") }
      value = String(written)
    }
    try self.init(label: String(Self.trimmed(label)), operation: operation, value: value)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// What is between quotes; `nil` where they do not hold all of the text.
  private static func unquoted(_ text: Substring) -> String? {
    var value = ""
    var isEscaped = false
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      switch (character, isEscaped) {
      case ("\\", false):
        isEscaped = true
        continue
      case ("\"", false): return rest.isEmpty ? value : nil
      case ("\"", true), ("\\", true): value.append(character)
      case ("n", true): value.append("\n")
      case (_, true): value += "\\\(character)"
      case (_, false): value.append(character)
      }
      isEscaped = false
    }
    return nil
  }

  /// A text in quotes that reads back.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      switch character {
      case "\\", "\"": quoted += "\\\(character)"
      case "\n": quoted += "\\n"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }
}

extension Matcher: CustomStringConvertible {
  /// The matcher as it is written, with its value in quotes; it reads back.
  public var description: String { label + operation.rawValue + Self.quoted(value) }
}

extension Matcher: Codable {
  /// Reads a matcher from its text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(try container.decode(String.self))
    } catch let error as MatcherError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.message)
    }
  }

  /// Writes the matcher as its text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
