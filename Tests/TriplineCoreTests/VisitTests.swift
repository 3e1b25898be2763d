import Testing
import TriplineTesting

@testable import TriplineCore

/// What visits tell of a stay, by example on a road along a parallel, a fix a second, and over random drives.
@Suite struct VisitTests {
  private static let start: Int64 = 1_700_000_000_000
  private static let metersPerDegree = LocalMetric(latitude: 50.005).metersPerDegreeLongitude
  /// From 100 m to 800 m of the road.
  private static let yard = Fence(
    id: "yard",
    shape: .box(south: 50, west: 10 + 100 / metersPerDegree, north: 50.01, east: 10 + 800 / metersPerDegree))

  private func visits(_ meters: [Double], every seconds: Int64 = 1, speeds: Float?, noise: Double = 0) throws -> [Visit]
  {
    var generator = SeededGenerator(seed: 4)
    let fixes = meters.enumerated().map { number, place in
      Fix(
        vehicle: 0, time: Self.start + Int64(number) * seconds * 1000,
        latitude: 50.005 + Double.random(in: -noise...noise, using: &generator) / 111_000,
        longitude: 10 + (place + Double.random(in: -noise...noise, using: &generator)) / Self.metersPerDegree,
        speed: speeds, accuracy: 5, sequence: UInt32(number))
    }
    var engine = Engine(fences: try FenceSet([Self.yard]))
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    return events.events.compactMap { if case .visit(let visit) = $0 { visit } else { nil } }
  }

  @Test func `passing through is measured from edge to edge`() throws {
    let visit = try #require(try visits((0..<100).map { Double($0) * 12 + 3 }, speeds: 12).first)
    #expect(abs(visit.distance - 700) < 0.01)
    #expect(abs(visit.duration - 58_333) <= 1)
    #expect(visit.moving == visit.duration && visit.stationary == 0 && visit.stopped == 0 && visit.gap == 0)
    #expect(visit.isPassThrough && visit.stops == 0)
    #expect(visit.fixes == 58, "the fixes of seconds 9 to 66")
    #expect(visit.maximumSpeed == 12)
    #expect(abs(try #require(visit.averageSpeed) - 12) < 0.001)
    let west = Coordinate(latitude: 50.005, longitude: 10 + 100 / Self.metersPerDegree)
    #expect(Geodesic.length(from: west, to: visit.enterCoordinate) < 0.02)
  }

  @Test func `a fence passed between two fixes is a visit too`() throws {
    let visit = try #require(try visits([0, 50, 90, 900, 950], every: 30, speeds: nil).first)
    #expect(abs(visit.distance - 700) < 0.01 && visit.fixes == 0 && visit.isPassThrough)
    #expect(abs(visit.duration - 25_926) <= 1 && visit.moving == visit.duration)
    #expect(abs(try #require(visit.maximumSpeed) - 27) < 0.1)
  }

  @Test
  func `who was not seen to come or to leave has not only passed through, nor who was out of sight most of the time`()
    throws
  {
    // One fix; three; and three minutes within, half a day of silence, and a fix 130 m outside.
    #expect(try visits([500], speeds: 0).map(\.isPassThrough) == [false])
    #expect(try visits([400, 500, 600], speeds: 10).map(\.isPassThrough) == [false])
    #expect(try visits([0, 300, 300], every: 43_200, speeds: nil).map(\.isPassThrough) == [false])
    let dark = try visits([0, 300, 930, 1_100], every: 43_200, speeds: nil)
    #expect(dark.map(\.isPassThrough) == [false] && dark.allSatisfy { $0.gap > $0.duration / 2 })
  }

