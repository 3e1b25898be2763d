package import TriplineAlerts
package import TriplineStore

/// What is to be told: makes events of what the engine says, and deliveries of what the notification machine says. Knows no store
/// and no clock; the times are those of the batches.
package struct Outbox: Sendable {
  /// A sink, as far as it matters for what goes there.
  package struct Sink: Sendable, Hashable {
    package var id: String
    /// The name of the receiver it is part of.
    package var receiver: String
    /// Whether it takes all of a message together, or one event at a time.
    package var takesGroups: Bool

    package init(id: String, receiver: String, takesGroups: Bool) {
      self.id = id
      self.receiver = receiver
      self.takesGroups = takesGroups
    }
  }

  /// An alert that somebody may have to be told of.
  private struct Open {
    var vehicle: String
    /// The ids of its events, by their numbers.
    var events: [UInt64: String]
  }

  private let source: String
  private var sinks: [Sink]
  private var notifications: NotificationMachine
  /// The numbers that were given out last.
  private var event: UInt64
  private var delivery: UInt64
  private var open: [String: Open] = [:]

  /// Has nothing to tell yet.
  ///
  /// - Parameters:
  ///   - alerts: the configuration, whose routes it follows.
  ///   - sinks: where alerts can go.
  ///   - source: who tells of alerts, a URI reference such as `/tripline/prod`.
  ///   - event: the number of the last event.
  ///   - delivery: the number of the last delivery.
  package init(_ alerts: AlertConfiguration, sinks: [Sink], source: String, event: UInt64, delivery: UInt64) {
    self.source = source
    self.sinks = sinks
    self.event = event
    self.delivery = delivery
    notifications = Self.notifications(of: alerts)
  }

  private static func notifications(of alerts: AlertConfiguration) -> NotificationMachine {
    NotificationMachine(
      route: alerts.notification.route, inhibitions: alerts.notification.inhibitions, rules: alerts.rules)
  }

  /// When something has to be told although nothing comes, in milliseconds UTC.
  package var next: Int64? { notifications.next }

  /// Follows other routes from now on; `goOn` has to come behind it.
  package mutating func change(to alerts: AlertConfiguration, sinks: [Sink]) {
    self.sinks = sinks
    notifications = Self.notifications(of: alerts)
  }

  /// Takes up what was not settled before, each alert with its events.
  package mutating func goOn(
    _ standing: [(NotificationMachine.Standing, events: [AlertBatch.Event])], silences: [Silence],
    groups: [String: Int64], _ batch: inout AlertBatch
  ) {
    for (one, events) in standing {
      open[one.alert.id] = Open(
        vehicle: one.alert.vehicleID, events: Dictionary(uniqueKeysWithValues: events.map { ($0.number, $0.id) }))
    }
    let now = batch.recordedAt
    perform(notifications.setSilences(silences, at: now), &batch)
    perform(notifications.restore(standing.map(\.0), groups: groups, at: now), &batch)
  }

  /// Takes the silences of now.
  package mutating func setSilences(_ silences: [Silence], _ batch: inout AlertBatch) {
    perform(notifications.setSilences(silences, at: batch.recordedAt), &batch)
  }

  /// Of these alerts nothing more is told.
  package mutating func forget(_ alerts: [String]) { for alert in alerts { open[alert] = nil } }

  /// Makes events of the changes of a batch, and decides who is told, and when.
  ///
  /// - Parameter isKnown: whether there is an event with an id. What brings about a fact a second time is left out of the batch.
  package mutating func announce(_ batch: inout AlertBatch, isKnown: (String) throws -> Bool) rethrows {
    var told: Set<String> = []
    var changes: [AlertChange] = []
    for change in batch.outcome.changes {
      let event = CloudEvent(change, source: source, recordedAt: batch.recordedAt, sequence: self.event + 1)
      guard told.insert(event.id).inserted, try !isKnown(event.id) else { continue }
      changes.append(change)
      self.event += 1
      let alert = change.alert
      let isFiring = if case .fired = change { true } else { false }
      batch.events.append(
        AlertBatch.Event(
          number: self.event, id: event.id, alert: alert.id, isFiring: isFiring,
          json: String(decoding: event.json, as: UTF8.self)))
      open[alert.id, default: Open(vehicle: alert.vehicleID, events: [:])].events[self.event] = event.id
      perform(notifications.take(change, number: self.event, at: batch.recordedAt), &batch)
    }
    batch.outcome.changes = changes
    perform(notifications.advance(to: batch.recordedAt), &batch)
  }

  private mutating func perform(_ actions: [NotificationMachine.Action], _ batch: inout AlertBatch) {
    for action in actions {
      switch action {
      case .tell(let receiver, let group, let changes): tell(receiver, group, changes, &batch)
      case .hold(let alert, let reason, let cause):
        batch.holds.append(AlertBatch.Hold(alert: alert, reason: reason, cause: cause))
      // Its reason has come as that of a hold.
      case .drop(let alert, let receiver, _): batch.concluded.append((alert, receiver))
      case .settle(let alert): batch.settled.append(alert)
      }
    }
  }

  private mutating func tell(
    _ receiver: String, _ group: NotificationMachine.Group, _ changes: [NotificationMachine.Told],
    _ batch: inout AlertBatch
  ) {
    for change in changes {
      if change.isFiring {
        batch.told.append((change.alert, receiver))
      } else {
        batch.concluded.append((change.alert, receiver))
      }
    }
    if group.alert == nil { batch.groups.insert(group.key) }
    // What is about one vehicle goes out in its order.
    let subject = group.alert.flatMap { open[$0]?.vehicle } ?? group.subject
    for sink in sinks where sink.receiver == receiver {
      if sink.takesGroups {
        deliver(changes, to: sink, about: subject, labels: group.labels, &batch)
      } else {
        // An event that is told again would be known by its id.
        for change in changes where !change.isRepeat {
          deliver([change], to: sink, about: open[change.alert]?.vehicle ?? change.alert, &batch)
        }
      }
    }
  }

  private mutating func deliver(
    _ changes: [NotificationMachine.Told], to sink: Sink, about subject: String, labels: [String: String] = [:],
    _ batch: inout AlertBatch
  ) {
    delivery += 1
    let ids = changes.map { open[$0.alert]?.events[$0.number] ?? "\($0.number)" }
    var id = ids[0]
    if sink.takesGroups {
      let repeats = changes.contains(where: \.isRepeat) ? ["repeat", "\(batch.recordedAt)"] : []
      id = AlertID.text(ids + repeats, prefix: "ntfy_")
    }
    var delivery = Delivery(
      number: self.delivery, id: id, sink: sink.id, about: subject, events: changes.map(\.number),
      at: batch.recordedAt)
    delivery.labels = labels
    batch.deliveries.append(delivery)
  }
}
