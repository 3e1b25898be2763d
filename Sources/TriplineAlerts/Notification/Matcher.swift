import Foundation

/// What a label has to be, as Alertmanager writes it: `severity="page"`, `alertname=~"Long.*"`.
public struct Matcher: Sendable {
  /// How a label is compared.
  public enum Operation: String, Sendable, Hashable, CaseIterable {
    /// It is the value.
    case equal = "="
    /// It is not the value.
    case notEqual = "!="
    /// All of it matches the value, a regular expression.
    case matches = "=~"
    /// Not all of it matches the value, a regular expression.
    case matchesNot = "!~"
  }

  /// The label; one that an alert does not have is the empty text.
  public let label: String
  /// How it is compared.
  public let operation: Operation
  /// What it is compared with.
  public let value: String
  /// The value as a regular expression of the whole text, where it is one.
  private let expression: NSRegularExpression?

  /// Creates a matcher.
  ///
  /// - Throws: a value that has to be a regular expression and is none, or a label that cannot be written.
  public init(label: String, operation: Operation, value: String) throws(MatcherError) {
    guard !label.isEmpty, !label.contains(where: { $0.isWhitespace || "=!~\"{},".contains($0) }) else {
      throw MatcherError(message: "the label of a matcher has to be a name without spaces, and not '\(label)'")
    }
    self.label = label
    self.operation = operation
    self.value = value
    switch operation {
    case .equal, .notEqual: expression = nil
    case .matches, .matchesNot:
      // Alone first: what is no expression by itself may be one within the parentheses.
      guard (try? NSRegularExpression(pattern: value)) != nil,
        let whole = try? NSRegularExpression(pattern: "\\A(?:\(value))\\z", options: [.dotMatchesLineSeparators])
      else { throw MatcherError(message: "\(value) is no regular expression") }
      expression = whole
    }
  }

  /// Whether labels are as it wants.
  public func matches(_ labels: [String: String]) -> Bool {
    let found = labels[label] ?? ""
    switch operation {
    case .equal: return found == value
    case .notEqual: return found != value
    case .matches: return isExpressed(found)
    case .matchesNot: return !isExpressed(found)
    }
  }

  private func isExpressed(_ text: String) -> Bool {
    expression?.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
  }
}

extension Matcher: Hashable {
  /// Whether both want the same in the same words.
  public static func == (one: Matcher, other: Matcher) -> Bool {
    one.label == other.label && one.operation == other.operation && one.value == other.value
  }

  /// Hashes what it wants.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(label)
    hasher.combine(operation)
    hasher.combine(value)
  }
}

extension [Matcher] {
  /// Whether labels are as all of them want.
  func match(_ labels: [String: String]) -> Bool { allSatisfy { $0.matches(labels) } }
}
