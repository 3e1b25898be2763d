import Foundation
import TriplineCore
import TriplineFormats

/// Scores as lines for people.
struct ScoreTable {
  private let grouping: ScoreTripsCommand.Grouping
  private let table: TableText
  let header: String

  init(by grouping: ScoreTripsCommand.Grouping) {
    self.grouping = grouping
    switch grouping {
    case .trip:
      table = TableText(widths: [20, 24, 9, 9, 13, 5, 7])
      header = table.line(["TRACK", "START", "KM", "SCORE", "90 % BAND", "CONF", "DATA", "LOST FOR"])
    case .vehicle, .driver, .fleet:
      table = TableText(widths: [20, 7, 10, 7, 7, 6, 12, 12])
      header = table.line([
        "\(grouping)".uppercased(), "TRIPS", "KM", "SCORE", "SAMSARA", "DATA", "BRAKES/100KM", "SEVERE/100KM",
        "TOO FAST",
      ])
    }
  }

  func line(_ trip: Trip, _ score: TripScore, of track: TrackTable.Track) -> String {
    let driving = score.driving
    let band = driving.low.flatMap { low in driving.high.map { "\(number(low)) to \(number($0))" } } ?? ""
    return table.line([
      track.trackID, Timestamp.text(trip.start) ?? "", number(trip.distance / 1000, 1),
      driving.value.map { number($0) } ?? "none", band,
      driving.value == nil ? "" : number(driving.confidence, 2),
      "\(number(score.quality.value)) \(score.quality.grade.rawValue.uppercased())",
      driving.absence?.explanation ?? losses(score),
    ])
  }

  func line(_ summary: ScoreSummary, id: String) -> String {
    func rate(_ level: HarshEvent.Level) -> String {
      summary.rate(of: .brake, from: level).map { number($0, 1) } ?? "unknown"
    }
    return table.line([
      id.isEmpty ? "(unknown)" : id, "\(summary.trips)", number(summary.distance / 1000, 1),
      summary.score.map { number($0) } ?? "none", summary.samsaraClassic.map { number($0) } ?? "none",
      summary.quality.map { number($0) } ?? "", rate(.harsh), rate(.severe),
      summary.overspeedShare.map { number($0 * 100, 1) + " %" } ?? "no limit",
    ])
  }

  /// What all trips come to.
  func footer(_ total: ScoreSummary) -> String {
    let score = total.score.map { "score \(number($0)), by distance, of \(total.scoredTrips) that say enough" }
    return
      "\n\(total.trips) trips over \(number(total.distance / 1000, 1)) km, \(score ?? "none of which says enough for a score")\n"
  }

  private func losses(_ score: TripScore) -> String {
    score.losses.filter { $0.points >= 0.5 }.map { "\($0.reason) \(number($0.points))" }.joined(separator: ", ")
  }

  private func number(_ value: Double, _ decimals: Int = 0) -> String { String(format: "%.\(decimals)f", value) }
}
