import TriplineCore
import TriplineFormats

/// What the template of a trip report shows.
struct TripPage {
  struct Fact {
    let name: String
    let value: String
  }

  /// A stop or a trip, in the order of time.
  struct Stretch {
    let what: String
    let start: String
    let end: String
    let duration: String
    let details: String
    let isTrip: Bool
  }

  struct Visit {
    let fence: String
    let enter: String
    let exit: String
    let duration: String
    let details: String
  }

  struct Count {
    let name: String
    let count: Int
    let meaning: String
  }

  let title: String
  let subtitle: String
  let zone: String
  let facts: [Fact]
  let stretches: [Stretch]
  let trips: [TripSection]
  let visits: [Visit]
  let hasVisits: Bool
  let refused: [Count]
  let hasRefused: Bool
  let received: Int
  let accepted: Int
  let hasWay: Bool
  let hasChart: Bool
  let speedSource: String
  let tolerance: String
  let norms: String
  let options: String?
  let noTrip: String?
  let hasStretches: Bool
  let hasLimits: Bool
  let chartZone: String?
  let leftOutFences: String?

  init(_ report: TripReport, _ text: PageText, _ drawing: TripDrawing) {
    let track = report.track
    title = "Track \(track.trackID)"
    let starts = report.stops.map(\.start) + report.points.prefix(1).map(\.time)
    let ends = report.stops.map(\.end) + report.points.suffix(1).map(\.time)
    var line = ["Vehicle \(track.vehicleID)"]
    if !track.driverID.isEmpty { line.append("driver \(track.driverID)") }
    if let start = starts.min(), let end = ends.max() { line.append("\(text.time(start)) to \(text.time(end))") }
    subtitle = line.joined(separator: ", ")
    zone = text.zoneName
    var summary = ScoreSummary()
    for trip in report.trips { summary.add(trip.trip, trip.score) }
    facts = Self.facts(summary, report)
    stretches = Self.stretches(report, text)
    trips = report.trips.enumerated().map { TripSection($0.element, number: $0.offset + 1, text) }
    let names = Dictionary(report.fences.map { ($0.id, $0.name) }) { name, _ in name }
    visits = report.visits.sorted { $0.visit.enterTime < $1.visit.enterTime }.map {
      Self.visit($0.visit, names[$0.fence] ?? $0.fence, text)
    }
    hasVisits = !visits.isEmpty
    let counts = report.counts
    refused = RejectionReason.allCases.filter { counts[$0] > 0 }.map {
      Count(name: $0.code, count: counts[$0], meaning: $0.meaning)
    }
    hasRefused = !refused.isEmpty
    (received, accepted) = (counts.received, counts.accepted)
    hasWay = report.points.count > 1
    hasChart = drawing.rows.count > 1
    speedSource = drawing.isReported ? "as the receiver reports it" : "from positions, for the receiver reports too few"
    tolerance = PageText.number(drawing.tolerance)
    let scoring = report.configuration.scoring ?? ScoringParameters()
    norms = scoring.norms.text
    options = scoring.options
    let definitions = report.configuration.trips
    noTrip = report.trips.isEmpty ? Self.noTrip(definitions) : nil
    hasStretches = !stretches.isEmpty
    hasLimits = drawing.hasLimits
    chartZone = text.hasChange ? "Clocks were changed; the chart's is at \(text.offsetName) throughout." : nil
    leftOutFences =
      drawing.leftOutFences > 0 ? "\(drawing.leftOutFences) fences that were not visited are not drawn." : nil
  }

  private static func noTrip(_ definitions: TripParameters) -> String {
    if let rule = definitions.displacement {
      return "There is no trip: one begins \(PageText.number(rule.distance)) m away."
    }
    guard definitions.tripDistance > 0 else { return "There is no trip: the vehicle stays all the time." }
    return "There is no trip: one takes \(PageText.number(definitions.tripDistance)) m away from its start and "
      + "\(TimeSpan.text(definitions.tripDuration)), and ends where the vehicle stays."
  }

