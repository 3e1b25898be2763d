extension NotificationMachine {
  /// An alert that is not settled yet, as it was stored, to go on with after a restart.
  public struct Standing: Sendable, Hashable {
    /// That it is over.
    public struct Resolution: Sendable, Hashable {
      /// The number of the stored event.
      public var number: UInt64
      /// When the machine took it, in milliseconds UTC.
      public var takenAt: Int64

      /// Creates the end of an alert.
      public init(number: UInt64, takenAt: Int64) {
        self.number = number
        self.takenAt = takenAt
      }
    }

    /// The alert as it fired.
    public var alert: Alert
    /// The number of the stored event of its firing.
    public var number: UInt64
    /// When the machine took that, in milliseconds UTC.
    public var takenAt: Int64
    /// That it is over, where it is.
    public var resolution: Resolution?
    /// When each receiver was last told that it fires, in milliseconds UTC.
    public var told: [String: Int64] = [:]
    /// The receivers that were told that it is over, or never will be told anything of it.
    public var concluded: Set<String> = []
    /// The reasons why it was kept back so far.
    public var reasons: Set<String> = []

    /// Creates an alert of which nobody was told yet.
    public init(_ alert: Alert, number: UInt64, takenAt: Int64) {
      self.alert = alert
      self.number = number
      self.takenAt = takenAt
    }
  }
}
