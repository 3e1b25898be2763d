/// What is wrong with a file of rules, where, and what to do about it.
public struct ConfigurationError: Error, Sendable, Hashable {
  /// The file.
  public var file: String
  /// 1-based line, where there is one.
  public var line: Int?
  /// 1-based column, where there is one.
  public var column: Int?
  /// One or two sentences: what is wrong and what to do.
  public var message: String
  /// What is wrong besides, in the order of the lines.
  public var others: [ConfigurationError] = []

  /// Creates an error.
  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// Several mistakes as one error, the first line first; `nil` where there are none.
  static func joined(_ mistakes: [ConfigurationError]) -> ConfigurationError? {
    let ordered = mistakes.flatMap(\.all).sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
    guard var first = ordered.first else { return nil }
    first.others = Array(ordered.dropFirst())
    return first
  }

  /// Each mistake by itself.
  public var all: [ConfigurationError] {
    var first = self
    first.others = []
    return [first] + others
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// Place and message, as compilers write them, and how many mistakes there are besides.
  public var description: String {
    let text = ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
    switch others.count {
    case 0: return text
    case 1: return text + " There is one more mistake."
    default: return text + " There are \(others.count) more mistakes."
    }
  }
}
