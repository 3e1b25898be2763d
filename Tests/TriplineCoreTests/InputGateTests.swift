import Testing
import TriplineCore
import TriplineTesting

@Suite struct InputGateTests {
  /// A drive north at 10 m/s, a fix a second.
  private func drive(_ count: Int) -> [Fix] {
    (0..<count).map { second in
      Fix(
        vehicle: 0, time: 1_000_000 + Int64(second) * 1000, latitude: 50 + Double(second) * 9e-5, longitude: 14,
        accuracy: 5, sequence: UInt32(second))
    }
  }

  private func run(_ fixes: [Fix]) throws -> (counts: GateCounts, distance: Double) {
    var engine = Engine(fences: try FenceSet([]))
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    var distance = 0.0
    for case .trip(let trip) in events.events { distance += trip.distance }
    return (engine.finishedCounts, distance)
  }

  /// What a spoiled drive comes to, and what the clean one does.
  private func expect(
    _ reason: RejectionReason, count: Int = 1, accepted: Int = 100, _ change: (inout [Fix]) -> Void
  ) throws {
    let clean = try run(drive(100))
    var fixes = drive(100)
    change(&fixes)
    let spoiled = try run(fixes)
    #expect(spoiled.counts[reason] == count, "\(reason)")
    #expect(spoiled.counts.rejected == count, "\(reason)")
    #expect(spoiled.counts.accepted == accepted, "\(reason)")
    if accepted == 100 { #expect(spoiled.distance == clean.distance, "\(reason)") }
  }

  @Test(arguments: [
    (96.0, 14.0), (.nan, 14), (.infinity, 14), (50, -.infinity), (50, 180.000001), (50, .nan), (-90.5, 0),
  ])
  func `C42 a position that is none on Earth is out of range`(latitude: Double, longitude: Double) throws {
    try expect(.range) { $0.insert(Fix(vehicle: 0, time: 1_050_500, latitude: latitude, longitude: longitude), at: 51) }
  }

  @Test(arguments: [Int64.min, .min + 1, .max, 253_402_300_800_000])
  func `a time that is no date is out of range`(time: Int64) throws {
    try expect(.range) { $0.insert(Fix(vehicle: 0, time: time, latitude: 50, longitude: 14), at: 51) }
    try expect(.range) {
      $0.insert(Fix(vehicle: 0, time: time, latitude: 50, longitude: 14, received: time), at: 51)
    }
  }

  @Test func `impossible speeds do no harm`() throws {
    var fixes = drive(100)
    for index in fixes.indices { fixes[index].speedOrNaN = index % 2 == 0 ? .infinity : .greatestFiniteMagnitude }
    #expect(try run(fixes).counts.accepted == 100)
  }

  @Test func `C42, trap 18: latitude 0, longitude 0 is no position`() throws {
    try expect(.nullIsland) { $0.insert(Fix(vehicle: 0, time: 1_050_500, latitude: 5e-7, longitude: -5e-7), at: 51) }
  }

  @Test func `a fix from the future is rejected, one a little ahead is not`() throws {
    try expect(.future) {
      $0.insert(Fix(vehicle: 0, time: 1_170_501, latitude: 50, longitude: 14, received: 1_050_500), at: 51)
    }
    var configuration = Engine.Configuration()
    configuration.gate.largestFuture = .max
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    let fixes = [Fix(vehicle: 0, time: 1_170_501, latitude: 50, longitude: 14, received: 1_050_500)]
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    #expect(engine.finishedCounts.accepted == 1)
    var ahead = drive(100)
    for index in ahead.indices { ahead[index].receivedOrMissing = ahead[index].time - 120_000 }
    #expect(try run(ahead).counts.accepted == 100)
  }

  @Test(arguments: [1, 2]) func `trap 24: a time 1,024 weeks old is put right`(periods: Int64) throws {
    let clean = try run(drive(100))
    var fixes = drive(100)
    for index in fixes.indices {
      fixes[index].receivedOrMissing = fixes[index].time + 2000
      fixes[index].time -= periods * 7168 * 86_400_000
    }
    let (counts, distance) = try run(fixes)
    #expect(counts.repaired == 100 && counts.accepted == 100)
    #expect(distance == clean.distance)
  }

  @Test func `the same fix again is a duplicate`() throws {
    try expect(.duplicate) { $0.insert($0[50], at: 60) }
  }

  @Test func `trap 2: of two positions at one time the more accurate one is kept, else the first`() throws {
    try expect(.conflict) { fixes in
      var other = fixes[50]
      other.latitude += 0.001
      other.accuracyOrNaN = 30
      fixes.insert(other, at: 51)
    }
    try expect(.conflict) { fixes in
      var other = fixes[50]
      other.latitude += 0.001
      other.accuracyOrNaN = 30
      fixes.insert(other, at: 50)
    }
    // 50 m are assumed where nothing is stated.
    try expect(.conflict) { fixes in
      var other = fixes[50]
      other.latitude += 0.001
      other.accuracyOrNaN = .nan
      fixes.insert(other, at: 50)
    }
    try expect(.conflict) { fixes in
      var other = fixes[50]
      other.latitude += 0.001
      fixes.insert(other, at: 51)
    }
  }

  @Test func `a fix older than the window is late, one within it is sorted in`() throws {
    let clean = try run(drive(100))
    for (delay, isLate) in [(29, false), (30, false), (31, true)] {
      var fixes = drive(100)
      let held = fixes.remove(at: 20)
      fixes.insert(held, at: 20 + delay)
      let (counts, distance) = try run(fixes)
      #expect(counts[.late] == (isLate ? 1 : 0), "\(delay) s")
      #expect(counts.accepted == (isLate ? 99 : 100), "\(delay) s")
      // On a straight line a fix more or less makes no difference.
      #expect(abs(distance - clean.distance) < 1e-6)
    }
  }

  @Test func `trap 18: a coarse fix is kept out of everything`() throws {
    try expect(.coarse) {
      $0.insert(Fix(vehicle: 0, time: 1_050_500, latitude: 50.1, longitude: 14.1, accuracy: 100.5), at: 51)
    }
  }

  @Test func `a coarse fix makes no other one late`() throws {
    let clean = try run(drive(100))
    for count in [1, 3] {
      for seconds in [20, 45, 60, 3_000] as [Int64] {
        let coarse = (0..<count).map {
          Fix(
            vehicle: 0, time: 1_000_000 + (seconds + Int64($0)) * 1000, latitude: 50.001, longitude: 14, accuracy: 900)
        }
        for index in [0, 1, 30] {
          var fixes = drive(100)
          fixes.insert(contentsOf: coarse, at: index)
          let (counts, distance) = try run(fixes)
          #expect(counts[.late] == 0 && counts.accepted == 100 && counts.rejected == count, "\(seconds) s at \(index)")
          #expect(distance == clean.distance)
        }
      }
    }
  }

  @Test func `trap 20: a cached position handed out again is frozen`() throws {
    // Of the same place as the last accepted fix, and of the same place as a coarse one.
    try expect(.frozen) { fixes in
      var cached = fixes[50]
      cached.time += 500
      cached.accuracyOrNaN = 100
      fixes.insert(cached, at: 51)
    }
    let coarse = Fix(vehicle: 0, time: 1_050_300, latitude: 50.1, longitude: 14.1, accuracy: 900)
    var again = coarse
    again.time = 1_050_600
    let fixes = Array(drive(100)[..<51]) + [coarse, again] + Array(drive(100)[51...])
    let (counts, _) = try run(fixes)
    #expect(counts[.coarse] == 1 && counts[.frozen] == 1)
  }

  @Test func `C13 a jump is dropped once the way goes on from before it`() throws {
    try expect(.jump) {
      $0.insert(Fix(vehicle: 0, time: 1_050_500, latitude: 50.5, longitude: 14, accuracy: 5), at: 51)
    }
    try expect(.jump, count: 2) {
      $0.insert(Fix(vehicle: 0, time: 1_050_600, latitude: 50.5, longitude: 14, accuracy: 5), at: 51)
      $0.insert(Fix(vehicle: 0, time: 1_050_500, latitude: 50.5, longitude: 14, accuracy: 5), at: 51)
    }
  }

  @Test func `trap 1: a wrong first fix does not cost the track`() throws {
    let clean = try run(drive(100))
    let fixes = [Fix(vehicle: 0, time: 999_000, latitude: -33, longitude: 151, accuracy: 5)] + drive(100)
    let (counts, distance) = try run(fixes)
    #expect(counts.accepted == 101 && counts.rejected == 0)
    #expect(abs(distance - clean.distance) < 1e-6)
  }

  @Test func `trap 1: a ferry is followed, three fixes bear each other out, the jump counts for nothing`() throws {
    var fixes = drive(100)
    for index in 50..<100 { fixes[index].longitude = 20 }
    let (counts, distance) = try run(fixes)
    #expect(counts.accepted == 100 && counts.rejected == 0)
    let clean = try run(drive(100)).distance
    let step = Geodesic.length(
      from: Coordinate(latitude: 50.0045, longitude: 14), to: Coordinate(latitude: 50.00459, longitude: 14))
    #expect(abs(clean - step - distance) < 1e-3)
  }

  @Test func `trap 23: values that mean "unknown" are unknown`() throws {
    var fixes = drive(100)
    for index in fixes.indices {
      fixes[index].speedOrNaN = -1
      fixes[index].courseOrNaN = -1
      fixes[index].accuracyOrNaN = 0
    }
    var engine = Engine(fences: try FenceSet([]))
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    guard case .trip(let trip) = try #require(events.events.first) else {
      Issue.record("no trip")
      return
    }
    // No speed was reported: it comes from the positions.
    #expect(trip.dopplerDistance == nil)
    #expect(abs((trip.maximumSpeed ?? 0) - 10) < 0.1)
  }

  @Test func `counts of many tracks add up beyond four billion`() throws {
    var sum = try run(drive(100)).counts
    for _ in 0..<30 { sum.add(sum) }
    #expect(sum.received == 100 << 30 && sum.accepted == 100 << 30 && sum.pending == 0)
  }

  @Test func `what waits is what the window holds`() throws {
    let fixes = drive(100)
    var engine = Engine(fences: try FenceSet([]))
    var events = EventBuffer()
    for (index, fix) in fixes.enumerated() {
      engine.process([fix].span, into: &events)
      let waiting = fixes[...index].count { fix.time - $0.time <= 30_000 }
      #expect(engine.counts(of: 0).pending == waiting, "fix \(index)")
    }
  }
}
