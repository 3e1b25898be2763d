import Testing
import TriplineCore
import TriplineTesting

/// Traccar's rule for trips; what its own program makes of recorded tracks is in `CompatibilityTests`.
@Suite struct DisplacementTests {
  /// Fixes on the equator, each at a minute and at so many metres east, on the sphere that the rule measures on.
  private func fixes(_ places: [(minute: Double, meters: Double)]) -> [Fix] {
    places.enumerated().map { index, place in
      Fix(
        vehicle: 0, time: Int64(place.minute * 60_000), latitude: 0,
        longitude: 10 + place.meters / 6_378_137 * 180 / .pi, sequence: UInt32(index))
    }
  }

  private func outcome(_ fixes: [Fix]) throws -> (trips: [Trip], stops: [Stop]) {
    var engine = Engine(fences: try FenceSet([]), configuration: Engine.Configuration(.traccar))
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    var (trips, stops): ([Trip], [Stop]) = ([], [])
    for event in events.events {
      switch event {
      case .trip(let trip): trips.append(trip)
      case .stop(let step) where step.phase == .ended: stops.append(step.stop)
      default: break
      }
    }
    return (trips, stops)
  }

  private func minutes(_ trips: [Trip]) -> [[Double]] {
    trips.map { [Double($0.start) / 60_000, Double($0.end) / 60_000] }
  }

  /// The sequence with which Traccar tests that its events are in the order of time (`NewMotionProcessorTest`).
  @Test func `a trip is back-dated to its departure, and ends with the fix that finds it over`() throws {
    let way = [0.0, 0, 0, 100, 220, 0, 60, 320].enumerated().map { (minute: Double($0.offset), meters: $0.element) }
    let (trips, stops) = try outcome(fixes(way))
    // Moving from minute 2, stopped in minute 6; the movement of minute 7 begins and ends with the last fix.
    #expect(minutes(trips) == [[2, 6]])
    #expect(stops.map(\.start) == [0, 360_000] && stops.map(\.end) == [120_000, 420_000])
    #expect(abs(trips[0].distance - (100 + 120 + 220 + 60)) < 0.01)
  }

  @Test func `a departure goes back along fast steps, and not into the trip before`() throws {
    let way: [(Double, Double)] = [(0, 0), (1, 0), (2, 0), (3, 120), (4, 300), (5, 600)]
    #expect(minutes(try outcome(fixes(way)).trips) == [[2, 5]])
  }

  @Test func `a silence in which it travelled is a trip of its own`() throws {
    let way: [(Double, Double)] = [(0, 0), (1, 600), (2, 1_200), (122, 14_200), (123, 14_200)]
    let (trips, stops) = try outcome(fixes(way))
    #expect(minutes(trips) == [[1, 2], [2, 122]])
    #expect(trips[1].distance == 0 && abs(trips[1].gapDistance - 13_000) < 1)
    #expect(stops.last?.start == 7_320_000)
  }

  @Test func `a silence near by is part of the trip`() throws {
    let way: [(Double, Double)] = [(0, 0), (1, 600), (2, 1_200), (122, 1_300)]
    #expect(minutes(try outcome(fixes(way)).trips) == [[1, 122]])
  }

  @Test func `a rest on the way is a rest, and every fix since the departure is looked at`() throws {
    var configuration = Engine.Configuration(.traccar)
    configuration.scoring = ScoringParameters()
    var drive = Drive()
    drive.stand()
    drive.go(seconds: 12, acceleration: 1)
    drive.go(seconds: 300)
    drive.go(seconds: 12, acceleration: -1)
    drive.go(seconds: 90)
    drive.go(seconds: 12, acceleration: 1)
    drive.go(seconds: 300)
    drive.halt()
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    engine.process(drive.fixes.span, into: &events)
    engine.finish(into: &events)
    let trips = events.events.compactMap { if case .trip(let trip) = $0 { trip } else { nil } }
    let scores = events.events.compactMap { if case .score(let score) = $0 { score } else { nil } }
    #expect(trips.count == 1 && scores.count == 1)
    // The red light, and the three minutes in which Traccar finds that it has stopped.
    #expect((85_000...330_000).contains(trips[0].stationary), "\(trips[0])")
    #expect(drive.fixes[Int(scores[0].firstSequence)].time == trips[0].start)
  }

  @Test func `every trip has a score, also one that is nothing but a silence`() throws {
    var configuration = Engine.Configuration(.traccar)
    configuration.scoring = ScoringParameters()
    var silences = 0
    // One that has a silence for sure, and many that may have.
    var drives = [fixes([(0, 0), (1, 600), (2, 1_200), (122, 14_200), (123, 14_200)])]
    for seed in Seeds.first(100) {
      drives.append(
        RandomDrive.fixes(seed: seed, vehicle: 0, count: 400, around: Coordinate(latitude: 47, longitude: 8)))
    }
    for (number, drive) in drives.enumerated() {
      var engine = Engine(fences: try FenceSet([]), configuration: configuration)
      var events = EventBuffer()
      engine.process(drive.span, into: &events)
      engine.finish(into: &events)
      var (trips, scores): ([Int64], [Int64]) = ([], [])
      for event in events.events {
        if case .trip(let trip) = event {
          trips.append(trip.start)
          if trip.gap == trip.duration { silences += 1 }
        }
        if case .score(let score) = event { scores.append(score.start) }
      }
      #expect(trips == scores, "drive \(number)")
    }
    #expect(silences > 0)
  }

  @Test func `trips and stops tile the time line, and every millisecond of a trip counts once`() throws {
    for seed in Seeds.first(200) {
      let drive = RandomDrive.fixes(seed: seed, vehicle: 0, count: 400, around: Coordinate(latitude: 47, longitude: 8))
      let (trips, stops) = try outcome(drive)
      let pieces = (trips.map { ($0.start, $0.end) } + stops.map { ($0.start, $0.end) }).sorted { $0 < $1 }
      for (piece, next) in zip(pieces, pieces.dropFirst()) { #expect(piece.1 == next.0, "seed \(seed)") }
      for trip in trips { #expect(trip.moving + trip.stationary + trip.gap == trip.duration, "seed \(seed): \(trip)") }
      #expect(trips.count + 1 >= stops.count, "seed \(seed)")
    }
  }
}
