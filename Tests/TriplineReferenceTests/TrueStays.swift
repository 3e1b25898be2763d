import TriplineCore

/// Where vehicles really were, told with hindsight and without any condition of a rule: what alerts are held against.
///
/// Of each track fixes are left out that state more than 100 m, and those that cannot be right (`OutlierFilter`); the others are
/// smoothed, each by all that come before and after it (`TrackSmoother`). What then lies inside of a fence is a stay. Two of them
/// with less than five minutes in between are one. A stay counts where it lies at some time 15 m inside or deeper, which is beyond
/// the noise of a receiver in a street; it is a visit where two minutes of it were seen, steps of more than five minutes
/// left out, and a pass otherwise.
struct TrueStays {
  /// Accuracy in metres above which a fix says no more than in which part of a city it is.
  private static let coarsest: Float = 100
  /// Milliseconds outside that make two stays of one, and between two fixes that say nothing of what is between them.
  private static let patience: Int64 = 300_000
  /// Milliseconds that make a visit.
  private static let visit: Int64 = 120_000
  /// Metres inside that a stay has to reach.
  private static let depth = 15.0

  /// A vehicle and a fence.
  struct Place: Hashable {
    var vehicle: UInt32
    var fence: UInt32
  }

  /// A time that a vehicle was inside of a fence.
  struct Stay {
    /// From the first fix inside to the last one.
    var times: ClosedRange<Int64>
    /// Whether it is long enough to be missed.
    var isVisit: Bool
  }

  /// The stays that count, in their order.
  private(set) var stays: [Place: [Stay]] = [:]

  var visits: Int { stays.values.reduce(0) { $0 + $1.count(where: \.isVisit) } }

  /// Finds the stays of tracks, each of which has its own vehicle.
  init(of fixes: [Fix], in fences: FenceSet) {
    for (vehicle, track) in Dictionary(grouping: fixes, by: \.vehicle) {
      let ordered = track.filter { !($0.accuracyOrNaN > Self.coarsest) }.sorted {
        ($0.time, $0.sequence) < ($1.time, $1.sequence)
      }
      let cleaned = OutlierFilter().cleaned(ordered.span)
      find(TrackSmoother().smoothed(cleaned.span), of: vehicle, in: fences)
    }
  }

  /// A stay that may go on.
  private struct Open {
    var start: Int64
    var last: Int64
    /// The index of the last fix inside.
    var index: Int
    /// Milliseconds of it that were seen.
    var seen: Int64 = 0
    var isDeep = false
  }

  private mutating func find(_ track: [Fix], of vehicle: UInt32, in fences: FenceSet) {
    var open: [UInt32: Open] = [:]
    for (index, fix) in track.enumerated() {
      for fence in fences.fences(containing: fix.coordinate) {
        var stay = open[fence] ?? Open(start: fix.time, last: fix.time, index: index)
        let step = fix.time - stay.last
        if stay.index + 1 < index && step >= Self.patience {
          close(stay, Place(vehicle: vehicle, fence: fence))
          stay = Open(start: fix.time, last: fix.time, index: index)
        } else if step <= Self.patience {
          stay.seen += step
        }
        (stay.last, stay.index) = (fix.time, index)
        stay.isDeep =
          stay.isDeep || fences.distance(from: fix.coordinate, toBoundaryOf: fence, within: Self.depth) == nil
        open[fence] = stay
      }
    }
    for (fence, stay) in open { close(stay, Place(vehicle: vehicle, fence: fence)) }
  }

  private mutating func close(_ stay: Open, _ place: Place) {
    guard stay.isDeep else { return }
    stays[place, default: []].append(Stay(times: stay.start...stay.last, isVisit: stay.seen >= Self.visit))
  }
}
