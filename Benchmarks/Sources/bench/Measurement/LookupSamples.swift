import TriplineCore

/// How long lookups of fixes take, one at a time and in batches: what steps, states and events are held against.
struct LookupSamples: ~Copyable {
  private(set) var alone = Samples()
  private(set) var batched = Samples()
  private var found = FenceMatches()
  private var places: [Coordinate] = []

  mutating func measure(_ fixes: [Fix], in fences: FenceSet) {
    Self.lookUp(fixes, in: fences, &alone, &found)
    places.removeAll(keepingCapacity: true)
    for fix in fixes { places.append(fix.coordinate) }
    Self.lookUpAtOnce(places, in: fences, &batched, &found)
  }

  private static func lookUp(
    _ fixes: [Fix], in fences: FenceSet, _ samples: inout Samples, _ found: inout FenceMatches
  ) {
    samples.measure(fixes.count) {
      for fix in fixes {
        fences.collectFences(containing: fix.coordinate, into: &found)
        consume(Double(found.count))
      }
    }
  }

  private static func lookUpAtOnce(
    _ places: [Coordinate], in fences: FenceSet, _ samples: inout Samples, _ found: inout FenceMatches
  ) {
    samples.measure(places.count) {
      fences.collectFences(containing: places.span, into: &found)
      consume(Double(found.count))
    }
  }
}
