import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats
import TriplineService
import TriplineStore

/// Why something was told, or was not, from what a service has kept.
struct Explanation {
  private let store: AlertStore
  /// The configuration that is in force.
  private let configuration: LoadedConfiguration
  private let vehicles: [AlertBatch.Vehicle]
  private let times: LocalTime

  /// Takes a store that a service has run on.
  init(store: AlertStore) throws {
    self.store = store
    guard let stored = try store.checkpoint()?.configuration else {
      throw StoreError(.missing, "no service has run on \(store.path) yet, so there is nothing to explain.")
    }
    configuration = try LoadedConfiguration(stored, file: "the configuration in force")
    vehicles = try store.vehicles()
    times = LocalTime(configuration.alerts.zone)
  }

  /// The vehicle of an id, or the only one of a name.
  private func vehicle(_ text: String) throws(StoreError) -> AlertBatch.Vehicle {
    if let vehicle = vehicles.first(where: { $0.id == text }) { return vehicle }
    let named = vehicles.filter { $0.name == text }
    guard let vehicle = named.first else {
      throw StoreError(.missing, "no fix of a vehicle \(text) has come to this service.")
    }
    guard named.count == 1 else {
      let ids = named.map(\.id).joined(separator: ", ")
      throw StoreError(.missing, "several vehicles are named \(text); give the id, which is one of \(ids).")
    }
    return vehicle
  }

  // MARK: An alert

  /// Why an alert fired, and what came of it.
  func lines(of stored: AlertStore.StoredAlert) throws -> [String] {
    let alert = stored.alert
    var lines = [
      "\(alert.id): \(alert.rule) of \(alert.vehicleName) (\(alert.vehicleID))"
        + (alert.fenceID.map { " at \(alert.fenceName ?? $0) (\($0))" } ?? "")
        + (alert.otherID.map { " near \(alert.otherName ?? $0) (\($0))" } ?? ""),
      "  why        \(alert.reason)", "  true since \(times.text(alert.startsAt))",
      "  decided    \(times.text(alert.decidedAt)), recorded \(times.text(stored.recordedAt))",
    ]
    lines.append("  over       \(try end(of: alert))")
    lines.append(
      "  rule       revision \(alert.revision)" + (isInForce(alert) ? ", in force" : ", not in force any more"))
    lines.append("  schedule   \(alert.muting.map { "\($0) when it was decided" } ?? "somebody is told at that time")")
    if let vehicle = vehicles.first(where: { $0.id == alert.vehicleID })?.number {
      let first = try firstTrace(of: alert, vehicle)
      lines += try evidence(
        vehicle, in: first...max(alert.decidedAt, first), rule: alert.rule, fence: alert.fenceID,
        nothing: "nothing is kept of how it was decided: it is older than retain_traces, or needed no weighing")
    }
    return try lines + notifications(of: alert)
  }

  /// Whether the rule detects the same today.
  private func isInForce(_ alert: Alert) -> Bool {
    RuleBook(configuration.alerts.rules).revision(ofRule: alert.rule) == alert.revision
  }

  /// When it was over, and why where that was no doing of the vehicle.
  private func end(of alert: Alert) throws -> String {
    guard let end = alert.resolvedAt else { return "not yet" }
    // What a fix or its absence ends has the time of the vehicle, and not to the millisecond that of the clock.
    let isByReload = try store.events(ofAlert: alert.id).contains { !$0.event.isFiring && $0.recordedAt == end }
    guard isByReload else { return times.text(end) }
    let change =
      isInForce(alert)
      ? "changed or removed its fence"
      : configuration.alerts.rules.contains { $0.name == alert.rule } ? "changed the rule" : "removed the rule"
    return "\(times.text(end)): a reload of the configuration has \(change)"
  }

  /// When the change that the alert tells of began to be weighed.
  private func firstTrace(of alert: Alert, _ vehicle: UInt32) throws -> Int64 {
    let told = try store.traces(
      ofVehicle: vehicle, in: alert.decidedAt...alert.decidedAt, rule: alert.rule, fence: alert.fenceID)
    return min(alert.startsAt, told.map(\.decision.pendingSince).min() ?? alert.startsAt)
  }

  // MARK: A time

