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

  @Test func `trap 21: of two speeds on the way the smaller one is believed, and the average in any case`() throws {
    func fastest(_ fixes: [Fix]) throws -> Float {
      let trips = try Outcome(fixes).trips
      return try #require(trips.count == 1 ? trips[0].maximumSpeed : nil)
    }
    var driver = Driver()
    driver.reportsSpeed = true
    driver.interval = 60
    driver.stay(seconds: 600)
    driver.drive(seconds: 60, speed: 50)
    driver.drive(seconds: 60, speed: 10)
    driver.stay(seconds: 600)
    // 3,600 m in two minutes: it was as fast as that at some time.
    #expect(try abs(fastest(driver.fixes) - 30) < 0.1)
    var spiked = driver.fixes
    for index in spiked.indices where spiked[index].speed == 50 { spiked[index].speedOrNaN = 80 }
    #expect(try abs(fastest(spiked) - 30) < 0.1)
  }

  /// Receivers that state 0 where they have no speed: nothing is at rest that moves.
  @Test(arguments: [10, 30, 60] as [Int64])
  func `trap 23: time at a speed of 0 that the positions contradict is no rest`(
    interval: Int64
  )
    throws
  {
    func driver(reports: Bool) -> Driver {
      var driver = Driver()
      (driver.reportsSpeed, driver.interval) = (reports, interval)
      driver.stay(seconds: 600)
      driver.drive(seconds: 1_200, speed: 15)
      driver.stay(seconds: 120)
      driver.drive(seconds: 1_200, speed: 12)
      driver.stay(seconds: 600)
      return driver
    }
    var zeros = driver(reports: true).fixes
    for index in zeros.indices { zeros[index].speedOrNaN = 0 }
    let trip = try #require(try Outcome(zeros).trips.first)
    let without = try #require(try Outcome(driver(reports: false).fixes).trips.first)
    #expect(trip.start == without.start && trip.end == without.end && trip.distance == without.distance)
    #expect(abs(trip.moving - without.moving) <= 2 * interval * 1000 && trip.moving >= 2_400_000)
    #expect(abs((trip.averageMovingSpeed ?? 0) - 13.5) < 0.5)
    #expect(Double(trip.maximumSpeed ?? 0) >= trip.averageSpeed * 0.999)
  }

  @Test func `a vehicle that has come to rest by its speed and not by its positions is at rest`() throws {
    var driver = Driver()
    (driver.reportsSpeed, driver.interval) = (true, 30)
    driver.stay(seconds: 600)
    driver.drive(seconds: 300, speed: 20)
    // Braking within the step: it comes 300 m further, and stands.
    driver.vanish(seconds: 30, meters: 300)
    driver.stay(seconds: 600)
    let trip = try #require(try Outcome(driver.fixes).trips.first)
    #expect(trip.moving + trip.stationary == trip.duration && trip.moving == 300_000)
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
