import TriplineAlerts

extension ServiceMetrics {
  /// Why a notification is kept back: the kind of reason, for ids would make ever more time series.
  public enum Suppression: String, Sendable, Hashable, CaseIterable {
    /// A schedule of the rule.
    case schedule
    /// A schedule of the route.
    case route
    /// A silence.
    case silence
    /// Another alert that fires.
    case inhibition

    init(_ cause: NotificationMachine.Cause) {
      self =
        switch cause {
        case .rule: .schedule
        case .silence: .silence
        case .inhibition: .inhibition
        case .route: .route
        }
    }
  }

  /// What came of an attempt to deliver.
  public enum DeliveryOutcome: String, Sendable, Hashable, CaseIterable {
    /// The receiver took it.
    case delivered
    /// It failed and is tried again.
    case postponed
    /// It failed for the last time.
    case dead
    /// The receiver wants nothing any more.
    case disabled
  }
}