  private static func facts(_ summary: ScoreSummary, _ report: TripReport) -> [Fact] {
    var facts = [
      Fact(name: "Distance", value: PageText.kilometers(summary.distance)),
      Fact(name: "In motion", value: TimeSpan.text(summary.moving)),
      Fact(name: "Trips", value: "\(summary.trips)"),
      Fact(name: "Stops", value: "\(report.numberedStops.count { $0.number != nil })"),
      Fact(name: "Driving score", value: summary.score.map { PageText.number($0) } ?? "none"),
      Fact(name: "Data quality", value: summary.quality.map { PageText.number($0) } ?? "none"),
    ]
    if report.trips.isEmpty { facts.removeFirst(2) }
    let gaps = report.trips.reduce(0) { $0 + $1.trip.gapDistance }
    if gaps > 0 { facts.insert(Fact(name: "In gaps, apart", value: PageText.kilometers(gaps)), at: 1) }
    return facts
  }

  private static func stretches(_ report: TripReport, _ text: PageText) -> [Stretch] {
    var rows: [(start: Int64, stretch: Stretch)] = report.numberedStops.map { stop, number in
      let kind: String? =
        switch stop.kind {
        case .observed, .pause: nil
        case .silent: "no fixes for part of it, at the same place before and after"
        case .uncertain: "no fixes: when it arrived and left is not known"
        case .dataGap: "no fixes, and elsewhere behind"
        }
      let moved = stop.shuffles > 0 ? "moved \(stop.shuffles) times without a trip" : nil
      let place = number == nil ? nil : PageText.place(stop.coordinate)
      return (
        stop.start,
        Stretch(
          what: number.map { "Stop \($0)" } ?? "No data", start: text.time(stop.start), end: text.time(stop.end),
          duration: TimeSpan.text(stop.duration),
          details: [place, kind, moved].compactMap { $0 }.joined(separator: "; "),
          isTrip: false)
      )
    }
    rows += report.trips.enumerated().map { index, scored in
      let trip = scored.trip
      var details = [
        PageText.kilometers(trip.distance), "\(PageText.speed(trip.averageSpeed)) on average",
        scored.score.driving.value.map { "score \(PageText.number($0))" } ?? "no score",
      ]
      if trip.pauses > 0 { details.append(trip.pauses == 1 ? "1 pause" : "\(trip.pauses) pauses") }
      if trip.isOpenEnded { details.append("still under way at the end") }
      return (
        trip.start,
        Stretch(
          what: "Trip \(index + 1)", start: text.time(trip.start), end: text.time(trip.end),
          duration: TimeSpan.text(trip.duration), details: details.joined(separator: ", "), isTrip: true)
      )
    }
    return rows.sorted { $0.start < $1.start }.map(\.stretch)
  }

  private static func visit(_ visit: TriplineCore.Visit, _ fence: String, _ text: PageText) -> Visit {
    let way = "\(PageText.kilometers(visit.distance)) inside"
    return Visit(
      fence: fence, enter: visit.wasInsideAtStart ? "inside at the start" : text.time(visit.enterTime),
      exit: visit.wasInsideAtEnd ? "inside at the end" : text.time(visit.exitTime),
      duration: TimeSpan.text(visit.duration),
      details: visit.isPassThrough
        ? "\(way), passing through" : visit.stopped > 0 ? "\(way), at rest \(TimeSpan.text(visit.stopped))" : way)
  }
}

extension RejectionReason {
  /// What it means, for people.
  fileprivate var meaning: String {
    switch self {
    case .range: "no place on Earth, or no time"
    case .nullIsland: "at latitude 0, longitude 0: a receiver without a position"
    case .future: "later than when it was received"
    case .duplicate: "the same fix again"
    case .conflict: "another place at the same time"
    case .late: "too late to be sorted in"
    case .coarse: "accuracy worse than 100 m"
    case .frozen: "an old place handed out again"
    case .jump: "cannot be reached from the fixes around it"
    }
  }
}
