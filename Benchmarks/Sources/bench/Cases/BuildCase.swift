import TriplineCore

/// Making an index over fences, and the memory it takes, against GEOS.
enum BuildCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    var rows: [Row] = []
    for count in fixtures.fenceCounts + (fixtures.isQuick ? [] : [1_000_000]) { rows += try run(count) }
    return rows
  }

  private static func run(_ count: Int) throws -> [Row] {
    let (fences, _) = SyntheticFences.even(count: count, seed: 1)
    let beforeSet = ThreadClock.now
    let set = try FenceSet(fences)
    let ours = Double(ThreadClock.now - beforeSet)

    let before = Memory.allocated
    let beforeGeos = ThreadClock.now
    let geos = GeosIndex(fences)
    geos.buildTree(at: fences[0])
    let tree = Double(ThreadClock.now - beforeGeos)
    geos.prepareAll()
    let ready = Double(ThreadClock.now - beforeGeos)
    let memory = Memory.allocated - before

    let name = Fixtures.name(count)
    return [
      Row(
        name: "build", workload: name, unit: "ms", ours: Quantiles(once: ours / 1e6), baselineName: "GEOS, ready",
        baseline: Quantiles(once: ready / 1e6), target: .ratio(0.5),
        note: "GEOS with tree, prepared polygons and the index of each, which it makes on the second query"),
      Row(
        name: "build", workload: name, unit: "ms", ours: Quantiles(once: ours / 1e6), baselineName: "GEOS, tree only",
        baseline: Quantiles(once: tree / 1e6), note: "without the indices that queries will make it wait for"),
      Row(
        name: "build", workload: "\(name), memory", unit: "MB", ours: Quantiles(once: Double(set.byteCount) / 1e6),
        baselineName: "GEOS, ready", baseline: Quantiles(once: Double(memory) / 1e6), target: .ratio(1 / 1.1),
        note: "shapes and index; GEOS by the allocator's books"),
    ]
  }
}
