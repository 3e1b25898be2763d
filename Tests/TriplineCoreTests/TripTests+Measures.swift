import Testing
import TriplineCore

/// What is measured in a trip.
extension TripTests {
  @Test(arguments: [false, true], [1, 2]) func `trap 21: few speeds are enough for a maximum`(reports: Bool, count: Int)
    throws
  {
    var driver = Driver()
    driver.reportsSpeed = reports
    driver.interval = 60
    driver.stay(seconds: 600)
    driver.interval = 240
    // With two the second is the arrival: seen at rest, or still on the way.
    driver.drive(seconds: 240, speed: 15)
    if count == 2 {
      driver.north += 3_600
      driver.vanish(seconds: 240)
    }
    driver.interval = 60
    driver.stay(seconds: 600)
    let trips = try Outcome(driver.fixes).trips
    #expect(trips.count == 1)
    #expect(abs((trips.first?.maximumSpeed ?? 0) - 15) < 0.1)
  }

  @Test func `trap 21: of two speeds on the way the smaller one is believed`() throws {
    var driver = Driver()
    driver.reportsSpeed = true
    driver.interval = 60
    driver.stay(seconds: 600)
    driver.drive(seconds: 60, speed: 50)
    driver.drive(seconds: 60, speed: 10)
    driver.stay(seconds: 600)
    #expect(try Outcome(driver.fixes).trips.map(\.maximumSpeed) == [10])
  }

  @Test(arguments: [40, 90, 200]) func `steps at the place where the data end are no distance`(seconds: Int) throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    let arrival = driver.north
    for second in 0..<seconds {
      driver.north = arrival + (second % 2 == 0 ? 8 : -8)
      driver.vanish(seconds: 1)
    }
    driver.vanish(seconds: 7_200, meters: 90_000)
    let outcome = try Outcome(driver.fixes)
    let trip = try #require(outcome.trips.first)
    #expect(trip.isOpenEnded && trip.end == 300_000 + Int64(seconds) * 1000)
    #expect(trip.moving + trip.stationary + trip.gap == trip.duration)
    // 15 m/s for 299 s, and the way from the rim of the place to its middle.
    let isAtRest = seconds >= 60
    #expect(isAtRest == (trip.distance < 4_600), "\(trip.distance) m")
  }
}
