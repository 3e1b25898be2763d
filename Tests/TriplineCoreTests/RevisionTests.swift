import Foundation
import Testing
import TriplineTesting

@testable import TriplineCore

/// Fixes that come hours late: what was said, revised, is what would have been said had they come in time.
@Suite struct RevisionTests {
  private static let hour: Int64 = 3_600_000

  private static func configuration(recording: Bool = false) -> Engine.Configuration {
    var configuration = Engine.Configuration()
    configuration.rules = [
      FenceRule(id: "plain"), FenceRule(id: "steady", conditions: .steady),
    ]
    configuration.rules[1].conditions.dwell = 120_000
    configuration.recordsDecisions = recording
    configuration.scoring = ScoringParameters()
    configuration.scoring?.speedLimit = 15
    return configuration
  }

  /// Carries out revisions on a list of events.
  private func apply(_ revisions: [Revision], to events: inout [Event]) {
    for change in revisions.flatMap(\.changes) {
      switch change {
      case .added(let event): events.append(event)
      case .retracted(let event):
        guard let place = events.firstIndex(of: event) else {
          Issue.record("retracts what was never told: \(event)")
          continue
        }
        events.remove(at: place)
      case .replaced(let event, let other):
        guard let place = events.firstIndex(of: event) else {
          Issue.record("replaces what was never told: \(event)")
          continue
        }
        events[place] = other
      }
    }
  }

  private func sorted(_ events: [Event]) -> [String] { events.map { "\($0)" }.sorted() }

  /// Fixes of a scene, some of which come later than they should by up to so many fixes; each time once.
  private func delayed(_ fixes: [Fix], share: Double, by most: Int, seed: UInt64) -> [Fix] {
    var generator = SeededGenerator(seed: seed)
    var arrivals: [(Double, Fix)] = []
    for (index, fix) in fixes.enumerated() {
      let isLate = index > 0 && Double.random(in: 0...1, using: &generator) < share
      let delay = isLate ? Double(Int.random(in: 1...most, using: &generator)) + 0.5 : 0
      arrivals.append((Double(index) + delay, fix))
    }
    return arrivals.sorted { $0.0 < $1.0 }.map(\.1)
  }

  @Test(arguments: Seeds.first(60))
  func `C16 what was said, revised, is what the same fixes in time would have made of it`(seed: UInt64) throws {
    let scene = try Scene(seed: seed, vehicles: 2, count: 300, fences: 40)
    var seen: Set<String> = []
    let fixes = scene.fixes.filter { seen.insert("\($0.vehicle) \($0.time)").inserted }
    let configuration = Self.configuration(recording: seed % 2 == 0)
    var expected = EventBuffer()
    var inTime = Engine(fences: scene.fences, configuration: configuration)
    inTime.process(fixes.span, into: &expected)
    inTime.finish(into: &expected)

    let arriving = delayed(fixes, share: 0.1, by: 120, seed: seed)
    var engine = RevisingEngine(fences: scene.fences, configuration: configuration, window: 366 * 24 * Self.hour)
    var events = EventBuffer()
    var told: [Event] = []
    var count = 0
    var first = 0
    var size = 1
    while first < arriving.count {
      let batch = Array(arriving[first..<min(arriving.count, first + size)])
      var revisions: [Revision] = []
      engine.process(batch.span, into: &events, revisions: &revisions)
      told += events.events
      events.removeAll()
      apply(revisions, to: &told)
      count += revisions.count
      first += size
      size = size % 40 + 7
    }
    engine.finish(into: &events)
    told += events.events
    #expect(sorted(told) == sorted(expected.events), "seed \(seed)")
    #expect(count > 0, "seed \(seed): nothing was revised")
    let counts = engine.finishedCounts
    #expect(counts.received == fixes.count && counts.pending == 0)
    // A position that is too coarse may be one by itself when it is late and not beside others.
    #expect(counts[.late] == 0, "seed \(seed)")
  }

