import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct TripTests {
  /// A vehicle that does as it is told, with a fix every `interval` seconds.
  struct Driver {
    var fixes: [Fix] = []
    var time: Int64 = 0
    var north = 0.0
    var interval: Int64 = 1
    var reportsSpeed = false

    /// Drives north at a speed in m/s.
    mutating func drive(seconds: Int64, speed: Double) {
      let end = time + seconds * 1000
      while time < end {
        time += interval * 1000
        north += speed * Double(interval)
        add(speed)
      }
    }

    /// Stays, with fixes.
    mutating func stay(seconds: Int64) { drive(seconds: seconds, speed: 0) }

    /// No fix for a while, at the end of which the vehicle has moved.
    mutating func vanish(seconds: Int64, meters: Double = 0) {
      time += seconds * 1000
      north += meters
      add(0)
    }

    mutating func add(_ speed: Double) {
      let metric = LocalMetric(latitude: 50)
      fixes.append(
        Fix(
          vehicle: 0, time: time, latitude: 50 + north / metric.metersPerDegreeLatitude, longitude: 14,
          speed: reportsSpeed ? Float(speed) : nil, accuracy: 5, sequence: UInt32(fixes.count)))
    }
  }

  struct Outcome {
    var stops: [Stop] = []
    var pauses: [Stop] = []
    var trips: [Trip] = []
    var phases: [StopEvent.Phase] = []

    init(_ fixes: [Fix], _ parameters: TripParameters = TripParameters()) throws {
      var configuration = Engine.Configuration()
      configuration.trips = parameters
      var engine = Engine(fences: try FenceSet([]), configuration: configuration)
      var events = EventBuffer()
      engine.process(fixes.span, into: &events)
      engine.finish(into: &events)
      for event in events.events {
        switch event {
        case .stop(let step):
          phases.append(step.phase)
          if step.phase == .ended { step.stop.kind == .pause ? pauses.append(step.stop) : stops.append(step.stop) }
        case .trip(let trip): trips.append(trip)
        default: break
        }
      }
    }
  }

  @Test func `traps 5 and 7: a square-wave drive that ends parked has its stops and trips where they were`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.drive(seconds: 600, speed: 15)
    driver.stay(seconds: 900)
    driver.drive(seconds: 300, speed: 10)
    driver.stay(seconds: 400)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.count == 3 && outcome.trips.count == 2 && outcome.pauses.isEmpty)
    #expect(
      outcome.phases == [
        .provisional, .confirmed, .ended, .provisional, .confirmed, .ended, .provisional,
        .confirmed, .ended,
      ])
    let (first, second) = (outcome.trips[0], outcome.trips[1])
    // Departure is the last fix at the place, arrival the first one; the radius of 50 m shifts both a little.
    #expect(abs(first.start - 600_000) <= 4_000 && abs(first.end - 1_200_000) <= 4_000)
    #expect(abs(second.start - 2_100_000) <= 6_000 && abs(second.end - 2_400_000) <= 6_000)
    #expect(abs(first.distance - 9_000) < 60 && abs(second.distance - 3_000) < 80)
    #expect(first.gap == 0 && first.gapDistance == 0)
    #expect(abs(Double(first.moving) - 600_000) < 8_000)
    #expect(abs((first.maximumSpeed ?? 0) - 15) < 0.1 && abs((first.percentile95Speed ?? 0) - 15) < 0.1)
    #expect(outcome.stops[1].start == first.end && outcome.stops[1].end == second.start)
    #expect(outcome.stops.map(\.kind) == [.observed, .observed, .observed])
  }

  @Test func `a stop is announced after a minute and confirmed after five`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    let arrival = driver.time
    driver.stay(seconds: 400)
    var engine = Engine(fences: try FenceSet([]))
    var events = EventBuffer()
    var announced: Int64?
    var confirmed: Int64?
    for fix in driver.fixes {
      engine.process([fix].span, into: &events)
      for case .stop(let step) in events.events {
        // The fix that decides is the one that is due: a window of 30 s behind the newest.
        if step.phase == .provisional { announced = fix.time - 31_000 }
        if step.phase == .confirmed { confirmed = fix.time - 31_000 }
      }
      events.removeAll()
    }
    #expect(try #require(announced) - arrival <= 61_000 && (announced ?? 0) - arrival >= 55_000)
    #expect(try #require(confirmed) - arrival <= 301_000 && (confirmed ?? 0) - arrival >= 295_000)
  }

  @Test func `a traffic light is a pause, not a stop`() throws {
    var driver = Driver()
    driver.drive(seconds: 200, speed: 12)
    driver.stay(seconds: 90)
    driver.drive(seconds: 200, speed: 12)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.isEmpty && outcome.trips.count == 1 && outcome.pauses.count == 1)
    #expect(outcome.trips[0].pauses == 1)
    #expect(abs(Double(outcome.trips[0].stationary) - 90_000) <= 6_000)
    #expect(outcome.phases == [.provisional, .ended])
  }

  @Test func `being moved within the yard does not end a stop`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.drive(seconds: 15, speed: 8)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.count == 1 && outcome.trips.isEmpty)
    #expect(outcome.stops[0].shuffles == 1 && outcome.stops[0].duration > 1_210_000)
    #expect(outcome.phases == [.provisional, .confirmed, .ended])
  }

  @Test func `two stays at one place with less than a trip between them are one stop`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.drive(seconds: 15, speed: 8)
    driver.drive(seconds: 15, speed: -8)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.count == 1 && outcome.trips.isEmpty)
    #expect(outcome.stops.first?.start == 1_000 && outcome.stops.first?.end == driver.time)
  }

  @Test func `a short hop to another place makes two stops that touch`() throws {
    var driver = Driver()
    driver.stay(seconds: 600)
    driver.drive(seconds: 30, speed: 20)
    driver.stay(seconds: 600)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.stops.count == 2 && outcome.trips.isEmpty)
    #expect(outcome.stops[0].end == outcome.stops[1].start)
  }

  @Test func `one outlier does not end a stop, two do`() throws {
    var driver = Driver()
    driver.stay(seconds: 400)
    let before = driver
    for (outliers, shuffles) in [(1, 0), (2, 1)] as [(Int, UInt32)] {
      driver = before
      driver.north += 65
      for _ in 0..<outliers { driver.vanish(seconds: 1) }
      driver.north -= 65
      driver.stay(seconds: 400)
      let stops = try Outcome(driver.fixes).stops
      // Left and found again at the same place: one stop, in which the vehicle was moved.
      #expect(stops.count == 1 && stops[0].shuffles == shuffles, "\(outliers) outliers")
    }
  }

  @Test func `two fast fixes end a stop before its radius is left`() throws {
    var driver = Driver()
    driver.reportsSpeed = true
    driver.stay(seconds: 400)
    let departure = driver.time
    driver.drive(seconds: 120, speed: 5)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 1)
    #expect(outcome.trips[0].start == departure)
    #expect(abs((outcome.trips[0].dopplerDistance ?? 0) - 600) < 10)
  }

  // MARK: Gaps

  @Test func `a silence at one place is a stop`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    driver.vanish(seconds: 1_800, meters: 40)
    driver.drive(seconds: 300, speed: 15)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 2)
    #expect(outcome.stops.map(\.kind) == [.silent])
    #expect(outcome.trips.allSatisfy { $0.gap == 0 })
  }

  @Test func `a slow gap is an uncertain stop`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    driver.vanish(seconds: 1_800, meters: 900)
    driver.drive(seconds: 300, speed: 15)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 2)
    #expect(outcome.stops.map(\.kind) == [.uncertain])
    #expect(outcome.stops[0].arrivalUncertainty == 1_800_000 && outcome.stops[0].departureUncertainty == 1_800_000)
  }

  @Test func `trap 33: a gap at speed belongs to the trip, apart from its distance and its time in motion`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    driver.vanish(seconds: 600, meters: 9_000)
    driver.drive(seconds: 300, speed: 15)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 1 && outcome.stops.isEmpty)
    let trip = outcome.trips[0]
    #expect(trip.gap == 600_000 && abs(trip.gapDistance - 9_000) < 1)
    #expect(abs(trip.distance - 9_000) < 31)
    #expect(trip.moving + trip.stationary + trip.gap == trip.duration)
  }

  @Test func `a gap of more than an hour always splits`() throws {
    var driver = Driver()
    driver.drive(seconds: 300, speed: 15)
    driver.vanish(seconds: 3_601, meters: 90_000)
    driver.drive(seconds: 300, speed: 15)
    let outcome = try Outcome(driver.fixes)
    #expect(outcome.trips.count == 2)
    #expect(outcome.stops.map(\.kind) == [.dataGap])
    #expect(outcome.trips.allSatisfy { $0.gap == 0 && $0.gapDistance == 0 })
  }

  @Test func `trap 10: a gap behind the first fix and one at each other index tile the time line`() throws {
    for meters in [20.0, 700, 40_000] {
      for index in 0..<40 {
        var driver = Driver()
        driver.interval = 30
        for fix in 0..<40 {
          if fix == index { driver.vanish(seconds: 5_000, meters: meters) }
          driver.drive(seconds: 30, speed: fix < 15 ? 12 : 0)
        }
        try expectTiling(driver.fixes, "gap of \(meters) m before fix \(index)")
      }
    }
  }

  // MARK: Properties

  @Test(arguments: Seeds.first(60))
  func `traps 8 and 22: stops and trips tile the time line, in trips every millisecond counts once`(seed: UInt64) throws
  {
    let fixes = RandomDrive.fixes(
      seed: seed, vehicle: 0, count: 1500, around: Coordinate(latitude: 47, longitude: 8))
    try expectTiling(fixes, "seed \(seed)")
  }

  @Test(arguments: [1, 3]) func `stops and trips tile the time line however many fixes make a departure`(
    exitFixes: Int
  ) throws {
    var parameters = TripParameters()
    parameters.exitFixes = exitFixes
    for seed in Seeds.first(20) {
      let fixes = RandomDrive.fixes(
        seed: seed, vehicle: 0, count: 800, around: Coordinate(latitude: 47, longitude: 8))
      try expectTiling(fixes, "seed \(seed), \(exitFixes) fixes", parameters)
    }
  }

  @Test(arguments: [Engine.Profile.phone, .delivery]) func `stops and trips tile the time line by other definitions`(
    profile: Engine.Profile
  ) throws {
    for seed in Seeds.first(300) {
      let fixes = RandomDrive.fixes(
        seed: seed, vehicle: 0, count: 300, around: Coordinate(latitude: 47, longitude: 8))
      // The gate is that of a fleet.
      try expectTiling(fixes, "\(profile), seed \(seed)", Engine.Configuration(profile).trips)
    }
  }

  @Test func `C52, trap 8: stops and trips tile the time line of thousands of short drives`() throws {
    for seed in Seeds.first(2000) {
      let fixes = RandomDrive.fixes(
        seed: seed, vehicle: 0, count: 100, around: Coordinate(latitude: 47, longitude: 8))
      try expectTiling(fixes, "short drive, seed \(seed)")
    }
  }

  func expectTiling(_ fixes: [Fix], _ what: String, _ parameters: TripParameters = TripParameters()) throws {
    let outcome = try Outcome(fixes, parameters)
    var pieces = outcome.stops.map { (start: $0.start, end: $0.end, isTrip: false) }
    pieces += outcome.trips.map { (start: $0.start, end: $0.end, isTrip: true) }
    pieces.sort { ($0.start, $0.end) < ($1.start, $1.end) }
    for (piece, next) in zip(pieces, pieces.dropFirst()) {
      #expect(piece.end == next.start, "\(what)")
      #expect(!(piece.isTrip && next.isTrip), "\(what)")
    }
    for stop in outcome.stops {
      #expect(stop.start < stop.end, "\(what)")
      if stop.kind == .observed || stop.kind == .silent {
        let shortest = min(parameters.stopDuration, parameters.arrivalDuration ?? .max)
        #expect(stop.duration >= shortest, "\(what): \(stop)")
      }
    }
    for trip in outcome.trips {
      #expect(trip.duration >= parameters.tripDuration, "\(what)")
      #expect(trip.moving + trip.stationary + trip.gap == trip.duration, "\(what): \(trip)")
      #expect(trip.moving >= 0 && trip.stationary >= 0 && trip.gap >= 0, "\(what)")
      #expect(trip.distance + trip.gapDistance >= parameters.tripDistance * 0.99, "\(what)")
    }
    let last = fixes.last { $0.coordinate.isInRange && !($0.accuracyOrNaN > 100) }?.time ?? 0
    if let end = pieces.last?.end { #expect(end <= last, "\(what)") }
  }

  @Test func `trap 13: a longer radius never means less time at rest`() throws {
    for seed in Seeds.first(20) {
      let fixes = RandomDrive.fixes(seed: seed, vehicle: 0, count: 800, around: Coordinate(latitude: 0, longitude: 30))
      var before: Int64 = 0
      for radius in [25.0, 50, 100] {
        var parameters = TripParameters()
        parameters.stopRadius = radius
        let total = try Outcome(fixes, parameters).stops.reduce(0) { $0 + $1.duration }
        // Stops may begin a little later when a larger radius takes in the way to them: 5 % are allowed.
        #expect(Double(total) >= Double(before) * 0.95, "seed \(seed), \(radius) m")
        before = total
      }
    }
  }

  @Test(arguments: [0.0, 45, 70, 85])
  func `trap 11: a stop is the same at every longitude of a latitude`(latitude: Double) throws {
    var reference: [Int64]?
    for longitude in [14.0, 179.9999, -180] {
      var generator = SeededGenerator(seed: 5)
      let metric = LocalMetric(latitude: latitude)
      let fixes = (0..<900).map { second -> Fix in
        let distance = second < 300 || second >= 700 ? Double(min(second, 300) + max(0, second - 700)) * 10 : 3_000
        var east = longitude + Double.random(in: -5...5, using: &generator) / metric.metersPerDegreeLongitude
        if east >= 180 { east -= 360 } else if east < -180 { east += 360 }
        return Fix(
          vehicle: 0, time: Int64(second) * 1000, latitude: latitude + distance / 111_400, longitude: east)
      }
      let stops = try Outcome(fixes).stops
      #expect(stops.count == 1, "\(latitude), \(longitude)")
      let bounds = stops.flatMap { [$0.start, $0.end] }
      if let reference { #expect(bounds == reference, "\(latitude), \(longitude)") }
      reference = bounds
    }
  }
}
