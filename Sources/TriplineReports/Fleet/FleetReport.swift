public import Foundation
public import TriplineCore
public import TriplineFormats

/// The trips of many vehicles for people: how scores are distributed, who is first and last, and what was worst.
///
/// Memory grows with the number of vehicles or drivers, not with that of trips.
public struct FleetReport: Sendable {
  /// What is ranked.
  public enum Grouping: String, Sendable, CaseIterable {
    case vehicle, driver
  }

  /// A trip in the list of those with the lowest scores.
  struct ScoredTrip: Sendable {
    var track: TrackTable.Track
    var trip: Trip
    var score: TripScore
  }

  /// Something that happened on a track.
  struct TrackEvent<Event: Sendable>: Sendable {
    var track: TrackTable.Track
    var event: Event
  }

  /// The id by which a track is ranked.
  func group(of track: TrackTable.Track) -> String {
    let id = grouping == .vehicle ? track.vehicleID : track.driverID
    return id.isEmpty ? "(unknown)" : id
  }

  /// What has happened on a trip that is not over.
  private struct Waiting: Sendable {
    var brakes: [HarshEvent] = []
    var overspeeds: [OverspeedEvent] = []
  }

  /// Accuracy in metres above which nobody should be blamed for an event, by the definition of alerts.
  static let coarsestAccuracy: Float = 20

  let grouping: Grouping
  private var scored: ScoredTrips
  private var waiting: [UInt32: Waiting] = [:]
  private(set) var total = ScoreSummary()
  private(set) var groups: [String: ScoreSummary] = [:]
  /// Trips whose score counts, by tens of points.
  private(set) var scores = Array(repeating: 0, count: 10)
  /// Trips by the grade of their data.
  private(set) var grades: [DataQuality.Grade: Int] = [:]
  private(set) var absences: [DrivingScore.Absence: Int] = [:]
  private(set) var unsureCount = 0
  private(set) var start = Int64.max
  private(set) var end = Int64.min
  private(set) var lowest = WorstList<ScoredTrip>(limit: 20)
  private(set) var brakes = WorstList<TrackEvent<HarshEvent>>(limit: 30)
  private(set) var overspeeds = WorstList<TrackEvent<OverspeedEvent>>(limit: 30)

  /// Creates a report of nothing.
  ///
  /// - Parameters:
  ///   - grouping: what is ranked.
  ///   - start: only trips that begin at this time or later, in milliseconds UTC.
  ///   - end: only trips that begin before this time.
  public init(by grouping: Grouping = .vehicle, from start: Int64? = nil, to end: Int64? = nil) {
    self.grouping = grouping
    scored = ScoredTrips(from: start, to: end)
  }

  /// Takes the next events of a replay with scores.
  public mutating func take(_ events: [Event], tracks: [TrackTable.Track]) {
    for event in events {
      switch event {
      case .harsh(let event) where event.kind == .brake && event.level > .noticeable:
        waiting[event.vehicle, default: Waiting()].brakes.append(event)
      case .overspeed(let event): waiting[event.vehicle, default: Waiting()].overspeeds.append(event)
      case .trip: _ = scored.take([event])
      case .score(let score):
        let happened = waiting.removeValue(forKey: score.vehicle) ?? Waiting()
        guard let (trip, score) = scored.take([event]).first else { continue }
        add(trip, score, happened, of: tracks[Int(trip.vehicle)])
      default: break
      }
    }
  }

  private mutating func add(_ trip: Trip, _ score: TripScore, _ happened: Waiting, of track: TrackTable.Track) {
    total.add(trip, score)
    groups[group(of: track), default: ScoreSummary()].add(trip, score)
    (start, end) = (min(start, trip.start), max(end, trip.end))
    grades[score.quality.grade, default: 0] += 1
    // What no trip came of is no event of the trip behind it, and without counts there are no events.
    for event in happened.brakes where score.brakes != nil && event.start >= trip.start {
      guard event.accuracy ?? 0 <= Self.coarsestAccuracy else { continue }
      brakes.add(TrackEvent(track: track, event: event), badness: Double(event.peak))
    }
    for event in happened.overspeeds where event.start >= trip.start {
      overspeeds.add(TrackEvent(track: track, event: event), badness: event.excess)
    }
    if let absence = score.driving.absence { absences[absence, default: 0] += 1 }
    guard let value = score.driving.value else { return }
    guard score.driving.confidence >= ScoreSummary.leastConfidence else {
      unsureCount += 1
      return
    }
    scores[min(9, Int(value / 10))] += 1
    lowest.add(ScoredTrip(track: track, trip: trip, score: score), badness: 100 - value)
  }

  /// The page, one HTML file that needs nothing else: no network, no other file.
  ///
  /// - Parameters:
  ///   - zone: the time zone of all times on it.
  ///   - counts: what became of the fixes.
  ///   - scoring: how driving was judged.
  /// - Throws: `empty` where there was no trip, `unreadableFile` where the parts it is made of are not beside the program,
  ///   and `tooLarge`.
  public func page(in zone: TimeZone, counts: GateCounts, scoring: ScoringParameters) throws(FormatError) -> String {
    guard total.trips > 0 else {
      throw FormatError(
        .empty, "have no trip to report. Look at them with tripline tracks summary.", at: .init(file: "the tracks"))
    }
    let assets = try WebAssets()
    let text = PageText(zone: zone, from: start, to: end)
    let drawing = FleetDrawing(self, text, countries: try assets.countries())
    return try assets.page("fleet", FleetPage(self, text, drawing, counts, scoring), data: drawing)
  }
}
