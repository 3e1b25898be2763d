public import TriplineAlerts

/// The rules and fences that a state of the engine belongs to, as they stood in their files.
public struct StoredConfiguration: Sendable, Hashable {
  /// What tells one from another.
  public var digest: String
  /// How long what has not come is waited for.
  public var patience: AlertEngine.Patience
  /// The text of the file of rules.
  public var rules: String
  /// The files that it names, by their names there.
  public var files: [String: [UInt8]]

  /// Creates one.
  public init(digest: String, patience: AlertEngine.Patience, rules: String, files: [String: [UInt8]]) {
    self.digest = digest
    self.patience = patience
    self.rules = rules
    self.files = files
  }
}
