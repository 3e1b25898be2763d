extension NotificationMachine {
  /// What keeps an alert back.
  public enum Cause: Sendable, Hashable {
    /// The schedules of its rule.
    case rule
    /// A silence.
    case silence
    /// Another alert.
    case inhibition
    /// The schedules of a route.
    case route
  }

  /// What to do.
  public enum Action: Sendable, Hashable {
    /// Tell a receiver of changes, in the order of their numbers, in one message.
    case tell(receiver: String, group: Group, changes: [Told])
    /// An alert is kept back for now, for a reason that people are shown; each reason of an alert comes once.
    case hold(alert: String, reason: String, cause: Cause)
    /// An alert was over while it was kept back from a receiver, which is never told of it.
    case drop(alert: String, receiver: String, reason: String)
    /// An alert is over, and nobody will be told anything more of it.
    case settle(alert: String)
  }
}
