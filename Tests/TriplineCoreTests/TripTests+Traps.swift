import Testing
import TriplineCore
import TriplineTesting

/// Traps that other systems fell into, by their numbers in the design; most stand with what they are about.
extension TripTests {
  @Test func `trap 9: no stop is shorter than the shortest`() throws {
    var stops = 0
    for seed in Seeds.first(200) {
      let fixes = RandomDrive.fixes(
        seed: seed, vehicle: 0, count: 600, around: Coordinate(latitude: 50, longitude: 14))
      for stop in try Outcome(fixes).stops {
        stops += 1
        #expect(stop.duration >= 300_000, "seed \(seed), \(stop)")
      }
    }
    #expect(stops >= Seeds.first(200).count)
  }

  @Test func `trap 12: what is remembered of a parked vehicle does not grow with its fixes`() throws {
    // What a fix costs then is measured by Scripts/bench --case peers.
    let sizes = try [1_000, 86_400].map { count in
      var engine = Engine(fences: try FenceSet([]))
      var events = EventBuffer()
      for second in 0..<count {
        let fix = Fix(
          vehicle: 0, time: Int64(second) * 1000, latitude: 50 + Double(second % 7) * 1e-5, longitude: 14, speed: 0)
        engine.process([fix].span, into: &events)
      }
      #expect(events.events.count == 2, "announced and confirmed, and no word more")
      return engine.snapshot().count
    }
    #expect(sizes[0] == sizes[1])
  }

  @Test func `trap 17: positions make distances, speeds make maxima, and neither makes the other`() throws {
    // A receiver whose position stands still while its speed goes on, and the other way round.
    var driver = Driver(interval: 1, reportsSpeed: true)
    driver.drive(seconds: 300, speed: 10)
    let held = driver.fixes.count
    driver.drive(seconds: 200, speed: 18)
    driver.drive(seconds: 300, speed: 10)
    var fixes = driver.fixes
    for index in held..<held + 200 { fixes[index].latitude = fixes[held - 1].latitude }
    for index in (held + 200)..<fixes.count { fixes[index].latitude -= 3_600 / 111_229 }
    for trip in try Outcome(fixes).trips {
      #expect(trip.start < trip.end)
      #expect(abs(trip.averageSpeed - trip.distance / (Double(trip.duration) / 1000)) < 1e-9)
      let path = zip(fixes, fixes.dropFirst()).filter { $0.time >= trip.start && $1.time <= trip.end }
        .reduce(0) { $0 + Geodesic.step(from: $1.0.coordinate, to: $1.1.coordinate) }
      #expect(abs(trip.distance - path) < 1, "not a metre comes from speeds")
      let doppler = try #require(trip.dopplerDistance)
      #expect(doppler > trip.distance + 3_000, "nor a metre of speeds from positions")
    }
    #expect(try !Outcome(fixes).trips.isEmpty)
  }

  @Test func `trap 14: a device that is always on has its trips ended, two days long`() throws {
    var driver = Driver(interval: 10)
    for _ in 0..<8 {
      driver.stay(seconds: 18_000)
      driver.drive(seconds: 3_600, speed: 12)
    }
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 8 && outcome.stops.count == 9)
    #expect(outcome.trips.allSatisfy { abs($0.duration - 3_600_000) < 60_000 && !$0.isOpenEnded })
  }

  @Test(arguments: [1, 5, 30] as [Int64]) func `trap 19: walking is a way, at any rate of fixes`(interval: Int64) throws
  {
    var driver = Driver(interval: interval)
    driver.stay(seconds: 600)
    driver.drive(seconds: 1_200, speed: 1.2)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 1 && abs((outcome.trips.first?.distance ?? 0) - 1_440) < 130, "\(outcome.trips)")
  }

  @Test func `trap 32: a trip across the antimeridian and one at 79 degrees are as long as elsewhere`() throws {
    func length(at place: Coordinate) throws -> Double {
      var drive = Drive()
      drive.place = place
      drive.course = 90
      drive.stand()
      drive.go(seconds: 20, acceleration: 1)
      drive.go(seconds: 300)
      drive.halt()
      return try #require(try ScoredDrive(drive.fixes.map(\.wrapped)).trips.first).distance
    }
    let expected = try length(at: Coordinate(latitude: 50, longitude: 14))
    for place in [(50.0, 179.99), (0, 179.99), (-17.7, 179.98), (79, 14)] {
      let found = try length(at: Coordinate(latitude: place.0, longitude: place.1))
      #expect(abs(found - expected) < 25, "\(place): \(found), \(expected)")
    }
  }
}

extension Fix {
  /// The same with a longitude from -180 to 180.
  fileprivate var wrapped: Fix {
    var fix = self
    if fix.longitude > 180 { fix.longitude -= 360 }
    return fix
  }
}
