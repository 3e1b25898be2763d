package import TriplineAlerts

/// What is told at once: one event, or all those of a notification.
package struct Parcel: Sendable {
  /// Its id, the same in every attempt.
  package var id: String
  /// The labels that all its alerts have in common, where alerts are grouped.
  package var groupLabels: [String: String]
  /// What has happened, in order.
  package var events: [Event]

  /// A step in the life of an alert.
  package struct Event: Sendable {
    /// Its id, the same in every attempt.
    package var id: String
    /// The CloudEvent.
    package var json: [UInt8]
    /// The alert as it was then.
    package var alert: Alert
    /// Whether it fires, or is over.
    package var isFiring: Bool

    /// Creates an event.
    package init(id: String, json: [UInt8], alert: Alert, isFiring: Bool) {
      self.id = id
      self.json = json
      self.alert = alert
      self.isFiring = isFiring
    }

    /// The type of the CloudEvent, like `tripline.geofence.dwell.firing`.
    var type: String { "tripline.\(alert.kind).\(isFiring ? "firing" : "resolved")" }
  }

  /// Creates a parcel.
  package init(id: String, groupLabels: [String: String], events: [Event]) {
    self.id = id
    self.groupLabels = groupLabels
    self.events = events
  }

  /// Tries the events one by one, up to the first that does not arrive.
  func each(_ attempt: (Event) async -> Attempt) async -> Attempt {
    for event in events {
      let end = await attempt(event)
      guard end.isSuccess else { return end }
    }
    return .delivered
  }
}
