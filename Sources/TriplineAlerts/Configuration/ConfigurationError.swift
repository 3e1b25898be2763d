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

  /// Creates an error.
  public init(file: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// Place and message, as compilers write them.
  public var description: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": " + message
  }
}
