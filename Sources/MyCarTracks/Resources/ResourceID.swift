/// The id of something in an account: opaque text, whether the API writes a number or a string.
public struct ResourceID: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The id as text.
  public let text: String

  /// Creates an id.
  public init(_ text: String) { self.text = text }

  /// Reads an id.
  public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

  /// Writes an id.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// The text.
  public var description: String { text }
}
