import TriplineCore
import TriplineFormats

/// What the template of a fleet report shows.
struct FleetPage {
  /// A row of a distribution.
  struct Bar {
    let name: String
    let count: Int
    let share: String
    /// Percent of the longest bar.
    let width: String
  }

  struct Rank {
    /// Empty without a score.
    let rank: String
    let id: String
    let trips: Int
    let distance: String
    let score: String
    let quality: String
    let brakes: String
    let severe: String
    let speeding: String
  }

  struct LowTrip {
    let who: String
    let track: String
    let start: String
    let distance: String
    let score: String
    let band: String
    let losses: String
  }

  struct Row {
    let who: String
    let track: String
    let time: String
    let what: String
    let details: String
    let rows: String
  }

  let title = "Fleet"
  let subtitle: String
  let zone: String
  let facts: [TripPage.Fact]
  let scores: [Bar]
  let scoredCount: Int
  let leastConfidence: String
  let unscored: [Bar]
  let hasUnscored: Bool
  let grades: [Bar]
  let group: String
  let ranks: [Rank]
  let leftOut: String?
  let lowest: [LowTrip]
  let hasLowest: Bool
  let brakes: [Row]
  let hasBrakes: Bool
  let brakesNote: String
  let overspeeds: [Row]
  let hasOverspeeds: Bool
  let overspeedsNote: String
  let hasMap: Bool
  let refused: String
  let norms: String
  let options: String?

  /// More rows than this are left out in the middle.
  private static let mostRanks = 400

  init(
    _ report: FleetReport, _ text: PageText, _ drawing: FleetDrawing, _ counts: GateCounts, _ scoring: ScoringParameters
  ) {
    let total = report.total
    subtitle = "\(total.trips) trips from \(text.time(report.start)) to \(text.time(report.end))"
    zone = text.zoneName
    group = report.grouping == .vehicle ? "Vehicle" : "Driver"
    facts = Self.facts(total, groups: report.groups.count, group)
    scoredCount = total.scoredTrips
    leastConfidence = PageText.number(ScoreSummary.leastConfidence, 1)
    scores = Self.bars((0..<10).reversed().map { ("\($0 * 10) to \($0 * 10 + 10)", report.scores[$0]) })
    var reasons = DrivingScore.Absence.allCases.map { ($0.explanation, report.absences[$0] ?? 0) }
    reasons.append(("a score with a confidence below \(leastConfidence)", report.unsureCount))
    unscored = Self.bars(reasons.filter { $0.1 > 0 })
    hasUnscored = !unscored.isEmpty
    let grades: [(DataQuality.Grade, String)] = [
      (.a, "A, from 90"), (.b, "B, from 75"), (.c, "C, from 50"), (.d, "D, below"),
    ]
    self.grades = Self.bars(grades.map { ($0.1, report.grades[$0.0] ?? 0) })
    (ranks, leftOut) = Self.ranks(report.groups, by: report.grouping)
    lowest = report.lowest.elements.map { Self.trip($0.element, of: report.group(of: $0.element.track), text) }
    hasLowest = !lowest.isEmpty
    brakes = Self.rows(report.brakes, of: report, text)
    hasBrakes = !brakes.isEmpty
    brakesNote =
      total.distanceWithEvents == 0
      ? "Brakes cannot be told: receivers state too few speeds, or fixes are more than 2 s apart."
      : Self.note(report.brakes.count, brakes.count, "brake", "harsh or severe")
    overspeeds = Self.rows(report.overspeeds, of: report, text)
    hasOverspeeds = !overspeeds.isEmpty
    overspeedsNote =
      total.limited > 0
      ? Self.note(report.overspeeds.count, overspeeds.count, "time", "too fast")
      : "No speed limits are known. They come from a column of the tracks, from fences, or from --speed-limit."
    hasMap = !drawing.events.isEmpty
    let reasonsRefused = RejectionReason.allCases.filter { counts[$0] > 0 }.map { "\($0.code) \(counts[$0])" }
    refused =
      "\(counts.received) fixes, \(counts.accepted) of them accepted"
      + (reasonsRefused.isEmpty ? "" : "; refused: \(reasonsRefused.joined(separator: ", "))")
    norms = scoring.norms.text
    options = scoring.options
  }

  private static func rows<Event: ReportedEvent>(
    _ list: WorstList<FleetReport.TrackEvent<Event>>, of report: FleetReport, _ text: PageText
  ) -> [Row] {
    list.elements.map { _, found in
      Row(
        who: report.group(of: found.track), track: found.track.trackID, time: text.time(found.event.start),
        what: found.event.degree, details: found.event.details, rows: found.event.rows)
    }
  }

