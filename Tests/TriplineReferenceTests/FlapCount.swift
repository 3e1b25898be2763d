import TriplineCore

/// What a rule has told, held against where vehicles really were.
///
/// What it has told of, from an entry or a state at the beginning to the exit, belongs to the stays that it overlaps. The first
/// of these to be told of is right; an entry that tells of none anew is a flap: one more of a stay that is known, or one where there is
/// none. A visit that nothing told overlaps is missed.
struct FlapCount {
  /// Entries that were told.
  private(set) var entries = 0
  /// Of these, entries of passes, which are right too.
  private(set) var passes = 0
  /// Entries of a stay that is known.
  private(set) var again = 0
  /// Entries where there is no stay.
  private(set) var elsewhere = 0
  /// Visits of which nothing was told.
  private(set) var missed = 0
  let visits: Int

  var flaps: Int { again + elsewhere }
  var flapsPerVisit: Double { Double(flaps) / Double(max(1, visits)) }

  /// Something a rule has told of: from when to when, and whether as an entry.
  private struct Told {
    var times: ClosedRange<Int64>
    var isEntry: Bool
  }

  /// Counts what the rule of an index has told.
  init(of events: [Event], rule: UInt32, against truth: TrueStays) {
    visits = truth.visits
    let told = Self.told(in: events, rule: rule)
    for place in Set(told.keys).union(truth.stays.keys) {
      count(told[place] ?? [], truth.stays[place] ?? [])
    }
  }

  private static func told(in events: [Event], rule: UInt32) -> [TrueStays.Place: [Told]] {
    var told: [TrueStays.Place: [Told]] = [:]
    var open: [TrueStays.Place: (time: Int64, isEntry: Bool)] = [:]
    for case .rule(let event) in events where event.rule == rule {
      let place = TrueStays.Place(vehicle: event.vehicle, fence: event.fence)
      switch event.kind {
      case .start, .enter: open[place] = (event.time, event.kind == .enter)
      case .exit, .end:
        guard let (time, isEntry) = open.removeValue(forKey: place) else { continue }
        told[place, default: []].append(Told(times: time...max(time, event.time), isEntry: isEntry))
      case .dwell: continue
      }
    }
    return told
  }

  private mutating func count(_ told: [Told], _ stays: [TrueStays.Stay]) {
    var known: Set<Int> = []
    for one in told {
      let overlapped = stays.indices.filter { stays[$0].times.overlaps(one.times) }
      let new = overlapped.filter { known.insert($0).inserted }
      guard one.isEntry else { continue }
      entries += 1
      if overlapped.isEmpty {
        elsewhere += 1
      } else if new.isEmpty {
        again += 1
      } else if !new.contains(where: { stays[$0].isVisit }) {
        passes += 1
      }
    }
    missed += stays.indices.count { stays[$0].isVisit && !known.contains($0) }
  }
}