  /// What a rule made of a vehicle around a time, in milliseconds UTC.
  ///
  /// - Parameter text: the id of the vehicle, or its name.
  func lines(ofVehicle text: String, rule name: String, at time: Int64, around: Int64) throws -> [String] {
    let vehicle = try vehicle(text)
    let id = vehicle.id
    guard let rule = configuration.alerts.rules.first(where: { $0.name == name }) else {
      let names = configuration.alerts.rules.map(\.name).joined(separator: ", ")
      throw StoreError(.missing, "there is no rule \(name) in force; there are \(names).")
    }
    let window = (time - around)...(time + around)
    let title = vehicle.name == id ? id : "\(vehicle.name) (\(id))"
    var lines = ["\(name), vehicle \(title), \(times.text(time)), and \(TimeSpan.text(around)) before and after"]
    if let ids = rule.vehicles, !ids.contains(id) { lines.append("  the rule is not about this vehicle") }
    let muting = rule.muting(at: time, vehicle: id)
    lines.append("  schedule   \(muting.map { "\($0) at that time" } ?? "somebody is told at that time")")
    let alerts = try store.alerts(in: .min..<(window.upperBound + 1), rule: name, vehicle: id)
      .filter { ($0.alert.resolvedAt ?? .max) >= window.lowerBound }
    for stored in alerts {
      let end = stored.alert.resolvedAt.map { "until \(times.text($0))" } ?? "and still does"
      let fence = (stored.alert.fenceName ?? stored.alert.fenceID).map { " at \($0)" } ?? ""
      lines.append(
        "  it fired   \(stored.alert.id)\(fence) from \(times.text(stored.alert.startsAt)) \(end): \(stored.alert.reason)"
      )
      for hold in try store.holds(ofAlert: stored.alert.id) { lines.append("             not told: \(hold.reason)") }
    }
    if alerts.isEmpty { lines.append("  it did not fire") }
    guard rule.trigger.isOfStays else {
      return try lines
        + evidence(
          vehicle.number, in: window, rule: name, fence: nil,
          nothing: "all that came of that time were used; of what a rule like this does not tell no reasons are kept")
    }
    lines += try presence(vehicle.number, rule, in: window)
    return try lines
      + evidence(
        vehicle.number, in: window, rule: name, fence: nil,
        nothing:
          "nothing was weighed: no fix of that time came, none was near the edge of a fence of the rule, or retain_traces is over"
      )
  }

  /// Fences that a vehicle was in within a time, and already when it was first seen: a rule of entries has nothing to tell of them.
  private func presence(_ vehicle: UInt32, _ rule: AlertRule, in window: ClosedRange<Int64>) throws -> [String] {
    guard rule.trigger == .enter else { return [] }
    var stays: [String: ClosedRange<Int64>] = [:]
    for trace in try store.traces(ofVehicle: vehicle, in: 0...max(0, window.upperBound), rule: rule.name) {
      let time = trace.decision.time
      if trace.decision.basis == .start {
        stays[trace.fence] = time...Int64.max
      } else if trace.decision.outcome == .believed, let stay = stays[trace.fence], stay.upperBound == .max {
        stays[trace.fence] = stay.lowerBound...max(stay.lowerBound, time)
      }
    }
    return stays.filter { $0.value.overlaps(window) }
      .sorted { ($0.value.lowerBound, $0.key) < ($1.value.lowerBound, $1.key) }.map { fence, stay in
        "  no entry   it was inside of \(fence) already when it was first seen, at \(times.text(stay.lowerBound)); "
          + "a rule of inside tells of that as well"
      }
  }

  // MARK: Parts

  private func evidence(
    _ vehicle: UInt32, in window: ClosedRange<Int64>, rule: String, fence: String?, nothing: String
  ) throws -> [String] {
    let traces = try store.traces(ofVehicle: vehicle, in: window, rule: rule, fence: fence)
    let dropped = try store.dropped(ofVehicle: vehicle, in: window)
    var rows = traces.map { trace in
      let place = fence == nil ? "\(trace.fence): " : ""
      return (
        trace.decision.time,
        "    \(times.text(trace.decision.time))  \(place)\(trace.decision.change): \(DecisionText.text(of: trace.decision))"
      )
    }
    rows += dropped.map { ($0.time, "    \(times.text($0.time))  a fix that was not used: \($0.reason)") }
    let ordered = rows.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    return ["  fixes"] + (ordered.isEmpty ? ["    \(nothing)"] : ordered)
  }

  private func notifications(of alert: Alert) throws -> [String] {
    var lines = ["  told"]
    for hold in try store.holds(ofAlert: alert.id) {
      lines.append("    \(times.text(hold.at))  held back: \(hold.reason)")
    }
    let events = try store.events(ofAlert: alert.id)
    let receivers = configuration.alerts.notification.route.matches(for: alert.labels).map(\.receiver)
    lines.append("    by its labels it goes to \(receivers.isEmpty ? "nobody" : receivers.joined(separator: ", "))")
    lines += try waiting(alert, receivers)
    for delivery in try store.deliveries(ofEvents: events.map(\.event.number)) {
      let what = events.filter { delivery.events.contains($0.event.number) }
        .map { $0.event.isFiring ? "firing" : "over" }.joined(separator: " and ")
      lines.append("    #\(delivery.number) \(delivery.sink), \(what): \(delivery.state.rawValue)")
      for attempt in try store.attempts(at: delivery.number) {
        lines.append("      \(times.text(attempt.at))  \(attempt.outcome)" + (attempt.note.map { ": \($0)" } ?? ""))
      }
    }
    return lines
  }

  /// For whom it waits for the message of its group, and until when.
  private func waiting(_ alert: Alert, _ receivers: [String]) throws -> [String] {
    let settings = configuration.alerts.notification
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    // The machine that the service has, brought to where that one is by what is kept.
    var machine = NotificationMachine(
      route: settings.route, inhibitions: settings.inhibitions, rules: configuration.alerts.rules)
    _ = machine.setSilences(try store.silences(after: now), at: now)
    _ = machine.restore(try store.standing(), groups: try store.groups(since: now - 366 * 86_400_000), at: now)
    return Set(receivers).sorted().compactMap { receiver in
      guard let due = machine.messageDue(ofAlert: alert.id, to: receiver) else { return nil }
      return due > now
        ? "    \(receiver): it waits for the message of its group, until \(times.text(due))"
        : "    \(receiver): the message of its group has been due since \(times.text(due)); does the service run?"
    }
  }
}