  private static func facts(_ total: ScoreSummary, groups: Int, _ group: String) -> [TripPage.Fact] {
    func rate(_ level: HarshEvent.Level) -> String {
      total.rate(of: .brake, from: level).map { PageText.number($0, 1) } ?? "not known"
    }
    var facts = [
      TripPage.Fact(name: "\(group)s", value: "\(groups)"), TripPage.Fact(name: "Trips", value: "\(total.trips)"),
      TripPage.Fact(name: "Distance", value: PageText.kilometers(total.distance)),
      TripPage.Fact(name: "In motion", value: TimeSpan.text(total.moving)),
      TripPage.Fact(name: "Driving score", value: total.score.map { PageText.number($0) } ?? "none"),
      TripPage.Fact(name: "Data quality", value: total.quality.map { PageText.number($0) } ?? "none"),
      TripPage.Fact(name: "Harsh brakes in 100 km", value: rate(.harsh)),
      TripPage.Fact(name: "Severe brakes in 100 km", value: rate(.severe)),
    ]
    if let share = total.overspeedShare {
      facts.append(TripPage.Fact(name: "Time too fast", value: PageText.percent(share)))
    }
    if let idle = total.idle {
      facts.append(TripPage.Fact(name: "At rest on the way, engine on", value: TimeSpan.text(idle)))
    }
    if let night = total.night { facts.append(TripPage.Fact(name: "At night", value: TimeSpan.text(night))) }
    return facts
  }

  private static func bars(_ counts: [(name: String, count: Int)]) -> [Bar] {
    let sum = max(1, counts.reduce(0) { $0 + $1.count })
    let longest = max(1, counts.map(\.count).max() ?? 1)
    return counts.map { name, count in
      Bar(
        name: name, count: count, share: PageText.number(100 * Double(count) / Double(sum)),
        width: PageText.number(100 * Double(count) / Double(longest), 1))
    }
  }

  /// By score, the best one first, and who has none at the end. Of too many those with middle scores are left out first,
  /// and said to be.
  private static func ranks(
    _ groups: [String: ScoreSummary], by grouping: FleetReport.Grouping
  ) -> (rows: [Rank], leftOut: String?) {
    let sorted = groups.sorted { a, b in
      let (first, second) = (a.value.score ?? -1, b.value.score ?? -1)
      return first != second ? first > second : a.key < b.key
    }
    let scored = sorted.count { $0.value.score != nil }
    let rows = sorted.enumerated().map { rank($0.element.key, $0.element.value, $0.offset + 1) }
    guard rows.count > mostRanks else { return (rows, nil) }
    let (best, rest) = (rows[..<scored], rows[scored...])
    let shown =
      best.count <= mostRanks ? Array(best) : Array(best.prefix(mostRanks / 2) + best.suffix(mostRanks / 2))
    let unscored = rest.isEmpty ? "" : " and \(rest.count) without a score"
    return (
      shown,
      "\(best.count - shown.count) with scores in the middle\(unscored) are left out; tripline score --by \(grouping) lists all."
    )
  }

  private static func rank(_ id: String, _ summary: ScoreSummary, _ rank: Int) -> Rank {
    func rate(_ level: HarshEvent.Level) -> String {
      summary.rate(of: .brake, from: level).map { PageText.number($0, 1) } ?? "not known"
    }
    return Rank(
      rank: summary.score == nil ? "" : "\(rank)", id: id, trips: summary.trips,
      distance: PageText.kilometers(summary.distance), score: summary.score.map { PageText.number($0) } ?? "none",
      quality: summary.quality.map { PageText.number($0) } ?? "none", brakes: rate(.harsh), severe: rate(.severe),
      speeding: summary.overspeedShare.map { PageText.percent($0) } ?? "no limit")
  }

  private static func trip(_ scored: FleetReport.ScoredTrip, of who: String, _ text: PageText) -> LowTrip {
    let driving = scored.score.driving
    let band = driving.low.flatMap { low in
      driving.high.map { "\(PageText.number(low)) to \(PageText.number($0))" }
    }
    let losses = scored.score.losses.filter { $0.points >= 0.5 }.sorted { $0.points > $1.points }
    return LowTrip(
      who: who, track: scored.track.trackID, start: text.time(scored.trip.start),
      distance: PageText.kilometers(scored.trip.distance), score: driving.value.map { PageText.number($0) } ?? "",
      band: band ?? "", losses: losses.map { "\($0.reason) \(PageText.number($0.points))" }.joined(separator: ", "))
  }

  private static func note(_ count: Int, _ shown: Int, _ word: String, _ what: String) -> String {
    switch count {
    case 0: "No \(word) was \(what)."
    case shown: "\(count) \(word)\(count == 1 ? "" : "s") \(what), the worst first."
    default: "The \(shown) worst of \(count) \(word)s \(what)."
    }
  }
}
