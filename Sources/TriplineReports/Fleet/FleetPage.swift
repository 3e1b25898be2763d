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
    let rank: Int
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
    let vehicle: String
    let track: String
    let start: String
    let distance: String
    let score: String
    let band: String
    let losses: String
  }

  struct Row {
    let vehicle: String
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

  /// More rows than this are left out in the middle.
  private static let mostRanks = 400

  init(
    _ report: FleetReport, _ text: PageText, _ drawing: FleetDrawing, _ counts: GateCounts, _ norms: ScoreNorms
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
    let all = Self.ranks(report.groups)
    ranks = all.count <= Self.mostRanks ? all : all.prefix(Self.mostRanks / 2) + all.suffix(Self.mostRanks / 2)
    leftOut =
      all.count > ranks.count
      ? "\(all.count - ranks.count) in the middle are left out; tripline score --by \(report.grouping) lists all." : nil
    lowest = report.lowest.elements.map { Self.trip($0.element, text) }
    hasLowest = !lowest.isEmpty
    brakes = report.brakes.elements.map { _, found in
      Row(
        vehicle: found.track.vehicleID, track: found.track.trackID, time: text.time(found.event.start),
        what: "\(found.event.level)", details: found.event.details,
        rows: "\(found.event.firstSequence) to \(found.event.lastSequence)")
    }
    hasBrakes = !brakes.isEmpty
    brakesNote = Self.note(report.brakes.count, brakes.count, "brake", "harsh or severe")
    overspeeds = report.overspeeds.elements.map { _, found in
      Row(
        vehicle: found.track.vehicleID, track: found.track.trackID, time: text.time(found.event.start),
        what: "\(found.event.tier)", details: found.event.details,
        rows: "\(found.event.firstSequence) to \(found.event.lastSequence)")
    }
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
    self.norms = [norms.slow, norms.medium, norms.fast].map { PageText.number($0, 2) }.joined(separator: ", ")
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

  /// By score, the best one first; those without a score at the end.
  private static func ranks(_ groups: [String: ScoreSummary]) -> [Rank] {
    let sorted = groups.sorted { a, b in
      let (first, second) = (a.value.score ?? -1, b.value.score ?? -1)
      return first != second ? first > second : a.key < b.key
    }
    return sorted.enumerated().map { index, group in
      let summary = group.value
      func rate(_ level: HarshEvent.Level) -> String {
        summary.rate(of: .brake, from: level).map { PageText.number($0, 1) } ?? "not known"
      }
      return Rank(
        rank: index + 1, id: group.key.isEmpty ? "(unknown)" : group.key, trips: summary.trips,
        distance: PageText.kilometers(summary.distance), score: summary.score.map { PageText.number($0) } ?? "none",
        quality: summary.quality.map { PageText.number($0) } ?? "none", brakes: rate(.harsh), severe: rate(.severe),
        speeding: summary.overspeedShare.map { PageText.percent($0) } ?? "no limit")
    }
  }

  private static func trip(_ scored: FleetReport.ScoredTrip, _ text: PageText) -> LowTrip {
    let driving = scored.score.driving
    let band = driving.low.flatMap { low in
      driving.high.map { "\(PageText.number(low)) to \(PageText.number($0))" }
    }
    let losses = scored.score.losses.filter { $0.points >= 0.5 }.sorted { $0.points > $1.points }
    return LowTrip(
      vehicle: scored.track.vehicleID, track: scored.track.trackID, start: text.time(scored.trip.start),
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
