/// Text that must not be seen: it prints as `(secret)`, also within other values.
public struct Secret: Sendable, Hashable {
  /// The text itself, for the one place that sends it.
  let text: String

  /// Keeps a text.
  public init(_ text: String) { self.text = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// `(secret)`.
  public var description: String { "(secret)" }
  /// `(secret)`.
  public var debugDescription: String { "(secret)" }
  /// Nothing to be seen within.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
