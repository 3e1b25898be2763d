import Foundation
import TriplineAlerts
import TriplineCore
import TriplineFormats

/// What the template of a backtest shows.
struct BacktestPage {
  struct Row {
    let difference: String?
    let time: String
    let rule: String
    let vehicle: String
    let fence: String
    let reason: String
    let told: String
  }

  struct Rule {
    let name: String
    let alerts: Int
    let muted: Int
    /// How many were gained, lost and changed; none where there is nothing to compare with.
    let differences: [Int]
  }

  let title = "Backtest"
  let subtitle: String
  let zone: String
  let facts: [TripPage.Fact]
  let isComparison: Bool
  let rules: [Rule]
  let hasRules: Bool
  let rows: [Row]
  let hasRows: Bool
  let leftOut: String?
  let nothing: String
  let failures: String?
  private(set) var hasMap = false

  /// More rows than these, or more bytes of them, are left out at the end.
  static let mostRows = 600
  private static let mostBytes = 450_000

  init(_ report: BacktestReport, _ text: PageText) {
    isComparison = report.before != nil
    zone = text.zoneName
    let sums = BacktestReport.Entry.Difference.allCases.map { difference in
      (difference, report.counts.values.reduce(0) { $0 + ($1.differences[difference] ?? 0) })
    }
    let alerts = report.counts.values.reduce(0) { $0 + $1.alerts }
    subtitle =
      isComparison
      ? sums.map { "\($1) \($0)" }.joined(separator: ", ") + ", beside the rules of now"
      : "\(alerts) alerts, the recorded tracks having gone through the rules"
    facts = Self.facts(report, alerts, sums)
    rules = report.counts.sorted { $0.key < $1.key }.map { name, count in
      Rule(
        name: name, alerts: count.alerts, muted: count.muted,
        differences: report.before == nil ? [] : sums.map { count.differences[$0.0] ?? 0 })
    }
    hasRules = !rules.isEmpty
    (rows, leftOut) = Self.rows(report.entries, text)
    hasRows = !rows.isEmpty
    nothing = isComparison ? "Nothing would be otherwise." : "There would have been no alert."
    failures =
      report.failures == 0
      ? nil : "\(report.failures) inputs could not be read, or not to their end: what they hold is not in this."
  }

  /// The page with a map where there is something to draw.
  func with(_ drawing: BacktestDrawing) -> BacktestPage {
    var page = self
    page.hasMap = !drawing.alerts.isEmpty
    return page
  }

  private static func facts(
    _ report: BacktestReport, _ alerts: Int, _ sums: [(BacktestReport.Entry.Difference, Int)]
  ) -> [TripPage.Fact] {
    let muted = report.counts.values.reduce(0) { $0 + $1.muted }
    var facts = [
      TripPage.Fact(name: "Alerts", value: "\(alerts)"), TripPage.Fact(name: "Muted of them", value: "\(muted)"),
    ]
    if let before = report.before {
      facts.append(TripPage.Fact(name: "Alerts with the rules of now", value: "\(before)"))
      facts += sums.map { TripPage.Fact(name: "\($0)".capitalized, value: "\($1)") }
    }
    return facts + [
      TripPage.Fact(name: "Vehicles", value: "\(report.coverage.vehicles)"),
      TripPage.Fact(name: "Trips and stops with fixes", value: TimeSpan.text(report.coverage.covered)),
      TripPage.Fact(name: "Without fixes", value: TimeSpan.text(report.coverage.gaps)),
      TripPage.Fact(name: "Fixes read", value: "\(report.fixes)"),
      TripPage.Fact(name: "Fixes used", value: "\(report.accepted)"),
    ]
  }

  private static func rows(_ entries: [BacktestReport.Entry], _ text: PageText) -> (rows: [Row], leftOut: String?) {
    var (rows, bytes): ([Row], Int) = ([], 0)
    for entry in entries.prefix(mostRows) {
      let row = row(entry, text)
      bytes += row.bytes
      guard bytes <= mostBytes else { break }
      rows.append(row)
    }
    let left = entries.count - rows.count
    return (rows, left == 0 ? nil : "\(left) later ones are left out; tripline backtest -o table lists all.")
  }

  private static func row(_ entry: BacktestReport.Entry, _ text: PageText) -> Row {
    let alert = entry.alert
    var reason = [alert.reason]
    if let summary = alert.annotations["summary"] { reason.append(summary) }
    if let other = entry.before { reason += changes(alert, other, text) }
    if let end = alert.resolvedAt, end > alert.startsAt {
      reason.append("over after \(TimeSpan.text(end - alert.startsAt))")
    }
    return Row(
      difference: entry.difference?.rawValue, time: text.time(alert.startsAt), rule: alert.rule,
      vehicle: alert.vehicleName, fence: alert.fenceName ?? alert.fenceID ?? "",
      reason: reason.joined(separator: "; "), told: alert.muting ?? "yes")
  }

  /// What of an alert is otherwise.
  private static func changes(_ alert: Alert, _ other: Alert, _ text: PageText) -> [String] {
    var changes: [String] = []
    if alert.startsAt != other.startsAt { changes.append("began \(text.time(other.startsAt))") }
    if alert.decidedAt != other.decidedAt {
      changes.append("fires \(text.time(alert.decidedAt)), fired \(text.time(other.decidedAt))")
    }
    if alert.resolvedAt != other.resolvedAt {
      changes.append("was over " + (other.resolvedAt.map(text.time) ?? "never"))
    }
    if (alert.muting == nil) != (other.muting == nil) { changes.append("was " + (other.muting ?? "told")) }
    return changes
  }
}

extension BacktestPage.Row {
  /// About how many bytes it takes on the page, with its mark on the map.
  fileprivate var bytes: Int {
    [time, rule, vehicle, fence, reason, told].reduce(300) { sum, text in
      sum + 2 * text.utf8.reduce(0) { $0 + (Self.escaped.contains($1) ? 6 : 1) }
    }
  }

  /// What templates write as an entity, and what of a script.
  private static let escaped: Set<UInt8> = Set("<>&\"'".utf8)
}
