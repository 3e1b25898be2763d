import Testing
import TriplineCore

/// What is measured in a trip.
extension TripTests {
  @Test(arguments: [false, true], [1, 2]) func `few speeds are enough for a maximum`(reports: Bool, count: Int) throws {
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

  @Test func `of two speeds on the way the smaller one is believed`() throws {
    var driver = Driver()
    driver.reportsSpeed = true
    driver.interval = 60
    driver.stay(seconds: 600)
    driver.drive(seconds: 60, speed: 50)
    driver.drive(seconds: 60, speed: 10)
    driver.stay(seconds: 600)
    #expect(try Outcome(driver.fixes).trips.map(\.maximumSpeed) == [10])
  }
}
