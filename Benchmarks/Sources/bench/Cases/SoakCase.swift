import TriplineCore

/// Memory over many fixes, and over vehicles that come and go.
enum SoakCase {
  static func run(_ fixtures: Fixtures) throws -> [Row] {
    let total = fixtures.isQuick ? 6_000_000 : 100_000_000
    return [try fixes(total), try vehicles(fixtures.isQuick ? 100_000 : 1_000_000)]
  }

  /// A fleet that goes on and on.
  private static func fixes(_ total: Int) throws -> Row {
    let (fences, region) = SyntheticFences.even(count: 1_000, seed: 1)
    var configuration = Engine.Configuration()
    configuration.rules = [FenceRule(id: "steady", conditions: .steady)]
    var engine = Engine(fences: try FenceSet(fences), configuration: configuration)
    var fleet = SyntheticFleet(count: Fixtures.fleetSize, in: region, seed: 3)
    var events = EventBuffer()
    var batch: [Fix] = []
    var early = 0
    let seconds = total / Fixtures.fleetSize
    for second in 0..<seconds {
      batch.removeAll(keepingCapacity: true)
      fleet.append(seconds: 1, to: &batch)
      engine.process(batch.span, into: &events)
      events.removeAll()
      if second == seconds / 10 { early = Memory.resident }
    }
    return row("\(total / 1_000_000) M fixes of \(Fixtures.fleetSize / 1000) k vehicles", early)
  }

  /// Vehicles that nobody has seen before, for twenty seconds each, some at a time.
  private static func vehicles(_ total: Int) throws -> Row {
    let (fences, region) = SyntheticFences.even(count: 1_000, seed: 1)
    var engine = Engine(fences: try FenceSet(fences))
    var events = EventBuffer()
    var early = 0
    let atATime = 1_000
    var table = IdentifierTable()
    for first in stride(from: 0, to: total, by: atATime) {
      let indices = (0..<atATime).map { table.insert("vehicle-\(first + $0)") }
      var fleet = SyntheticFleet(count: atATime, in: region, seed: UInt64(first))
      var batch: [Fix] = []
      fleet.append(seconds: 20, to: &batch)
      for index in batch.indices { batch[index].vehicle = indices[Int(batch[index].vehicle)] }
      engine.process(batch.span, into: &events)
      for vehicle in indices { engine.finish(vehicle, into: &events) }
      for vehicle in 0..<atATime { table.remove("vehicle-\(first + vehicle)") }
      events.removeAll()
      if first == total / 10 { early = Memory.resident }
    }
    return row("\(total / 1000) k vehicles that come and go", early)
  }

  private static func row(_ workload: String, _ early: Int) -> Row {
    let late = Memory.resident
    return Row(
      name: "soak", workload: workload, unit: "MB", ours: Quantiles(once: Double(late) / 1e6),
      baselineName: "after a tenth", baseline: Quantiles(once: Double(early) / 1e6), target: .ratio(0.98),
      note: "resident memory of the process")
  }
}
