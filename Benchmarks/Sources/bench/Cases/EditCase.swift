import TriplineCore

/// One fence more or less in an index that goes on being read.
enum EditCase {
  private static let edits = 2_000

  static func run(_ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for count in fixtures.isQuick ? [1_000] : [1_000, 100_000, 1_000_000] { rows += try run(count) }
    return rows
  }

  private static func run(_ count: Int) throws -> [Row] {
    let (fences, region) = SyntheticFences.even(count: count + edits, seed: 1)
    var set = try FenceSet(Array(fences.prefix(count)))
    var generator = SeededGenerator(seed: 5)
    let places = (0..<1_000).map { _ in region.randomPlace(&generator) }
    var found = FenceMatches()
    var adding: [Double] = []
    var removing: [Double] = []
    var reading: [Double] = []
    func time(_ times: inout [Double], _ work: () throws -> Void) rethrows {
      let start = ThreadClock.now
      try work()
      times.append(Double(ThreadClock.now - start) / 1000)
    }
    for index in 0..<edits {
      let before = set
      try time(&adding) { set = try set.adding(fences[count + index]) }
      let old = fences[Int(generator.number(0, Double(count)))].id
      try time(&removing) { set = set.removing(old) }
      // A lookup in the version before: nothing of it waits for the edit.
      time(&reading) { before.collectFences(containing: places[index % places.count], into: &found) }
      consume(Double(found.count))
    }
    try check(set, fences, places)
    return [("add", adding), ("remove", removing), ("a lookup in the version before", reading)].map { name, times in
      let sorted = times.sorted()
      let p99 = sorted[sorted.count * 99 / 100]
      return Row(
        name: "edit", workload: "\(Fixtures.name(count)), \(name)", unit: "us", ours: Quantiles(once: p99),
        target: .most(name.hasPrefix("a ") ? 1000 : 100),
        note: "99th percentile of \(edits) edits; median \(Report.short(sorted[sorted.count / 2])) us")
    }
  }

  /// The edited index answers as one that is built anew.
  private static func check(_ set: FenceSet, _ fences: [Fence], _ places: [Coordinate]) throws {
    let anew = try FenceSet(fences.filter { set.index(of: $0.id) != nil })
    for place in places {
      let edited = set.fences(containing: place).map { set.id(of: $0) }.sorted()
      let expected = anew.fences(containing: place).map { anew.id(of: $0) }.sorted()
      guard edited == expected else {
        throw BenchmarkError(description: "edit: \(edited) at \(place), but \(expected) in an index that is built anew")
      }
    }
  }
}
