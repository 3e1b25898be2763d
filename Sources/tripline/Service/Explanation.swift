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
  private let vehicles: [String: UInt32]
  private let times: LocalTime

  /// Takes a store that a service has run on.
  init(store: AlertStore) throws {
    self.store = store
    guard let stored = try store.checkpoint()?.configuration else {
      throw StoreError(.missing, "no service has run on \(store.path) yet, so there is nothing to explain.")
    }
    configuration = try LoadedConfiguration(stored, file: "the configuration in force")
    vehicles = Dictionary(uniqueKeysWithValues: try store.vehicles().map { ($0.id, $0.number) })
    times = LocalTime(configuration.alerts.zone, "yyyy-MM-dd HH:mm:ss zzz")
  }

  // MARK: An alert

  /// Why an alert fired, and what came of it.
  func lines(of stored: AlertStore.StoredAlert) throws -> [String] {
    let alert = stored.alert
    var lines = [
      "\(alert.id): \(alert.rule) of \(alert.vehicleName) (\(alert.vehicleID))"
        + (alert.fenceID.map { " at \(alert.fenceName ?? $0) (\($0))" } ?? ""),
      "  why        \(alert.reason)", "  true since \(times.text(alert.startsAt))",
      "  decided    \(times.text(alert.decidedAt)), recorded \(times.text(stored.recordedAt))",
    ]
    lines.append("  over       \(alert.resolvedAt.map(times.text) ?? "not yet")")
    lines.append(
      "  rule       revision \(alert.revision)" + (isInForce(alert) ? ", in force" : ", not in force any more"))
    lines.append("  schedule   \(alert.muting.map { "\($0) when it was decided" } ?? "somebody is told at that time")")
    if let vehicle = vehicles[alert.vehicleID] {
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

  /// When the change that the alert tells of began to be weighed.
  private func firstTrace(of alert: Alert, _ vehicle: UInt32) throws -> Int64 {
    let told = try store.traces(
      ofVehicle: vehicle, in: alert.decidedAt...alert.decidedAt, rule: alert.rule, fence: alert.fenceID)
    return min(alert.startsAt, told.map(\.decision.pendingSince).min() ?? alert.startsAt)
  }

  // MARK: A time

  /// What a rule made of a vehicle around a time, in milliseconds UTC.
  func lines(ofVehicle id: String, rule name: String, at time: Int64, around: Int64) throws -> [String] {
    guard let vehicle = vehicles[id] else {
      throw StoreError(.missing, "no fix of a vehicle \(id) has come to this service.")
    }
    guard let rule = configuration.alerts.rules.first(where: { $0.name == name }) else {
      let names = configuration.alerts.rules.map(\.name).joined(separator: ", ")
      throw StoreError(.missing, "there is no rule \(name) in force; there are \(names).")
    }
    let window = (time - around)...(time + around)
    var lines = ["\(name), vehicle \(id), \(times.text(time)), and \(TimeSpan.text(around)) before and after"]
    if let ids = rule.vehicles, !ids.contains(id) { lines.append("  the rule is not about this vehicle") }
    let muting = rule.muting(at: time, vehicle: id)
    lines.append("  schedule   \(muting.map { "\($0) at that time" } ?? "somebody is told at that time")")
    let alerts = try store.alerts(in: .min..<(window.upperBound + 1), rule: name, vehicle: id)
      .filter { ($0.alert.resolvedAt ?? .max) >= window.lowerBound }
    for stored in alerts {
      let end = stored.alert.resolvedAt.map { "until \(times.text($0))" } ?? "and still does"
      lines.append(
        "  it fired   \(stored.alert.id) from \(times.text(stored.alert.startsAt)) \(end): \(stored.alert.reason)")
      for hold in try store.holds(ofAlert: stored.alert.id) { lines.append("             not told: \(hold.reason)") }
    }
    if alerts.isEmpty { lines.append("  it did not fire") }
    guard rule.trigger.isOfFences else { return lines }
    return try lines
      + evidence(
        vehicle, in: window, rule: name, fence: nil,
        nothing:
          "nothing was weighed: no fix of that time came, none was near the edge of a fence of the rule, or retain_traces is over"
      )
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
}