  @Test func `an exit that a late fix shows to have been none is retracted`() throws {
    let set = try FenceSet([Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))])
    func fix(_ minute: Int64, _ east: Double) -> Fix {
      Fix(vehicle: 0, time: 1_700_000_000_000 + minute * 60_000, latitude: 50.005, longitude: east, accuracy: 5)
    }
    var engine = RevisingEngine(fences: set, window: 24 * Self.hour)
    var events = EventBuffer()
    var revisions: [Revision] = []
    // Seen inside, outside half an hour later: it left at the later fix, for all that is known.
    engine.process(
      [fix(0, 10.005), fix(30, 10.02), fix(31, 10.02), fix(40, 10.02), fix(41, 10.02)].span, into: &events,
      revisions: &revisions)
    let exit = try #require(
      events.events.first { if case .fence(let event) = $0 { event.kind == .exit } else { false } })
    #expect(revisions.isEmpty)
    events.removeAll()
    // The phone had kept what lay between.
    engine.process([fix(28, 10.009), fix(29, 10.011)].span, into: &events, revisions: &revisions)
    #expect(events.isEmpty)
    let revision = try #require(revisions.first)
    #expect(revisions.count == 1 && revision.vehicle == 0)
    #expect(revision.lateFixes.map(\.longitude) == [10.009, 10.011])
    let replacement = revision.changes.compactMap { change -> FenceEvent? in
      guard case .replaced(let old, let new) = change, old == exit, case .fence(let event) = new else { return nil }
      return event
    }
    let corrected = try #require(replacement.first)
    #expect(corrected.kind == .exit && corrected.isInterpolated && corrected.time == fix(28, 0).time + 30_000)
    // The fence was passed a second time, unseen.
    var again: [Revision] = []
    engine.process([fix(35, 10.005)].span, into: &events, revisions: &again)
    let added = again.flatMap(\.changes).compactMap { change -> FenceEvent.Kind? in
      guard case .added(let event) = change, case .fence(let told) = event else { return nil }
      return told.kind
    }
    #expect(added.contains(.enter) && added.contains(.exit))
    // What changes nothing is no revision.
    var none: [Revision] = []
    engine.process([fix(35, 10.005)].span, into: &events, revisions: &none)
    let counts = engine.counts(of: 0)
    #expect(none.isEmpty && counts[.duplicate] == 1)
  }

  private func late(_ minutes: [Int64], in engine: inout RevisingEngine) -> UInt64 {
    var events = EventBuffer()
    var revisions: [Revision] = []
    let fixes = minutes.map {
      Fix(vehicle: 3, time: 1_700_000_000_000 + $0 * 60_000, latitude: 50, longitude: 10)
    }
    engine.process(fixes.span, into: &events, revisions: &revisions)
    #expect(revisions.isEmpty)
    return UInt64(engine.counts(of: 3)[.late])
  }

  @Test func `what is older than the window, or than the history, is counted as late`() throws {
    let set = try FenceSet([])
    var engine = RevisingEngine(fences: set, window: 2 * Self.hour)
    #expect(late(Array(0..<300), in: &engine) == 0)
    #expect(late([-500, 100], in: &engine) == 2)
    var restarted = try RevisingEngine(restoring: engine.snapshot(), fences: set, window: 2 * Self.hour)
    #expect(late([290], in: &restarted) == 3)
    #expect(late([310, 320, 315], in: &restarted) == 3)
    let received = restarted.counts(of: 3).received
    #expect(received == 306)
  }

  /// What is late is held against the window when it comes, whatever follows in the same call.
  @Test(arguments: [1, 40, 3_000]) func `a late fix counts among however many fixes it comes`(size: Int) throws {
    let scene = try Scene(seed: 12, vehicles: 1, count: 1, fences: 40)
    // A day round and round, a fix each half minute.
    let fixes = (0..<3000).map { index in
      Fix(
        vehicle: 0, time: 1_700_000_000_000 + Int64(index) * 30_000, latitude: 50 + 0.02 * sin(Double(index) / 20),
        longitude: 14 + 0.03 * cos(Double(index) / 33))
    }
    var expected = EventBuffer()
    var inTime = Engine(fences: scene.fences, configuration: Self.configuration())
    inTime.process(fixes.span, into: &expected)
    inTime.finish(into: &expected)
    // Some come ten minutes later, and many windows follow.
    let window = Self.hour / 2
    var arriving = fixes
    for index in stride(from: 100, to: 2900, by: 50) {
      arriving.insert(arriving.remove(at: index), at: index + 20)
    }
    var engine = RevisingEngine(fences: scene.fences, configuration: Self.configuration(), window: window)
    var told: [Event] = []
    for start in stride(from: 0, to: arriving.count, by: size) {
      var (events, revisions) = (EventBuffer(), [Revision]())
      let batch = Array(arriving[start..<min(arriving.count, start + size)])
      engine.process(batch.span, into: &events, revisions: &revisions)
      told += events.events
      apply(revisions, to: &told)
    }
    var events = EventBuffer()
    engine.finish(into: &events)
    #expect(expected.events.count > 200)
    #expect(sorted(told + events.events) == sorted(expected.events), "\(size) at once")
    #expect(engine.finishedCounts == inTime.finishedCounts)
  }

  @Test func `a watermark and a history of thousands of fixes are revised as well`() throws {
    let scene = try Scene(seed: 12, vehicles: 1, count: 3000, fences: 40)
    var seen: Set<Int64> = []
    let fixes = scene.fixes.filter { seen.insert($0.time).inserted }
    var expected = EventBuffer()
    var inTime = Engine(fences: scene.fences, configuration: Self.configuration())
    inTime.process(fixes.span, into: &expected)
    inTime.finish(into: &expected)
    var engine = RevisingEngine(
      fences: scene.fences, configuration: Self.configuration(), window: 366 * 24 * Self.hour)
    var events = EventBuffer()
    var told: [Event] = []
    var revisions: [Revision] = []
    let late = stride(from: 200, to: fixes.count, by: 300)
    let rest = fixes.enumerated().filter { !late.contains($0.offset) }.map(\.element)
    for fix in rest {
      engine.process([fix].span, into: &events, revisions: &revisions)
      if fix.sequence % 50 == 0 { engine.advanceWatermark(to: fix.time - 1, into: &events) }
    }
    #expect(revisions.isEmpty)
    told = events.events
    events.removeAll()
    for index in late.reversed() { engine.process([fixes[index]].span, into: &events, revisions: &revisions) }
    #expect(events.isEmpty)
    apply(revisions, to: &told)
    engine.finish(into: &events)
    #expect(sorted(told + events.events) == sorted(expected.events))
  }

  private func fix(_ second: Double, _ east: Double = 10.02, received: Int64? = nil) -> Fix {
    Fix(
      vehicle: 0, time: 1_700_000_000_000 + Int64(second * 1000), latitude: 50.005, longitude: east, accuracy: 5,
      received: received)
  }

  @Test func `a rejected fix from the future moves no good one`() throws {
    let set = try FenceSet([Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))])
    let future = fix(3600, 10.5, received: 1_700_000_001_000)
    let way = [fix(0), future] + stride(from: 60.0, to: 1200, by: 60).map { fix($0, 10.02 - $0 / 100_000) }
    var engine = RevisingEngine(fences: set, window: Self.hour)
    var events = EventBuffer()
    var revisions: [Revision] = []
    engine.process(way.span, into: &events, revisions: &revisions)
    engine.process([fix(200, 10.018)].span, into: &events, revisions: &revisions)
    let counts = engine.counts(of: 0)
    #expect(counts[.late] == 0 && counts[.future] == 1)
    #expect(counts.accepted + counts.pending == way.count)
  }

  @Test func `what silence has decided is revised by a fix from within it`() throws {
    let set = try FenceSet([])
    func drive(_ minutes: Range<Int>) -> [Fix] {
      minutes.map { minute in fix(Double(minute) * 60, 10 + Double(minute) * 0.01) }
    }
    var inTime = Engine(fences: set)
    var expected = EventBuffer()
    let late = drive(300..<301)
    let rest = drive(0..<257) + drive(360..<380)
    inTime.process((drive(0..<257) + late + drive(360..<380)).span, into: &expected)
    inTime.finish(into: &expected)
    var engine = RevisingEngine(fences: set, window: 24 * Self.hour)
    var events = EventBuffer()
    var revisions: [Revision] = []
    engine.process(Array(rest.prefix(257)).span, into: &events, revisions: &revisions)
    engine.advanceWatermark(to: fix(355 * 60).time, into: &events)
    engine.process(Array(rest.dropFirst(257)).span, into: &events, revisions: &revisions)
    var told = events.events
    events.removeAll()
    engine.process(late.span, into: &events, revisions: &revisions)
    #expect(revisions.count == 1 && events.isEmpty)
    apply(revisions, to: &told)
    engine.finish(into: &events)
    #expect(sorted(told + events.events) == sorted(expected.events))
  }

  @Test func `what came before the fences changed is late`() throws {
    let old = try FenceSet([])
    var engine = RevisingEngine(fences: old, window: 24 * Self.hour)
    var events = EventBuffer()
    var closing = EventBuffer()
    var revisions: [Revision] = []
    let yard = try FenceSet([Fence(id: "yard", shape: .box(south: 50, west: 10, north: 50.01, east: 10.01))])
    engine.replaceFences(with: yard, at: fix(3600).time, closing: &closing, into: &events)
    engine.process([fix(4000), fix(4060), fix(4120)].span, into: &events, revisions: &revisions)
    engine.process([fix(60, 10.005)].span, into: &events, revisions: &revisions)
    let counts = engine.counts(of: 0)
    #expect(revisions.isEmpty && counts[.late] == 1)
  }

  @Test func `a history is as long as its window, however often it is revised`() throws {
    var history = VehicleHistory(VehicleHistory.Checkpoint(state: nil))
    var time = 1_700_000_000_000 as Int64
    for round in 0..<40 {
      for _ in 0..<256 {
        if history.wantsCheckpoint {
          history.add(VehicleHistory.Checkpoint(state: [0], newest: time - 1000))
          history.forget(before: time - Self.hour)
        }
        history.add(Fix(vehicle: 0, time: time, latitude: 0, longitude: 0), newest: time)
        time += 1000
      }
      var late = [Fix(vehicle: 0, time: time - Self.hour + 1, latitude: 0, longitude: 0)]
      guard round > 20, let rerun = history.cut(for: &late) else { continue }
      // At most what the window holds and one stretch more.
      #expect(rerun.fixes.count < 3600 + 2 * 256 + 1)
      for fix in rerun.fixes {
        if history.wantsCheckpoint { history.add(VehicleHistory.Checkpoint(state: [0], newest: fix.time - 1000)) }
        history.add(fix, newest: fix.time)
      }
    }
    var none = [Fix(vehicle: 0, time: time - 3 * Self.hour, latitude: 0, longitude: 0)]
    let nothing = history.cut(for: &none)
    #expect(nothing?.fixes == nil && none.isEmpty)
  }
}