  @Test(arguments: [nil, 0] as [Float?]) func `C50 what a receiver wanders at a stop is no distance`(
    reported: Float?
  ) throws {
    let way = (0..<50).map { Double($0) * 10 }
    let stay = Array(repeating: 500.0, count: 900)
    let all = way + stay + (1..<60).map { 500 + Double($0) * 10 }
    let visit = try #require(try visits(all, speeds: reported, noise: 3).first)
    #expect(visit.stops == 1 && !visit.isPassThrough)
    #expect(visit.distance > 600 && visit.distance < 780, "\(visit.distance) m")
    #expect(visit.stopped > 870_000 && visit.stopped < 930_000, "\(visit.stopped) ms")
    #expect(visit.moving + visit.stationary + visit.stopped == visit.duration)
  }

  @Test func `a speed outside is no speed inside`() throws {
    // 5 m/s inside, then 30 m/s from the last metres on.
    let all = (0..<200).map { Double($0) * 5 }.prefix { $0 <= 795 } + (1..<20).map { 795 + Double($0) * 30 }
    let visit = try #require(try visits(Array(all), speeds: nil).first)
    #expect(abs(try #require(visit.maximumSpeed) - 5) < 0.1)
  }

  @Test func `the sampled policy measures nothing`() throws {
    var configuration = Engine.Configuration()
    configuration.policy = .sampled
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    var closing = EventBuffer()
    func fix(_ second: Int64, _ meters: Double) -> Fix {
      Fix(
        vehicle: 0, time: Self.start + second * 1000, latitude: 50.005, longitude: 10 + meters / Self.metersPerDegree)
    }
    engine.process([fix(0, 500)].span, into: &events)
    engine.replaceFences(with: try FenceSet([Self.yard]), at: Self.start + 1000, closing: &closing, into: &events)
    engine.process([fix(2, 900), fix(3, 500)].span, into: &events)
    engine.finish(into: &events)
    let visits = events.events.compactMap { if case .visit(let visit) = $0 { visit } else { nil } }
    #expect(visits.count == 2)
    for visit in visits { #expect(visit.fixes == 0 && visit.distance == 0 && visit.maximumSpeed == nil) }
  }

  @Test(arguments: Seeds.first(60))
  func `parts of a visit add up, and so do those of two halves`(seed: UInt64) throws {
    let center = Coordinate(latitude: 50, longitude: 14)
    let fences = try FenceSet([
      Fence(id: "all", shape: .box(south: 40, west: 4, north: 60, east: 24)),
      Fence(id: "west", shape: .box(south: 40, west: 4, north: 60, east: 14)),
      Fence(id: "east", shape: .box(south: 40, west: 14, north: 60, east: 24)),
    ])
    var engine = Engine(fences: fences)
    var events = EventBuffer()
    engine.process(RandomDrive.fixes(seed: seed, vehicle: 0, count: 500, around: center).span, into: &events)
    engine.finish(into: &events)
    var distance: [Double] = [0, 0, 0]
    var gap: [Int64] = [0, 0, 0]
    var trips = 0.0
    for event in events.events {
      if case .trip(let trip) = event { trips += trip.distance }
      guard case .visit(let visit) = event else { continue }
      distance[Int(visit.fence)] += visit.distance
      gap[Int(visit.fence)] += visit.gap
      let parts = [visit.moving, visit.stationary, visit.stopped, visit.gap]
      #expect(parts.allSatisfy { $0 >= 0 } && parts.reduce(0, +) == visit.duration, "seed \(seed): \(visit)")
      #expect(visit.duration >= 0 && visit.distance >= 0)
    }
    // Trips begin at the middle of a stop, which may lie some metres behind the fix that leaves it.
    #expect(distance[0] >= trips * 0.99 - 60, "seed \(seed): trips of \(trips) m, inside \(distance[0]) m")
    // A stop on the line between the halves may be way in the one and a stop in the other.
    #expect(abs(distance[1] + distance[2] - distance[0]) <= distance[0] * 0.02 + 200, "seed \(seed): \(distance)")
    #expect(abs(gap[1] + gap[2] - gap[0]) <= 2, "seed \(seed)")
  }
}
