public import TriplineCore

/// Puts trips and what they were like together: a trip's score is behind it among the events.
public struct ScoredTrips: Sendable {
  private let start: Int64
  private let end: Int64
  /// Trips whose scores have not come, by vehicle: one each, or two where a silence is a trip of its own.
  private var waiting: [UInt32: [Trip]] = [:]

  /// Takes trips that start in a time: from `start` on, before `end`, in milliseconds UTC.
  public init(from start: Int64? = nil, to end: Int64? = nil) {
    self.start = start ?? .min
    self.end = end ?? .max
  }

  /// The scored trips among the next events.
  public mutating func take(_ events: [Event]) -> [(trip: Trip, score: TripScore)] {
    var found: [(trip: Trip, score: TripScore)] = []
    for event in events {
      switch event {
      case .trip(let trip): waiting[trip.vehicle, default: []].append(trip)
      case .score(let score):
        guard let index = waiting[score.vehicle]?.firstIndex(where: { $0.start == score.start }),
          let trip = waiting[score.vehicle]?[index]
        else { continue }
        waiting[score.vehicle]?.removeFirst(index + 1)
        if waiting[score.vehicle]?.isEmpty == true { waiting[score.vehicle] = nil }
        // By displacement a movement may begin and end with one fix, in front of a silence: there is nothing to score.
        if trip.duration > 0 && trip.start >= start && trip.start < end { found.append((trip, score)) }
      default: break
      }
    }
    return found
  }
}
