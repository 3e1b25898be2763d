import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// Alerts as lines, for people or for programs.
struct AlertText {
  private struct Record: Encodable {
    var difference: String?
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

  private let table = TableText(widths: [7, 20, 16, 18, 16])
  private let times: LocalTime

  /// Writes times for people in a zone.
  init(zone: TimeZone) {
    times = LocalTime(zone, "yyyy-MM-dd HH:mm:ss")
  }

  /// A line with its end.
  func line(_ alert: Alert, as format: ListFormat, sign: String? = nil, from other: Alert? = nil) throws -> String {
    guard format == .table else { return try JSONLine.text(record(alert, sign, other)) }
    var details = alert.reason
    if let other { details += changes(alert, other) }
    if let summary = alert.annotations["summary"] { details += " (\(summary))" }
    if let muting = alert.muting { details += "; \(muting)" }
    if let resolved = alert.resolvedAt, resolved > alert.startsAt {
      details += "; over after \(TimeSpan.text(resolved - alert.startsAt))"
    }
    return table.line([
      sign ?? "", times.text(alert.startsAt), alert.rule, alert.vehicleID, alert.fenceID ?? "", details,
    ])
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

  private func record(_ alert: Alert, _ sign: String?, _ other: Alert?) -> Record {
    Record(
      difference: sign, id: alert.id, alert: alert.rule, vehicle: alert.vehicleID, fence: alert.fenceID,
      startsAt: Timestamp.text(alert.startsAt), decidedAt: Timestamp.text(alert.decidedAt),
      resolvedAt: alert.resolvedAt.flatMap { Timestamp.text($0) },
      muted: alert.muting, before: other.map(Before.init), reason: alert.reason,
      labels: alert.labels, annotations: alert.annotations,
      longitude: alert.coordinate?.longitude, latitude: alert.coordinate?.latitude)
  }
}
