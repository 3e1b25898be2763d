import Testing
import TriplineCore

/// Stretches without fixes before, inside and behind stops.
extension TripTests {
  @Test func `the far end of a travelled gap counts although the vehicle parks there`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.drive(seconds: 10, speed: 12)
    driver.vanish(seconds: 600, meters: 9_000)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.count == 2 && outcome.trips.count == 1)
    let trip = try #require(outcome.trips.first)
    #expect(trip.gap == 600_000 && abs(trip.gapDistance - 9_000) < 1 && abs(trip.distance - 120) < 10)
    #expect(trip.start == outcome.stops[0].end && trip.end == outcome.stops[1].start)
  }

  @Test(arguments: [20.0, 90, 150, 700, 1_500, 9_000])
  func `a gap of ten minutes at each index tiles the time line`(meters: Double) throws {
    for index in 0..<60 {
      var driver = Driver()
      driver.interval = 30
      for fix in 0..<60 {
        if fix == index { driver.vanish(seconds: 600, meters: meters) }
        driver.drive(seconds: 30, speed: (20..<25).contains(fix) ? 12 : 0)
      }
      try expectTiling(driver.fixes, "gap of \(meters) m before fix \(index)")
      let outcome = try Outcome(driver.fixes)
      let isTravel = meters >= 600
      // Nothing comes before the first gap, so that it is no way from anywhere.
      let farthest = index == 0 ? 0 : meters
      #expect(outcome.trips.count >= 1, "gap of \(meters) m before fix \(index)")
      let distance = outcome.trips.reduce(0) { $0 + $1.distance + $1.gapDistance }
      if isTravel {
        #expect(abs(distance - 1_800 - farthest) <= 60, "gap of \(meters) m before fix \(index): \(distance) m")
      }
    }
  }

  @Test func `a silence away from the stop is another stop`() throws {
    var driver = Driver()
    driver.interval = 60
    driver.stay(seconds: 600)
    // One fix outside, then silence there.
    driver.drive(seconds: 60, speed: 10)
    let arrival = driver.time
    driver.vanish(seconds: 1_200, meters: 20)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.map(\.kind) == [.observed, .silent])
    #expect(outcome.trips.map(\.start) == [600_000] && outcome.trips.map(\.end) == [arrival])
    #expect(abs((outcome.trips.first?.distance ?? 0) - 600) < 1)
  }

  @Test(arguments: [600, 4_000]) func `trap 34: pings with long gaps cannot drag a stop along`(seconds: Int64) throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    for _ in 0..<40 { driver.vanish(seconds: seconds, meters: 90) }
    let stops = try Outcome(driver.fixes).stops
    #expect(stops.count >= 10)
    for stop in stops { #expect(stop.radius < 200) }
    try expectTiling(driver.fixes, "pings of 90 m")
  }

  @Test func `trap 6: a fix outside before a long gap is no part of the stop`() throws {
    var driver = Driver()
    driver.interval = 60
    driver.stay(seconds: 600)
    let departure = driver.time
    driver.drive(seconds: 60, speed: 10)
    driver.vanish(seconds: 4_000, meters: 40_000)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.first?.end == departure)
    #expect(outcome.stops.dropFirst().first?.kind == .dataGap)
    try expectTiling(driver.fixes, "one fix outside before a long gap")
  }

  @Test func `a stay behind a slow gap is left when it is seen to be left`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    driver.vanish(seconds: 1_800, meters: 900)
    driver.stay(seconds: 600)
    driver.drive(seconds: 300, speed: 15)
    let stops = try Outcome(driver.fixes).stops
    #expect(stops.count == 1)
    #expect(stops[0].departureUncertainty == 0 && stops[0].arrivalUncertainty == 1_800_000)
  }

  @Test func `a silence shorter than a stop is none`() throws {
    var parameters = TripParameters()
    parameters.stopDuration = 1_200_000
    for (silences, stops) in [(1, 0), (2, 1)] {
      var driver = Driver()
      driver.drive(seconds: 300, speed: 15)
      for _ in 0..<silences { driver.vanish(seconds: 660, meters: 20) }
      driver.drive(seconds: 300, speed: 15)
      let outcome = try Outcome(driver.fixes, parameters)
      #expect(outcome.stops.count == stops && outcome.trips.count == 1 + stops)
      for stop in outcome.stops { #expect(stop.duration >= parameters.stopDuration) }
      for trip in outcome.trips { #expect(trip.moving + trip.stationary + trip.gap == trip.duration) }
      if stops == 0 {
        #expect(outcome.pauses.count == 1 && abs((outcome.trips.first?.stationary ?? 0) - 660_000) < 5_000)
      }
    }
  }
}

/// What phones do: they fall silent soon after they have come to rest, and are found elsewhere.
extension TripTests {
  var phone: TripParameters { Engine.Configuration(.phone).trips }

  @Test(arguments: [3_000, 20_000] as [Int64]) func `a phone that falls silent has arrived before`(
    silence: Int64
  ) throws {
    var driver = Driver()
    driver.drive(seconds: 600, speed: 10)
    let arrival = driver.time
    driver.stay(seconds: 120)
    driver.vanish(seconds: silence, meters: 700)
    driver.drive(seconds: 300, speed: 10)
    let outcome = try Outcome(driver.fixes, phone)
    #expect(abs((outcome.trips.first?.end ?? 0) - arrival) <= 6_000)
    #expect(outcome.stops.first?.start == outcome.trips.first?.end)
    // A fleet's trip goes on until the last fix.
    let fleet = try Outcome(driver.fixes)
    #expect(fleet.trips.first?.end == arrival + 120_000)
  }

  @Test func `a phone found away from its stop has left when the way there takes it`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.vanish(seconds: 9_000, meters: 500)
    let found = driver.time
    driver.drive(seconds: 600, speed: 5)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes, phone)
    let (stop, trip) = (try #require(outcome.stops.first), try #require(outcome.trips.first))
    // 500 m at 5 m/s; the radius of the stop's fixes is part of it.
    #expect(abs(found - trip.start - 100_000) < 8_000 && stop.end == trip.start)
    #expect(trip.gapDistance > 490 && trip.gapDistance < 510 && trip.distance > 2_900)
    #expect(trip.moving + trip.stationary + trip.gap == trip.duration && trip.gap == found - trip.start)
    #expect(stop.departureUncertainty == 9_000_000 - trip.gap)
    #expect(try Outcome(driver.fixes).trips.first?.start == found)
  }

  @Test func `a phone that cannot have left so early has left with its silence`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    let silence = driver.time
    driver.vanish(seconds: 700, meters: 340)
    driver.drive(seconds: 1_200, speed: 0.4)
    driver.drive(seconds: 60, speed: 1)
    let trip = try #require(try Outcome(driver.fixes, phone).trips.first)
    #expect(trip.start >= silence)
  }
}

