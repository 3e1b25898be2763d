import Testing
import TriplineCore

@Suite struct OverspeedTests {
  /// Two minutes at 20 m/s where 20 are allowed, so long at a higher speed, and two minutes at 20 m/s.
  private func drive(above: Double, seconds: Double, limit: Float? = 20) -> Drive {
    var drive = Drive()
    drive.limit = limit
    drive.stand()
    drive.go(seconds: 20, acceleration: 1)
    drive.go(seconds: 120)
    drive.go(seconds: 1, acceleration: above)
    drive.go(seconds: seconds - 1)
    drive.go(seconds: 1, acceleration: -above)
    drive.go(seconds: 120)
    drive.halt()
    return drive
  }

  @Test func `an event has its length, peak, limit, distance and tier`() throws {
    let scored = try ScoredDrive(drive(above: 6, seconds: 30).fixes)
    #expect(scored.overspeeds.count == 1)
    let event = try #require(scored.overspeeds.first)
    #expect(event.start == 741_000 && event.end == 770_000 && event.firstSequence == 740 && event.lastSequence == 769)
    #expect(event.peak == 26 && event.limit == 20 && event.tier == .serious)
    #expect(abs(event.distance - 29 * 26) < 0.5)
    let score = scored.scores[0]
    #expect(score.overspeeds == 1 && score.overspeed == 29_000)
    #expect(score.overspeedShare == Double(29_000) / Double(score.limited))
  }

  @Test(arguments: [(1.4, 30.0, 0), (1.6, 30, 1), (6, 5, 0), (6, 6, 1)])
  func `tolerance, margin and duration have to be exceeded`(above: Double, seconds: Double, count: Int) throws {
    #expect(try ScoredDrive(drive(above: above, seconds: seconds).fixes).overspeeds.count == count)
  }

  @Test(arguments: [(2.0, OverspeedEvent.Tier.slight), (3, .moderate), (6, .serious), (9, .extreme)])
  func `tiers`(above: Double, tier: OverspeedEvent.Tier) throws {
    #expect(try ScoredDrive(drive(above: above, seconds: 30).fixes).overspeeds.map(\.tier) == [tier])
  }

  @Test func `where no limit is known nothing is known`() throws {
    let scored = try ScoredDrive(drive(above: 9, seconds: 30, limit: nil).fixes)
    #expect(scored.overspeeds.isEmpty && scored.scores[0].overspeedShare == nil)
    #expect(scored.scores[0].driving.losses.speeding == nil)
  }

  @Test func `of two limits the lower one holds`() throws {
    var scoring = ScoringParameters()
    scoring.speedLimit = 15
    #expect(try ScoredDrive(drive(above: 0, seconds: 30).fixes, scoring).overspeeds.map(\.limit) == [15])
    scoring.speedLimit = 30
    #expect(try ScoredDrive(drive(above: 6, seconds: 30).fixes, scoring).overspeeds.map(\.limit) == [20])
  }

  @Test func `the limit of a fence holds inside, of one that comes later from then on`() throws {
    let drive = Drive.trip(kilometers: 8, speed: 12)
    func zone(_ id: String, _ limit: Double?) -> Fence {
      Fence(id: id, shape: .box(south: 49, west: 13, north: 51, east: 15), speedLimit: limit)
    }
    let without = try FenceSet([zone("open", nil)])
    let with = try without.adding(zone("slow", 8))
    #expect(with.speedLimit(of: 1) == 8 && with.speedLimit(of: 0) == nil && without.speedLimit(of: 0) == nil)
    var configuration = Engine.Configuration()
    configuration.scoring = ScoringParameters()
    var engine = Engine(fences: without, configuration: configuration)
    var (events, closing) = (EventBuffer(), EventBuffer())
    engine.process(drive.fixes.span.extracting(0..<900), into: &events)
    engine.replaceFences(with: with, at: drive.fixes[899].time, closing: &closing, into: &events)
    engine.process(drive.fixes.span.extracting(900..<drive.fixes.count), into: &events)
    engine.finish(into: &events)
    let found = events.events.compactMap { event -> OverspeedEvent? in
      if case .overspeed(let event) = event { event } else { nil }
    }
    #expect(found.count == 1 && found.first?.limit == 8, "\(found)")
    #expect(abs((found.first?.start ?? 0) - drive.fixes[899].time) <= 2_000)
  }
}
