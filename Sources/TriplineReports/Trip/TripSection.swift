import TriplineCore
import TriplineFormats

/// What the template of a trip report shows of one trip.
struct TripSection {
  struct Loss {
    let reason: String
    let points: String
    let share: String
  }

  struct Part {
    let name: String
    let value: String
    let weight: String
    let meaning: String
  }

  struct Row {
    let time: String
    let what: String
    let details: String
    let rows: String
  }

  let number: Int
  let when: String
  let facts: [TripPage.Fact]
  let score: String
  let scoreDetails: String
  let losses: [Loss]
  let hasLosses: Bool
  let quality: String
  let grade: String
  let parts: [Part]
  let events: [Row]
  let hasEvents: Bool
  let noticeable: String?
  let eventAbsence: String?
  let evidence: String

  init(_ scored: TripReport.ScoredTrip, number: Int, _ text: PageText) {
    let (trip, score) = (scored.trip, scored.score)
    self.number = number
    when = "\(text.time(trip.start)) to \(text.time(trip.end))"
    facts = Self.facts(trip, score)
    self.score = score.driving.value.map { PageText.number($0) } ?? "none"
    scoreDetails = Self.details(score)
    losses = score.losses.sorted { $0.points > $1.points }.map {
      Loss(
        reason: $0.reason.prefix(1).uppercased() + $0.reason.dropFirst(), points: PageText.number($0.points, 1),
        share: PageText.number(min(100, $0.points), 1))
    }
    hasLosses = !losses.isEmpty
    quality = PageText.number(score.quality.value)
    grade = score.quality.grade.rawValue.uppercased()
    parts = Self.parts(score.quality)
    events = Self.events(scored, text)
    hasEvents = !events.isEmpty
    let weak = scored.harsh.count { $0.level == .noticeable }
    noticeable =
      weak > 0 ? "\(weak) noticeable ones are not listed: at that level they are a statistic." : nil
    eventAbsence = score.eventAbsence.map {
      switch $0 {
      case .noSpeed: "Harsh events cannot be told: the receiver states too few speeds."
      case .sampling: "Harsh events cannot be told: fixes are more than 2 s apart."
      }
    }
    evidence =
      "Rows \(score.firstSequence) to \(score.lastSequence) of the track, counted from 0; \(trip.fixes) fixes were used."
  }

  private static func facts(_ trip: Trip, _ score: TripScore) -> [TripPage.Fact] {
    var facts = [
      TripPage.Fact(name: "Distance", value: PageText.kilometers(trip.distance)),
      TripPage.Fact(name: "Duration", value: TimeSpan.text(trip.duration)),
      TripPage.Fact(name: "In motion", value: TimeSpan.text(trip.moving)),
      TripPage.Fact(name: "At rest on the way", value: TimeSpan.text(trip.stationary)),
    ]
    if let idle = score.idle { facts.append(TripPage.Fact(name: "With the engine on", value: TimeSpan.text(idle))) }
    if trip.gap > 0 {
      facts.append(TripPage.Fact(name: "Without fixes", value: TimeSpan.text(trip.gap)))
      facts.append(TripPage.Fact(name: "Way without fixes", value: PageText.kilometers(trip.gapDistance)))
    }
    // Where speeds and positions contradict each other, the time in motion is not that of the way.
    if let speed = trip.averageMovingSpeed, speed <= trip.maximumSpeed.map({ Double($0) }) ?? .infinity {
      facts.append(TripPage.Fact(name: "Average in motion", value: PageText.speed(speed)))
    }
    if let speed = trip.maximumSpeed {
      facts.append(TripPage.Fact(name: "Fastest for three fixes", value: PageText.speed(Double(speed))))
    }
    if let share = score.overspeedShare {
      facts.append(TripPage.Fact(name: "Time too fast", value: PageText.percent(share)))
    }
    if let night = score.night { facts.append(TripPage.Fact(name: "At night", value: TimeSpan.text(night))) }
    return facts
  }

  private static func details(_ score: TripScore) -> String {
    let driving = score.driving
    if let absence = driving.absence { return "No score: \(absence.explanation)." }
    guard let low = driving.low, let high = driving.high else { return "" }
    return
      "Between \(PageText.number(low)) and \(PageText.number(high)) with a probability of 90 %, as far as the trip "
      + "itself tells; confidence \(PageText.number(driving.confidence, 2))."
      + (driving.normFactor < 1
        ? " Fixes further apart show less: what is ordinary was multiplied by \(PageText.number(driving.normFactor, 2))."
        : "")
  }

  private static func parts(_ quality: DataQuality) -> [Part] {
    let known = PageText.number(quality.accuracyKnown * 100)
    let words = [
      ("Coverage", "time in motion without gaps and long steps"), ("Continuity", "way outside of gaps"),
      ("Accuracy", "of the fixes; \(known) % of them state it, the others count a half"),
      ("Plausibility", "few jumps, contradictions and frozen fixes"),
      ("Order", "few repeated, late and future fixes"), ("End points", "begins where the vehicle stopped before"),
      ("Agreement", "ways by positions and by speeds are alike"),
    ]
    return zip(words, quality.components).map { words, component in
      Part(
        name: words.0, value: component.value.map { PageText.number($0 * 100) + " %" } ?? "not known",
        weight: PageText.number(component.weight, 2), meaning: words.1)
    }
  }

  private static func events(_ scored: TripReport.ScoredTrip, _ text: PageText) -> [Row] {
    scored.events.map { event in
      Row(
        time: text.time(event.start), what: "\(event.word), \(event.degree)", details: event.details, rows: event.rows)
    }
  }
}
