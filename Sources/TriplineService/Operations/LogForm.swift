/// How lines of the log are written.
public enum LogForm: String, Sendable, Hashable, CaseIterable {
  /// One JSON object a line, for programs.
  case json
  /// Time, level, logger, message and what belongs to it, for people at a terminal.
  case text
}
