import Foundation
public import TriplineCore

/// A synthetic drive, by seed: legs, stops, gaps and everything a receiver gets wrong.
public struct RandomDrive {
  private var generator: SeededGenerator
  private var place: Coordinate
  private var time: Int64
  private let vehicle: UInt32
  private var fixes: [Fix] = []

  /// The fixes of a drive of about `count` fixes, in the order of time.
  public static func fixes(seed: UInt64, vehicle: UInt32, count: Int, around center: Coordinate) -> [Fix] {
    var drive = RandomDrive(seed: seed, vehicle: vehicle, center: center)
    while drive.fixes.count < count { drive.addStretch() }
    return drive.fixes
  }

  private init(seed: UInt64, vehicle: UInt32, center: Coordinate) {
    generator = SeededGenerator(seed: seed)
    self.vehicle = vehicle
    place = Coordinate(latitude: center.latitude, longitude: center.longitude)
    time = 1_700_000_000_000 + Int64.random(in: 0...999, using: &generator)
    place.latitude += number(-0.02...0.02)
    place.longitude += number(-0.02...0.02)
  }

  private mutating func number(_ range: ClosedRange<Double>) -> Double {
    Double.random(in: range, using: &generator)
  }

  private mutating func chance(_ share: Double) -> Bool { number(0...1) < share }

  private mutating func addStretch() {
    let interval = [1_000, 1_000, 5_000, 10_000, 61_000][Int.random(in: 0...4, using: &generator)]
    switch Int.random(in: 0...9, using: &generator) {
    case 0...4: drive(interval)
    case 5...7: stay(interval)
    case 8: time += Int64(number(301_000...20_000_000))
    default:
      // Silent travel.
      time += Int64(number(301_000...7_000_000))
      place.latitude += number(-0.05...0.05)
    }
  }

  private mutating func drive(_ interval: Int) {
    let speed = number(0.3...30)
    var course = number(0...360)
    let reports = chance(0.7)
    for _ in 0..<Int(number(5...120)) {
      course += number(-20...20)
      let distance = speed * Double(interval) / 1000
      let metric = LocalMetric(latitude: place.latitude)
      place.latitude += distance * cos(course * .pi / 180) / metric.metersPerDegreeLatitude
      place.longitude += distance * sin(course * .pi / 180) / metric.metersPerDegreeLongitude
      time += Int64(interval)
      add(noise: 4, speed: reports ? speed : nil, course: course)
    }
  }

  private mutating func stay(_ interval: Int) {
    let length = Int64(number(20_000...1_500_000))
    let end = time + length
    let reports = chance(0.5)
    while time < end {
      time += Int64(interval)
      add(noise: 6, speed: reports ? number(0...0.6) : nil, course: 0)
    }
  }

  private mutating func add(noise: Double, speed: Double?, course: Double) {
    let metric = LocalMetric(latitude: place.latitude)
    var fix = Fix(
      vehicle: vehicle, time: time, latitude: place.latitude + number(-noise...noise) / metric.metersPerDegreeLatitude,
      longitude: place.longitude + number(-noise...noise) / metric.metersPerDegreeLongitude,
      speed: speed.map { Float($0) }, course: Float(course), accuracy: chance(0.8) ? Float(number(3...70)) : nil,
      sequence: UInt32(fixes.count))
    // Up and down over some minutes, and missing now and then.
    if time / 1000 % 11 != 0 { fix.altitudeOrNaN = Float(200 + 100 * sin(Double(time / 1000 % 3600) / 120)) }
    if fix.longitude >= 180 { fix.longitude -= 360 }
    if chance(0.005) { fix.latitude += number(-0.5...0.5) }
    if chance(0.01) { fix.accuracyOrNaN = Float(number(101...2000)) }
    fix.ignition = time / 1000 % 1_800 < 1_700 ? speed.map { $0 > 0.3 } : nil
    if chance(0.002) { fix.latitude = 96 }
    if chance(0.002) { fix.speedOrNaN = -1 }
    if chance(0.001) { (fix.latitude, fix.longitude) = (0, 0) }
    fixes.append(fix)
    if chance(0.005) { fixes.append(fix) }
    if chance(0.005) {
      fix.latitude += 0.0001
      fixes.append(fix)
    }
  }
}

extension [Fix] {
  /// The fixes in an order in which they might arrive: each held back by less than `window` milliseconds, those of one
  /// time in the same order as before.
  public func delayed(byLessThan window: Int64, seed: UInt64) -> [Fix] {
    var generator = SeededGenerator(seed: seed)
    var delays: [Int64: Int64] = [:]
    let arrivals = enumerated().map { index, fix in
      let delay = delays[fix.time] ?? Int64.random(in: 0..<window, using: &generator)
      delays[fix.time] = delay
      return (arrival: fix.time + delay, index: index, fix: fix)
    }
    return arrivals.sorted { ($0.arrival, $0.index) < ($1.arrival, $1.index) }.map(\.fix)
  }
}