extension TripTests {
  @Test(arguments: [8, 240] as [Int64]) func `a phone that lies where it was found has not left hours before`(
    hours: Int64
  ) throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.vanish(seconds: hours * 3_600, meters: 500)
    let found = driver.time
    // Waits, goes on in a gap, and stays.
    for _ in 0..<210 { driver.drive(seconds: 1, speed: driver.time % 2_000 == 0 ? 1 : -1) }
    driver.vanish(seconds: 180, meters: 2_000)
    driver.drive(seconds: 60, speed: 10)
    driver.stay(seconds: 600)
    let trip = try #require(try Outcome(driver.fixes, phone).trips.first)
    // 500 m at no less than half a metre a second.
    #expect(found - trip.start <= 1_000_000 && trip.start <= found, "\(trip)")
    #expect(trip.moving + trip.stationary + trip.gap == trip.duration)
  }

  @Test func `a phone found on the other side of the Earth with no speed to speak of is no error`() throws {
    var fixes = (0..<600).map { Fix(vehicle: 0, time: Int64($0) * 1000, latitude: 50, longitude: 14, accuracy: 5) }
    let found = Int64(45 * 86_400_000)
    for index in 0..<4 {
      let latitude = 60 + Double(index) * 60.0.ulp
      fixes.append(
        Fix(vehicle: 0, time: found + Int64(index) * 1000, latitude: latitude, longitude: 14, accuracy: 5))
    }
    for index in 0..<600 {
      fixes.append(
        Fix(
          vehicle: 0, time: found + 200_000 + Int64(index) * 1000, latitude: 60.02 + Double(index) * 1e-4,
          longitude: 14,
          accuracy: 5))
    }
    for index in fixes.indices { fixes[index].sequence = UInt32(index) }
    #expect(try !Outcome(fixes, phone).trips.isEmpty)
  }
}
