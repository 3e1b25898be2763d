import Foundation
import TriplineCore
import TriplineFormats

/// The events of a replay as lines for people, and a count of everything at the end.
struct ReplayTable: ~Copyable {
  private var sink = OutputSink.standardOutput()
  private let table = TableText(widths: [24, 20, 10])
  private let detectsTrips: Bool
  private var fenceEvents: [FenceEvent.Kind: Int] = [:]
  private var ruleEvents: [RuleEvent.Kind: Int] = [:]
  private var stops = 0
  private var trips = 0
  private var visits = 0
  private var distance = 0.0

  init(_ configuration: Engine.Configuration) throws(FormatError) {
    detectsTrips = configuration.policy != .sampled && configuration.detectsTrips
    try sink.write(table.line(["TIME", "TRACK", "WHAT", "DETAILS"]))
  }

  mutating func write(_ events: [Event], names: EventNames) throws(FormatError) {
    for event in events { try write(event, names: names) }
  }

  /// Writes what late fixes have changed; the counts become those of what has happened after all.
  mutating func write(_ revision: Revision, names: EventNames) throws(FormatError) {
    for change in revision.changes {
      switch change {
      case .retracted(let event): try write(event, names: names, as: "retracted: ", count: -1)
      case .added(let event): try write(event, names: names, as: "added: ")
      case .replaced(let event, let replacement):
        let isPair = isShown(event) && isShown(replacement)
        try write(event, names: names, as: isPair ? "replaced: " : "retracted: ", count: -1)
        try write(replacement, names: names, as: isPair ? "instead: " : "added: ")
      }
    }
  }

  /// Whether an event has a line: of a stop its end, and nothing of a pause.
  private func isShown(_ event: Event) -> Bool {
    switch event {
    case .stop(let step): step.phase == .ended && step.stop.kind != .pause
    case .travel, .harsh, .overspeed, .score: false
    default: true
    }
  }

  private mutating func write(
    _ event: Event, names: EventNames, as note: String = "", count: Int = 1
  ) throws(FormatError) {
    func line(_ time: Int64, _ track: String, _ what: String, _ details: String) throws(FormatError) {
      try sink.write(table.line([self.time(time), track, what, note + details]))
    }
    let track = names.tracks[Int(event.vehicle)].trackID
    switch event {
    case .fence(let change):
      fenceEvents[change.kind, default: 0] += count
      let fence = names.fenceIDs[Int(change.fence)]
      let exit = change.kind == .cross ? ", left \(time(change.exitTime))" : ""
      try line(change.time, track, "\(change.kind)", "\(fence)\(exit)")
    case .rule(let told):
      ruleEvents[told.kind, default: 0] += count
      let delay = told.decidedTime - told.time
      let since = delay > 0 ? ", after \(duration(delay))" : ""
      try line(
        told.time, track, "told",
        "\(told.kind) \(names.fenceIDs[Int(told.fence)]) by rule \(names.ruleIDs[Int(told.rule)])\(since)")
    case .decision(let made):
      try line(
        made.time, track, "weighed",
        "\(made.change) \(names.fenceIDs[Int(made.fence)]): \(DecisionText.text(of: made))")
    case .visit(let visit):
      visits += count
      try line(
        visit.enterTime, track, "visit", "\(names.fenceIDs[Int(visit.fence)]), \(duration(visit.duration))")
    case .route(let route):
      let ends = [route.origin, route.destination].map { $0.map { names.fenceIDs[Int($0)] } ?? "elsewhere" }
      try line(
        route.startTime, track, "route",
        "\(ends[0]) to \(ends[1]), \(kilometers(route.distance)) in \(duration(route.duration))")
    case .stop(let step):
      guard isShown(event) else { return }
      stops += count
      let kind = step.stop.kind == .observed ? "" : ", \(step.stop.kind)"
      try line(
        step.stop.start, track, "stop",
        "\(duration(step.stop.duration)) at \(place(step.stop.coordinate))\(kind)")
    case .travel, .harsh, .overspeed, .score: break
    case .trip(let trip):
      trips += count
      distance += Double(count) * trip.distance
      let average = String(format: "%.0f", trip.averageSpeed * 3.6)
      try line(
        trip.start, track, "trip",
        "\(kilometers(trip.distance)) in \(duration(trip.duration)), \(average) km/h on average")
    }
  }

  consuming func finish(_ summary: Replay.Summary) throws(FormatError) {
    let counts = summary.counts
    var text = "\n\(summary.tracks.count) tracks, \(counts.received) fixes, \(counts.accepted) accepted"
    let reasons = RejectionReason.allCases.filter { counts[$0] > 0 }.map { "\($0.code) \(counts[$0])" }
    if !reasons.isEmpty { text += " (rejected: \(reasons.joined(separator: ", ")))" }
    if counts.repaired > 0 { text += ", \(counts.repaired) with a repaired time" }
    if detectsTrips { text += "\n\(trips) trips over \(kilometers(trips > 0 ? distance : 0)), \(stops) stops" }
    let kinds = [FenceEvent.Kind.start, .enter, .exit, .cross, .end].compactMap { kind in
      fenceEvents[kind].flatMap { $0 > 0 ? "\($0) \(kind)" : nil }
    }
    text += "\n\(visits) visits, fence events: \(kinds.isEmpty ? "none" : kinds.joined(separator: ", "))\n"
    if ruleEvents.values.contains(where: { $0 > 0 }) {
      let told = [RuleEvent.Kind.start, .enter, .exit, .dwell, .end].compactMap { kind in
        ruleEvents[kind].flatMap { $0 > 0 ? "\($0) \(kind)" : nil }
      }
      text += "told by rules: \(told.joined(separator: ", "))\n"
    }
    try sink.write(text)
    try sink.flush()
  }

  private func time(_ time: Int64) -> String { Timestamp.text(time) ?? "\(time) ms" }

  private func duration(_ milliseconds: Int64) -> String { TimeSpan.text(milliseconds) }

  private func kilometers(_ meters: Double) -> String { String(format: "%.1f km", meters / 1000) }

  private func place(_ coordinate: Coordinate) -> String {
    String(format: "%.5f, %.5f", coordinate.latitude, coordinate.longitude)
  }
}
