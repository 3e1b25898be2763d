public import TriplineCore
public import TriplineFormats

/// What rules would have told of recorded tracks.
public struct BacktestResult: Sendable {
  /// How much the tracks say.
  public struct Coverage: Sendable, Hashable {
    /// Vehicles.
    public var vehicles = 0
    /// Fixes.
    public var fixes = 0
    /// Those that were used.
    public var accepted = 0
    /// Milliseconds of trips and stops of which there are fixes.
    public var covered: Int64 = 0
    /// Milliseconds without fixes, in which nothing could be told for certain.
    public var gaps: Int64 = 0

    mutating func take(_ event: Event) {
      switch event {
      case .trip(let trip):
        covered += trip.duration - trip.gap
        gaps += trip.gap
      case .stop(let step) where step.phase == .ended:
        switch step.stop.kind {
        case .observed: covered += step.stop.duration
        case .silent, .uncertain, .dataGap: gaps += step.stop.duration
        // A part of its trip.
        case .pause: break
        }
      default: break
      }
    }
  }

  /// An alert and what it is beside the rules of before.
  public enum Difference: Sendable, Hashable {
    /// It would be new.
    case gained(Alert)
    /// It would be missing.
    case lost(Alert)
    /// It would come earlier or later; with the one of before.
    case moved(Alert, from: Alert)
  }

  /// The alerts, in the order of their beginning.
  public let alerts: [Alert]
  /// Those of the rules of before, where there are such.
  public let baseline: [Alert]?
  /// How much the tracks say.
  public let coverage: Coverage
  /// What reading came to.
  public let report: ReadReport
  /// Inputs that could not be read, or not to their end.
  public let failures: [FormatError]

  /// How far apart two alerts may be to be the same one, moved, in milliseconds.
  public static let window: Int64 = 1_800_000

  /// What is not as before, in the order of its beginning: of each rule, vehicle and fence alerts belong together that are at
  /// most half an hour apart, the nearest first. Those that are as before are left out.
  public var differences: [Difference] {
    struct Place: Hashable {
      var rule: String
      var vehicle: String
      var fence: String?
    }
    func byPlace(_ alerts: [Alert]) -> [Place: [Alert]] {
      Dictionary(grouping: alerts) { Place(rule: $0.rule, vehicle: $0.vehicleID, fence: $0.fenceID) }
    }
    let (now, before) = (byPlace(alerts), byPlace(baseline ?? []))
    var differences: [Difference] = []
    for place in Set(now.keys).union(before.keys) {
      var (gained, lost) = (now[place] ?? [], before[place] ?? [])
      var pairs: [(distance: Int64, now: Alert, before: Alert)] = []
      for alert in gained {
        for other in lost where abs(alert.startsAt - other.startsAt) <= Self.window {
          pairs.append((abs(alert.startsAt - other.startsAt), alert, other))
        }
      }
      var paired: Set<String> = []
      for pair in pairs.sorted(by: { ($0.distance, $0.now.startsAt) < ($1.distance, $1.now.startsAt) })
      where !paired.contains("+" + pair.now.id) && !paired.contains("-" + pair.before.id) {
        paired.formUnion(["+" + pair.now.id, "-" + pair.before.id])
        gained.removeAll { $0.id == pair.now.id }
        lost.removeAll { $0.id == pair.before.id }
        let isSame = pair.now.startsAt == pair.before.startsAt && pair.now.decidedAt == pair.before.decidedAt
        if !isSame { differences.append(.moved(pair.now, from: pair.before)) }
      }
      differences += gained.map { .gained($0) } + lost.map { .lost($0) }
    }
    return differences.sorted { ($0.alert.startsAt, $0.alert.id) < ($1.alert.startsAt, $1.alert.id) }
  }
}

extension BacktestResult.Difference {
  /// The alert as it would be, or as it was.
  public var alert: Alert {
    switch self {
    case .gained(let alert), .lost(let alert), .moved(let alert, _): alert
    }
  }
}
