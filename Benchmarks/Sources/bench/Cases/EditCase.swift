import Foundation
import Synchronization
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
    let (fences, region) = SyntheticFences.even(count: count + 2 * edits, seed: 1)
    var set = try FenceSet(Array(fences.prefix(count)))
    var generator = SeededGenerator(seed: 5)
    let places = (0..<1_000).map { _ in region.randomPlace(&generator) }
    var found = FenceMatches()
    // Each of them once, in any order, as far as there are so many.
    var leaving = Array(0..<count)
    var adding: [Double] = []
    var removing: [Double] = []
    var reading: [Double] = []
    func time<Failure: Error>(_ times: inout [Double], _ work: () throws(Failure) -> Void) throws(Failure) {
      let start = ThreadClock.now
      try work()
      times.append(Double(ThreadClock.now - start) / 1000)
    }
    for index in 0..<edits {
      let before = set
      try time(&adding) { set = try set.adding(fences[count + index]) }
      let pick = Int(generator.number(0, Double(leaving.count)))
      leaving.swapAt(pick, leaving.count - 1)
      let old = fences[leaving.popLast() ?? 0].id
      leaving.append(count + index)
      try time(&removing) { set = set.removing(old) }
      // A lookup in the version before: nothing of it waits for the edit.
      time(&reading) { before.collectFences(containing: places[index % places.count], into: &found) }
      consume(Double(found.count))
    }
    try check(set, fences, places)
    let rest = fences[(count + edits)...]
    let beside = readBeside(set, rest, places)
    return [
      ("add", adding), ("remove", removing), ("a lookup in the version before", reading),
      ("a lookup while another thread edits", beside),
    ].map { name, times in
      let sorted = times.sorted()
      let p99 = sorted[sorted.count * 99 / 100]
      return Row(
        name: "edit", workload: "\(Fixtures.name(count)), \(name)", unit: "us", ours: Quantiles(once: p99),
        // The goal is for a million: small sets are built anew every few hundred edits, which then takes milliseconds.
        target: name.hasPrefix("a ") ? .most(1000) : count == 1_000_000 ? .most(100) : nil,
        note:
          "99th percentile of \(times.count); median \(Report.short(sorted[sorted.count / 2])) us, largest \(Report.short(sorted[sorted.count - 1])) us"
      )
    }
  }

  /// The newest version of a set, which one thread replaces and others take.
  private final class Newest: Sendable {
    private let set: Mutex<FenceSet>
    private let isOver = Atomic(false)

    init(_ set: FenceSet) { self.set = Mutex(set) }

    var current: FenceSet {
      get { set.withLock { $0 } }
      set { set.withLock { $0 = newValue } }
    }
    var isEdited: Bool { !isOver.load(ordering: .relaxed) }
    func end() { isOver.store(true, ordering: .relaxed) }
  }

  /// Microseconds by the clock on the wall that each of many readings takes, from taking the newest version to the
  /// answer, while another thread adds and removes fences without a pause.
  private static func readBeside(
    _ set: FenceSet, _ more: ArraySlice<Fence>, _ places: [Coordinate]
  ) -> [Double] {
    let newest = Newest(set)
    let editor = Thread {
      for fence in more {
        if let edited = try? newest.current.adding(fence) { newest.current = edited }
        newest.current = newest.current.removing(fence.id)
      }
      newest.end()
    }
    editor.start()
    var times: [Double] = []
    var found = FenceMatches()
    while newest.isEdited {
      let start = wallClock()
      newest.current.collectFences(containing: places[times.count % places.count], into: &found)
      times.append(Double(wallClock() - start) / 1000)
      consume(Double(found.count))
    }
    return times
  }

  private static func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
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
