package import TriplineAlerts

/// Takes what is to be told.
package protocol Receiver: Sendable {
  /// Whether all of a notification goes together, or one event at a time.
  var takesGroups: Bool { get }
  /// How many attempts may be under way at once; eight unless it says otherwise.
  var mostAttempts: Int { get }
  /// Tries once. Whatever goes wrong is in the answer.
  func attempt(_ parcel: Parcel) async -> Attempt
}

extension Receiver {
  package var mostAttempts: Int { 8 }
}

/// A receiver that forgets what it is not told of again.
package protocol RefreshedReceiver: Receiver {
  /// Tells again of what fires, at a time in milliseconds UTC. Whatever goes wrong is in the answer, and made up for the next time.
  func refresh(_ alerts: [Alert], at now: Int64) async -> Attempt
}
