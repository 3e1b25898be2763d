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
