import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct SmootherTests {
  private func noisy(_ drive: Drive, meters: Double, seed: UInt64) -> [Fix] {
    var generator = SeededGenerator(seed: seed)
    return drive.fixes.map { fix in
      var fix = fix
      let metric = LocalMetric(latitude: fix.latitude)
      // Six uniform numbers are nearly normal, with a variance of a half in units of their half width.
      func noise() -> Double {
        (0..<6).reduce(0) { sum, _ in sum + .random(in: -1...1, using: &generator) } / 2.0.squareRoot()
      }
      fix.latitude += meters * noise() / metric.metersPerDegreeLatitude
      fix.longitude += meters * noise() / metric.metersPerDegreeLongitude
      fix.accuracyOrNaN = Float(meters * 1.51)
      return fix
    }
  }

  private func bend(at latitude: Double) -> Drive {
    var drive = Drive()
    drive.place = Coordinate(latitude: latitude, longitude: latitude == 0 ? 179.99 : 14)
    drive.go(seconds: 10, acceleration: 1.5)
    drive.go(seconds: 60)
    drive.go(seconds: 30, turn: 3)
    drive.go(seconds: 60)
    drive.go(seconds: 10, acceleration: -1.5)
    drive.go(seconds: 60)
    return drive
  }

  private func deviation(_ a: [Fix], _ b: [Fix]) -> Double {
    let squares = zip(a, b).map { pow(Geodesic.length(from: $0.coordinate, to: $1.coordinate), 2) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }

  private func length(_ fixes: [Fix]) -> Double {
    zip(fixes, fixes.dropFirst()).map { Geodesic.length(from: $0.coordinate, to: $1.coordinate) }.reduce(0, +)
  }

  @Test(arguments: [true, false]) func `noise shrinks to less than half, and the way to its length`(usesSpeeds: Bool) {
    var smoother = TrackSmoother()
    if !usesSpeeds { smoother.velocityDeviation = nil }
    for seed in Seeds.first(20) {
      let drive = bend(at: 50)
      let raw = noisy(drive, meters: 4, seed: seed)
      let smoothed = smoother.smoothed(raw.span)
      let (before, after) = (deviation(raw, drive.fixes), deviation(smoothed, drive.fixes))
      #expect(after < before * (usesSpeeds ? 0.35 : 0.55), "seed \(seed): \(before) to \(after) m")
      let (truth, rawLength, smoothLength) = (length(drive.fixes), length(raw), length(smoothed))
      #expect(rawLength > truth * 1.2 && abs(smoothLength - truth) < truth * (usesSpeeds ? 0.03 : 0.08), "seed \(seed)")
      #expect(smoothed.map(\.time) == raw.map(\.time) && smoothed.map(\.speed) == raw.map(\.speed))
    }
  }

  @Test func `trap 27: metres are metres at the equator, at 60 degrees, and across the antimeridian`() {
    var offsets: [[(Double, Double)]] = []
    for latitude in [0.0, 60] {
      let drive = bend(at: latitude)
      let raw = noisy(drive, meters: 4, seed: 7)
      let smoothed = TrackSmoother().smoothed(raw.span)
      #expect(smoothed.allSatisfy { abs($0.longitude) <= 180 })
      offsets.append(
        zip(smoothed, drive.fixes).map { smooth, truth in
          let metric = LocalMetric(latitude: truth.latitude)
          var turn = smooth.longitude - truth.longitude
          if turn > 180 { turn -= 360 }
          if turn < -180 { turn += 360 }
          return (
            turn * metric.metersPerDegreeLongitude, (smooth.latitude - truth.latitude) * metric.metersPerDegreeLatitude
          )
        })
    }
    for (a, b) in zip(offsets[0], offsets[1]) { #expect(abs(a.0 - b.0) < 0.02 && abs(a.1 - b.1) < 0.02, "\(a) \(b)") }
  }

  @Test func `a straight line stays, and a gap begins anew`() {
    var drive = Drive()
    drive.speed = 10
    drive.go(seconds: 60)
    drive.time += 600_000
    drive.place.latitude += 0.5
    drive.go(seconds: 60)
    let smoothed = TrackSmoother().smoothed(drive.fixes.span)
    #expect(smoothed.count == drive.fixes.count && deviation(smoothed, drive.fixes) < 0.05)
    #expect(TrackSmoother().smoothed([Fix]().span).isEmpty)
  }

  @Test func `better fixes pull more`() {
    var drive = Drive()
    drive.reportsSpeed = false
    drive.speed = 10
    drive.go(seconds: 60)
    var fixes = drive.fixes
    let metric = LocalMetric(latitude: 50)
    for accuracy in [3 as Float, 60] {
      fixes[30] = drive.fixes[30]
      fixes[30].longitude += 40 / metric.metersPerDegreeLongitude
      fixes[30].accuracyOrNaN = accuracy
      let moved = TrackSmoother().smoothed(fixes.span)[30]
      let east = (moved.longitude - drive.fixes[30].longitude) * metric.metersPerDegreeLongitude
      #expect(accuracy == 3 ? east > 10 : east < 2, "\(accuracy) m: \(east) m")
    }
  }
}
