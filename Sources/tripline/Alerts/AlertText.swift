import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// Alerts as lines, for people or for programs.
struct AlertText {
  private struct Record: Encodable {
    var difference: String?
    var status: String?
    var id: String
    var alert: String
    var vehicle: String
    var fence: String?
    var startsAt: String?
    var decidedAt: String?
    var resolvedAt: String?
    var muted: String?
    var before: Before?
    var reason: String
    var labels: [String: String]
    var annotations: [String: String]
    var longitude: Double?
    var latitude: Double?
  }

  /// What it is with the rules of now.
  private struct Before: Encodable {
    var id: String
    var startsAt: String?
    var decidedAt: String?
    var resolvedAt: String?
    var muted: String?

    init(_ alert: Alert) {
      id = alert.id
      startsAt = Timestamp.text(alert.startsAt)
      decidedAt = Timestamp.text(alert.decidedAt)
      resolvedAt = alert.resolvedAt.flatMap { Timestamp.text($0) }
      muted = alert.muting
    }
  }

  private static let widths = [7, 26, 16, 18, 16]
  private let table = TableText(widths: AlertText.widths)
  private let kept = TableText(widths: AlertText.widths + [13])
  private let times: LocalTime

  /// Writes times for people in a zone.
  init(zone: TimeZone) { times = LocalTime(zone) }

  /// The names of the columns of alerts of a backtest, with its end; `sign` is that of the differences.
  func header(_ sign: String = "") -> String {
    table.line([sign, "SINCE", "RULE", "VEHICLE", "FENCE OR OTHER", "WHY"])
  }

  /// The names of the columns of alerts that are kept, with its end.
  var keptHeader: String { kept.line(["STATUS", "SINCE", "RULE", "VEHICLE", "FENCE OR OTHER", "ALERT", "WHY"]) }

  /// A line of an alert of a backtest, with its end; of a difference with its sign and what there was before.
  func line(_ alert: Alert, as format: ListFormat, sign: String? = nil, from other: Alert? = nil) throws -> String {
    guard format == .table else { return try JSONLine.text(record(alert, difference: sign, from: other)) }
    return table.line([
      sign ?? "", times.text(alert.startsAt), alert.rule, alert.vehicleID, alert.fenceID ?? alert.otherID ?? "",
      details(alert, other),
    ])
  }

  /// A line of an alert that is kept, with its end and the beginning of its id, which `explain` takes.
  func line(_ alert: Alert, as format: ListFormat, isFiring: Bool) throws -> String {
    guard format == .table else { return try JSONLine.text(record(alert, status: isFiring ? "firing" : "resolved")) }
    return kept.line([
      isFiring ? "firing" : "over", times.text(alert.startsAt), alert.rule, alert.vehicleID,
      alert.fenceID ?? alert.otherID ?? "",
      String(alert.id.prefix(13)), details(alert, nil),
    ])
  }

  private func details(_ alert: Alert, _ other: Alert?) -> String {
    var details = alert.reason
    if let other { details += changes(alert, other) }
    if let summary = alert.annotations["summary"] { details += " (\(summary))" }
    if let muting = alert.muting { details += "; \(muting)" }
    if let resolved = alert.resolvedAt, resolved > alert.startsAt {
      details += "; over after \(TimeSpan.text(resolved - alert.startsAt))"
    }
    return details
  }

  /// What would be told of alerts, those that are muted left out, in the order of its times.
  static func events(_ alerts: [Alert]) -> [String] {
    var changes: [(time: Int64, change: AlertChange)] = []
    for alert in alerts where alert.muting == nil {
      changes.append((alert.decidedAt, .fired(alert)))
      if let end = alert.resolvedAt { changes.append((max(end, alert.decidedAt), .resolved(alert))) }
    }
    return changes.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map { change in
      String(decoding: CloudEvent(change.element.change, source: "/tripline/backtest").json, as: UTF8.self) + "\n"
    }
  }

  /// What of an alert is otherwise.
  private func changes(_ alert: Alert, _ other: Alert) -> String {
    var text = ""
    if alert.startsAt != other.startsAt { text += "; began \(times.text(other.startsAt))" }
    if alert.decidedAt != other.decidedAt {
      text += "; fires \(times.text(alert.decidedAt)), fired \(times.text(other.decidedAt))"
    }
    if alert.resolvedAt != other.resolvedAt {
      text += "; was over " + (other.resolvedAt.map(times.text) ?? "never")
    }
    if (alert.muting == nil) != (other.muting == nil) { text += "; was " + (other.muting ?? "told") }
    return text
  }

  private func record(
    _ alert: Alert, difference: String? = nil, status: String? = nil, from other: Alert? = nil
  ) -> Record {
    Record(
      difference: difference, status: status, id: alert.id, alert: alert.rule, vehicle: alert.vehicleID,
      fence: alert.fenceID, startsAt: Timestamp.text(alert.startsAt), decidedAt: Timestamp.text(alert.decidedAt),
      resolvedAt: alert.resolvedAt.flatMap { Timestamp.text($0) },
      muted: alert.muting, before: other.map(Before.init), reason: alert.reason,
      labels: alert.labels, annotations: alert.annotations,
      longitude: alert.coordinate?.longitude, latitude: alert.coordinate?.latitude)
  }
}
