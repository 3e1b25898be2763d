import Foundation
import Testing
import TriplineCore

/// A vehicle on a road, by speeds and courses: synthetic, and exact.
struct Drive {
  var fixes: [Fix] = []
  var time: Int64 = 0
  var place = Coordinate(latitude: 50, longitude: 14)
  var course = 0.0
  var speed = 0.0
  /// Milliseconds between two fixes.
  var interval: Int64 = 1_000
  var accuracy: Float? = 5
  var limit: Float?
  var ignition: Bool?
  var reportsSpeed = true

  /// Goes on at a speed, with a change of it in metres a second squared and of the course in degrees a second.
  mutating func go(seconds: Double, acceleration: Double = 0, turn: Double = 0) {
    let step = Double(interval) / 1000
    for _ in 0..<Int((seconds / step).rounded()) {
      let before = speed
      speed = max(0, speed + acceleration * step)
      course += turn * step
      let way = (before + speed) / 2 * step
      let metric = LocalMetric(latitude: place.latitude)
      place.latitude += way * cos(course * .pi / 180) / metric.metersPerDegreeLatitude
      place.longitude += way * sin(course * .pi / 180) / metric.metersPerDegreeLongitude
      time += interval
      let heading = course.truncatingRemainder(dividingBy: 360)
      fixes.append(
        Fix(
          vehicle: 0, time: time, latitude: place.latitude, longitude: place.longitude,
          speed: reportsSpeed ? Float(speed) : nil, course: Float(heading < 0 ? heading + 360 : heading),
          accuracy: accuracy, speedLimit: limit, ignition: ignition, sequence: UInt32(fixes.count)))
    }
  }

  /// Stands, pulls away gently, drives so far at a speed, and comes to a stand gently: one trip.
  static func trip(kilometers: Double, speed: Double, interval: Int64 = 1_000) -> Drive {
    var drive = Drive(interval: interval)
    drive.stand()
    drive.go(seconds: speed, acceleration: 1)
    drive.go(seconds: kilometers * 1000 / speed)
    drive.halt()
    return drive
  }

  /// Stands for ten minutes.
  mutating func stand() {
    speed = 0
    go(seconds: 600)
  }

  /// Brakes gently, and stands.
  mutating func halt() {
    go(seconds: speed, acceleration: -1)
    stand()
  }
}

/// What the engine says of a drive.
struct ScoredDrive {
  var trips: [Trip] = []
  var scores: [TripScore] = []
  var harsh: [HarshEvent] = []
  var overspeeds: [OverspeedEvent] = []

  init(_ fixes: [Fix], _ scoring: ScoringParameters = ScoringParameters()) throws {
    var configuration = Engine.Configuration()
    configuration.scoring = scoring
    var engine = Engine(fences: try FenceSet([]), configuration: configuration)
    var events = EventBuffer()
    engine.process(fixes.span, into: &events)
    engine.finish(into: &events)
    for event in events.events {
      switch event {
      case .trip(let trip): trips.append(trip)
      case .score(let score): scores.append(score)
      case .harsh(let event): harsh.append(event)
      case .overspeed(let event): overspeeds.append(event)
      default: break
      }
    }
  }
}
