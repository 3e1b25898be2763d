/// An alert that fires, as what is kept over a restart.
public struct StandingAlert: Sendable, Hashable, Codable {
  /// The index of its vehicle.
  public var vehicle: UInt32
  /// The alert.
  public var alert: Alert
  /// When it is over unless what it waits for comes back, in milliseconds UTC; `nil` as long as that is true.
  public var due: Int64?

  /// Creates one.
  public init(vehicle: UInt32, alert: Alert, due: Int64? = nil) {
    self.vehicle = vehicle
    self.alert = alert
    self.due = due
  }
}
