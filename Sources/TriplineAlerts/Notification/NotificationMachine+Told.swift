extension NotificationMachine {
  /// A change of an alert that a receiver is told of.
  public struct Told: Sendable, Hashable {
    /// The number of the stored event; of a repeat, that of the firing.
    public var number: UInt64
    /// The alert's id.
    public var alert: String
    /// Whether it fires, else it is over.
    public var isFiring: Bool
    /// Whether the receiver was told of it before.
    public var isRepeat: Bool

    /// Creates a change.
    public init(number: UInt64, alert: String, isFiring: Bool, isRepeat: Bool = false) {
      self.number = number
      self.alert = alert
      self.isFiring = isFiring
      self.isRepeat = isRepeat
    }
  }
}
