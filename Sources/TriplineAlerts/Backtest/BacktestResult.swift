public import TriplineCore
public import TriplineFormats

/// What rules would have told of recorded tracks.
public struct BacktestResult: Sendable {
  /// How much the tracks say of a time.
  public struct Coverage: Sendable, Hashable {
    /// Vehicles of which there is something.
    public var vehicles = 0
    /// Milliseconds of trips and stops of which there are fixes.
    public var covered: Int64 = 0
    /// Milliseconds without fixes within tracks, in which nothing could be told for certain.
    public var gaps: Int64 = 0
  }

  /// A trip or a stop.
  struct Span: Sendable {
    var vehicle: String
    var times: ClosedRange<Int64>
    /// The part of it without fixes.
    var gap: Double

    init?(_ event: Event, of vehicle: String) {
      switch event {
      case .trip(let trip) where trip.duration > 0:
        (times, gap) = (trip.start...trip.end, Double(trip.gap) / Double(trip.duration))
      // A pause is a part of its trip.
      case .stop(let step) where step.phase == .ended && step.stop.kind != .pause:
        (times, gap) = (step.stop.start...max(step.stop.start, step.stop.end), step.stop.kind == .observed ? 0 : 1)
      default: return nil
      }
      self.vehicle = vehicle
    }
  }

  /// An alert and what it is beside that of other rules.
  public enum Difference: Sendable, Hashable {
    /// It would be new.
    case gained(Alert)
    /// It would be missing.
    case lost(Alert)
    /// It would come, be over or be told otherwise; with the one of before.
    case changed(Alert, from: Alert)
  }

  /// The alerts, in the order of their beginning.
  public let alerts: [Alert]
  private let spans: [Span]
  /// Fixes that were read.
  public let fixes: Int
  /// Those that were used.
  public let accepted: Int
  /// What reading came to.
  public let report: ReadReport
  /// Inputs that could not be read, or not to their end.
  public let failures: [FormatError]

  init(alerts: [Alert], spans: [Span], fixes: Int, accepted: Int, report: ReadReport, failures: [FormatError]) {
    self.alerts = alerts
    self.spans = spans
    self.fixes = fixes
    self.accepted = accepted
    self.report = report
    self.failures = failures
  }

  /// How much the tracks say of a time, in milliseconds UTC.
  public func coverage(of times: Range<Int64>) -> Coverage {
    var coverage = Coverage()
    var vehicles: Set<String> = []
    for span in spans where span.times.lowerBound < times.upperBound && span.times.upperBound >= times.lowerBound {
      let length = min(span.times.upperBound, times.upperBound) - max(span.times.lowerBound, times.lowerBound)
      let gap = Int64(Double(length) * span.gap)
      coverage.covered += length - gap
      coverage.gaps += gap
      vehicles.insert(span.vehicle)
    }
    coverage.vehicles = vehicles.count
    return coverage
  }

  /// How far apart two alerts may begin to be the same one, in milliseconds.
  static let window: Int64 = 1_800_000

  /// What is not as with other rules, in the order of its beginning: of each rule, vehicle and fence, or other vehicle, alerts belong together that
  /// begin at most half an hour apart, the nearest first. Those that are the same, and told the same, are left out.
  public func differences(from baseline: BacktestResult) -> [Difference] {
    struct Place: Hashable {
      var rule: String
      var vehicle: String
      var fence: String?
      var other: String?
    }
    func byPlace(_ alerts: [Alert]) -> [Place: [Alert]] {
      Dictionary(grouping: alerts) {
        Place(rule: $0.rule, vehicle: $0.vehicleID, fence: $0.fenceID, other: $0.otherID)
      }
    }
    let (now, before) = (byPlace(alerts), byPlace(baseline.alerts))
    var differences: [Difference] = []
    for place in Set(now.keys).union(before.keys) {
      differences += Self.differences(now[place] ?? [], before[place] ?? [])
    }
    return differences.sorted { ($0.alert.startsAt, $0.alert.id) < ($1.alert.startsAt, $1.alert.id) }
  }

  private static func differences(_ now: [Alert], _ before: [Alert]) -> [Difference] {
    // Both are in the order of their beginning.
    var pairs: [(distance: Int64, now: Int, before: Int)] = []
    var first = 0
    for (index, alert) in now.enumerated() {
      while first < before.count, before[first].startsAt < alert.startsAt - window { first += 1 }
      for place in first..<before.count {
        guard before[place].startsAt <= alert.startsAt + window else { break }
        pairs.append((abs(alert.startsAt - before[place].startsAt), index, place))
      }
    }
    var (paired, others): (Set<Int>, Set<Int>) = ([], [])
    var differences: [Difference] = []
    for pair in pairs.sorted(by: { ($0.distance, $0.now, $0.before) < ($1.distance, $1.now, $1.before) })
    where !paired.contains(pair.now) && !others.contains(pair.before) {
      paired.insert(pair.now)
      others.insert(pair.before)
      let (alert, other) = (now[pair.now], before[pair.before])
      let isSame =
        alert.startsAt == other.startsAt && alert.decidedAt == other.decidedAt && alert.resolvedAt == other.resolvedAt
        && (alert.muting == nil) == (other.muting == nil)
      if !isSame { differences.append(.changed(alert, from: other)) }
    }
    differences += now.indices.filter { !paired.contains($0) }.map { .gained(now[$0]) }
    differences += before.indices.filter { !others.contains($0) }.map { .lost(before[$0]) }
    return differences
  }
}

extension BacktestResult.Difference {
  /// The alert as it would be, or as it was.
  public var alert: Alert {
    switch self {
    case .gained(let alert), .lost(let alert), .changed(let alert, _): alert
    }
  }
}
