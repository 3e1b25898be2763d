public import Foundation
public import TriplineAlerts
import TriplineCore
public import TriplineFormats

/// What rules would have told of recorded tracks, for people, or what would be otherwise with them.
public struct BacktestReport: Sendable {
  /// An alert, and what it is beside those of the rules of now.
  struct Entry: Sendable {
    /// What it is; `nil` where there is nothing to compare with.
    enum Difference: String, Sendable, CaseIterable {
      case gained, lost, changed
    }

    var alert: Alert
    var difference: Difference?
    /// The one of before, where it has changed.
    var before: Alert?
  }

  /// Alerts of one rule.
  struct Count: Sendable {
    var alerts = 0
    var muted = 0
    var differences: [Entry.Difference: Int] = [:]
  }

  let entries: [Entry]
  let counts: [String: Count]
  let coverage: BacktestResult.Coverage
  let fixes: Int
  let accepted: Int
  /// Inputs that could not be read, or not to their end.
  let failures: Int
  /// How many alerts the rules of now have told; `nil` where there is nothing to compare with.
  let before: Int?

  /// Creates a report.
  ///
  /// - Parameters:
  ///   - result: what the rules told.
  ///   - baseline: what the rules of now told; without it all alerts are listed, and with it the differences.
  ///   - times: only alerts that begin in this time, in milliseconds UTC.
  public init(_ result: BacktestResult, baseline: BacktestResult?, in times: Range<Int64>) {
    let alerts = result.alerts.filter { times.contains($0.startsAt) }
    if let baseline {
      entries = result.differences(from: baseline).map(Self.entry).filter { times.contains($0.alert.startsAt) }
    } else {
      entries = alerts.map { Entry(alert: $0) }
    }
    before = baseline.map { $0.alerts.count { times.contains($0.startsAt) } }
    var counts: [String: Count] = [:]
    for alert in alerts {
      counts[alert.rule, default: Count()].alerts += 1
      if alert.muting != nil { counts[alert.rule]?.muted += 1 }
    }
    for entry in entries {
      guard let difference = entry.difference else { continue }
      counts[entry.alert.rule, default: Count()].differences[difference, default: 0] += 1
    }
    self.counts = counts
    coverage = result.coverage(of: times)
    (fixes, accepted, failures) = (result.fixes, result.accepted, result.failures.count)
  }

  private static func entry(_ difference: BacktestResult.Difference) -> Entry {
    switch difference {
    case .gained(let alert): Entry(alert: alert, difference: .gained)
    case .lost(let alert): Entry(alert: alert, difference: .lost)
    case .changed(let alert, let other): Entry(alert: alert, difference: .changed, before: other)
    }
  }

  /// The page, one HTML file that needs nothing else: no network, no other file.
  ///
  /// - Parameter zone: the time zone of all times on it.
  /// - Throws: `unreadableFile` where the parts it is made of are not beside the program, and `tooLarge`.
  public func page(in zone: TimeZone) throws(FormatError) -> String {
    let assets = try WebAssets()
    let times = entries.flatMap { entry in
      [entry.alert, entry.before].compactMap(\.self).flatMap {
        [$0.startsAt, $0.decidedAt, $0.resolvedAt ?? $0.startsAt]
      }
    }
    let text = PageText(zone: zone, from: times.min() ?? 0, to: times.max() ?? 0)
    let page = BacktestPage(self, text)
    let drawing = BacktestDrawing(entries.prefix(page.rows.count), text, countries: try assets.countries())
    return try assets.page("backtest", page.with(drawing), data: drawing)
  }
}
