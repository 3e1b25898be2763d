import Testing
import TriplineTesting

@testable import TriplineCore

@Suite struct FencePeriodTests {
  private static let square = Fence(id: "square", shape: .box(south: 50, west: 10, north: 51, east: 11))

  @Test func `periods begin and end where straight lines meet the boundary`() throws {
    var tracker = FencePeriodTracker(fences: try FenceSet([Self.square]))
    // In at 10, out at 11; through a corner; along the northern side, which belongs to the fence.
    let ways: [[(x: Double, y: Double, time: Int64)]] = [
      [(9.5, 50.5, 0), (10.5, 50.5, 1_000_000), (11.5, 50.5, 2_000_000)],
      [(9.75, 50.5, 0), (10.25, 50, 1_000_000), (10.5, 49, 2_000_000)],
      [(10.5, 50.5, 0), (10.75, 50.5, 10)],
      [(9, 49, 0), (12, 52, 3_000_000)],
    ]
    for (point, way) in ways.enumerated() {
      for place in way {
        tracker.move(UInt32(point), to: Coordinate(latitude: place.y, longitude: place.x), at: place.time)
      }
    }
    tracker.finish()
    let found = tracker.periods.map {
      [Int64($0.point), $0.start, $0.end, $0.isOpenAtStart ? 1 : 0, $0.isOpenAtEnd ? 1 : 0]
    }
    #expect(
      found == [
        [0, 500_000, 1_500_000, 0, 0], [1, 500_000, 1_000_000, 0, 0], [3, 1_000_000, 2_000_000, 0, 0],
        [2, 0, 10, 1, 1],
      ])
  }

  @Test func `between two places beside all fences the shorter way leads over the antimeridian, too`() throws {
    let fence = Fence(id: "fence", shape: .box(south: 0, west: 170, north: 10, east: 175))
    var tracker = FencePeriodTracker(fences: try FenceSet([fence]))
    // 40 degrees, of which the fence is those from 10 to 15.
    tracker.move(0, to: Coordinate(latitude: 5, longitude: 160), at: 0)
    tracker.move(0, to: Coordinate(latitude: 5, longitude: -160), at: 40_000)
    tracker.move(0, to: Coordinate(latitude: 5, longitude: 160), at: 80_000)
    #expect(tracker.periods.map { [$0.start, $0.end] } == [[10_000, 15_000], [65_000, 70_000]])
  }

  @Test(arguments: Seeds.first(20))
  func `many points at once are followed as one by one`(seed: UInt64) throws {
    var random = RandomFences(seed: seed)
    let middle = Coordinate(latitude: 50, longitude: seed % 4 == 0 ? 179.99 : 14)
    let fences = try FenceSet(random.fences(count: 60, around: middle, extent: 0.05))
    var last: [UInt32: Int64] = [:]
    // Some far away from all fences; points that come back in a batch, and new ones in its middle.
    let fixes = (0..<9).flatMap { vehicle in
      RandomDrive.fixes(seed: seed &* 9 &+ vehicle, vehicle: UInt32(vehicle), count: 150, around: middle)
    }.sorted { ($0.time, $0.vehicle) < ($1.time, $1.vehicle) }.filter { fix in
      guard fix.time > last[fix.vehicle, default: .min] else { return false }
      last[fix.vehicle] = fix.time
      return true
    }
    #expect(fixes.contains { abs($0.latitude - 50) > 1 } && fixes.count > 500)
    func periods(in size: Int?) -> [FencePeriod] {
      var tracker = FencePeriodTracker(fences: fences)
      for start in stride(from: 0, to: fixes.count, by: size ?? 1) {
        guard let size else {
          tracker.move(fixes[start].vehicle, to: fixes[start].coordinate, at: fixes[start].time)
          continue
        }
        tracker.move(fixes.span.extracting(start..<min(fixes.count, start + size)))
      }
      tracker.finish()
      return tracker.periods
    }
    let expected = periods(in: nil)
    #expect(!expected.isEmpty)
    for size in [1, 7, 64, 200, fixes.count] { #expect(periods(in: size) == expected, "seed \(seed), \(size)") }
  }

  /// What the engine tells with everything else switched off.
  @Test func `over random drives the periods are the visits of the engine`() throws {
    var compared = 0
    for seed in Seeds.first(100) {
      var random = RandomFences(seed: seed)
      let middle = Coordinate(latitude: 50, longitude: 14)
      let fences = try FenceSet(random.fences(count: 40, around: middle, extent: 0.05))
      var fixes = RandomDrive.fixes(seed: seed, vehicle: 0, count: 300, around: middle)
      fixes.sort { $0.time < $1.time }
      fixes = fixes.indices.filter { $0 == 0 || fixes[$0].time > fixes[$0 - 1].time }.map { fixes[$0] }
      fixes = fixes.map { Fix(vehicle: 0, time: $0.time, latitude: $0.latitude, longitude: $0.longitude) }
      var configuration = Engine.Configuration()
      configuration.gate.largestSpeed = .infinity
      configuration.gate.reorderWindow = 0
      configuration.longestInference = 366 * 86_400_000
      var engine = Engine(fences: fences, configuration: configuration)
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      guard engine.finishedCounts.rejected == 0 else { continue }
      let visits = events.events.compactMap { event -> FencePeriod? in
        guard case .visit(let visit) = event else { return nil }
        return FencePeriod(
          point: 0, fence: visit.fence, start: visit.enterTime, end: visit.exitTime,
          isOpenAtStart: visit.wasInsideAtStart, isOpenAtEnd: visit.wasInsideAtEnd)
      }
      var tracker = FencePeriodTracker(fences: fences)
      for fix in fixes { tracker.move(0, to: fix.coordinate, at: fix.time) }
      tracker.finish()
      #expect(tracker.periods == visits, "seed \(seed)")
      compared += visits.count
    }
    #expect(compared > 0)
  }
}
