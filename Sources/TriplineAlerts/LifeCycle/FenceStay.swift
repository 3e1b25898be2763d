/// A time at which a vehicle was inside of a fence.
public struct FenceStay: Sendable, Hashable, Codable {
  /// The fence's id.
  public var fence: String
  /// The fence's name, where it has one.
  public var name: String?
  /// Since when, in milliseconds UTC.
  public var start: Int64
  /// Until when; `nil` as long as it goes on.
  public var end: Int64?

  /// Creates a stay.
  public init(fence: String, name: String?, start: Int64, end: Int64? = nil) {
    self.fence = fence
    self.name = name
    self.start = start
    self.end = end
  }
}
