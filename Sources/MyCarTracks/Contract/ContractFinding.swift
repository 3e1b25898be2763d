/// A difference between what this client takes the API to be and the API's own description.
public struct ContractFinding: Sendable, Hashable, Codable {
  /// What is different.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// An endpoint that is asked for is not described.
    case missingPath = "missing-path"
    /// A parameter that is sent is not described.
    case missingParameter = "missing-parameter"
    /// A field that is read is not described, under any of its names.
    case missingField = "missing-field"
    /// A field that is described is not read.
    case ignoredField = "ignored-field"
    /// The description of a field speaks of another unit or type than is taken.
    case otherUnit = "other-unit"
  }

  /// What is different.
  public var kind: Kind
  /// The method and the path, such as `GET /tracks2`.
  public var endpoint: String
  /// The parameter or the field, with all names that are taken.
  public var name: String
  /// What to know about it.
  public var detail: String
}
