import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct DataQualityTests {
  private func quality(_ fixes: [Fix]) throws -> DataQuality {
    try #require(try ScoredDrive(fixes).scores.first).quality
  }

  @Test func `a clean trip has 100`() throws {
    let quality = try quality(Drive.trip(kilometers: 3, speed: 12).fixes)
    #expect(abs(quality.value - 100) < 0.1 && quality.grade == .a)
    #expect(quality.coverage == 1 && quality.continuity == 1 && quality.accuracy == 1 && quality.accuracyKnown == 1)
  }

  @Test func `ten fixes worked by hand`() throws {
    // Ten fixes at 20 m/s, 10 s apart, but one step of 40 s; two state 55 m, one nothing, the others 10 m. Behind the last
    // one the data end: what was looked at are nine steps.
    var fixes: [Fix] = []
    var time: Int64 = 1_000
    for index in 0..<10 {
      if index > 0 { time += index == 5 ? 40_000 : 10_000 }
      let north = Double(time - 1_000) / 1000 * 20 / LocalMetric(latitude: 50).metersPerDegreeLatitude
      let accuracy: Float? = index == 9 ? nil : index == 3 || index == 4 ? 55 : 10
      fixes.append(
        Fix(
          vehicle: 0, time: time, latitude: 50 + north, longitude: 14, speed: 20, accuracy: accuracy,
          sequence: UInt32(index)))
    }
    let repeated = fixes[6]
    fixes.insert(repeated, at: 7)
    let quality = try quality(fixes)
    // 40 s are 10 s more than three steps of 10 s, of 120 s.
    #expect(abs(quality.coverage - (1 - 10.0 / 120)) < 1e-6)
    // The first fix is where it set out, and stands: six of 10 m, two of 55 m, one without.
    #expect(abs(quality.accuracy - (6 + 2 * 0.5 + 0.5) / 9) < 1e-6 && abs(quality.accuracyKnown - 8.0 / 9) < 1e-9)
    // Nine, and the repeated one.
    #expect(abs(quality.order - (1 - 5 * 1.0 / 10)) < 1e-9 && quality.plausibility == 1)
    #expect(quality.continuity == 1 && quality.endPoints == nil)
    #expect(abs((quality.agreement ?? 0) - 1) < 1e-3)
    let parts: [(Double, Double)] = [
      (0.25, 1 - 10.0 / 120), (0.2, 1), (0.2, 7.5 / 9), (0.15, 1), (0.05, 0.5), (0.05, quality.agreement ?? 0),
    ]
    let logarithms = parts.map { $0.0 * log($0.1) }.reduce(0, +)
    #expect(abs(quality.value - 100 * exp(logarithms / 0.9)) < 1e-4)
  }

  @Test func `worse data never have a higher quality`() throws {
    for seed in Seeds.first(60) {
      var generator = SeededGenerator(seed: seed)
      let drive = DrivingScoreTests.roughDrive(seed: seed * 4)
      let before = try quality(drive.fixes)
      let moving = drive.fixes.indices.filter { (700..<1500).contains($0) }
      var hole = drive.fixes
      hole.removeSubrange(moving[100]..<moving[100 + Int.random(in: 20...200, using: &generator)])
      var coarse = drive.fixes
      for index in moving where Bool.random(using: &generator) { coarse[index].accuracyOrNaN = 60 }
      var repeated = drive.fixes
      for index in moving.reversed() where index % 40 == 0 { repeated.insert(repeated[index], at: index) }
      var poor = drive.fixes
      for index in moving where Bool.random(using: &generator) { poor[index].accuracyOrNaN = 150 }
      var jumping = drive.fixes
      for index in moving where index % 50 == 0 { jumping[index].latitude += 0.3 }
      for (name, fixes) in [
        ("hole", hole), ("coarse", coarse), ("repeated", repeated), ("jumping", jumping), ("poor", poor),
      ] {
        #expect(try quality(fixes).value < before.value, "seed \(seed), \(name)")
      }
      // One kind of bad fixes does not make another one rarer.
      let bad = try quality(jumping).value
      for index in moving.reversed() where index % 5 == 0 { jumping.insert(jumping[index], at: index) }
      #expect(try quality(jumping).value < bad, "seed \(seed)")
    }
  }

  @Test func `how was driven does not matter`() throws {
    var values: [Double] = []
    for size in [0.0, 1, 3] {
      var drive = Drive()
      drive.stand()
      drive.go(seconds: 12, acceleration: 1)
      for _ in 0..<40 {
        drive.go(seconds: 3, acceleration: size)
        drive.go(seconds: 3, acceleration: -size)
        drive.go(seconds: 4)
      }
      drive.halt()
      values.append(try quality(drive.fixes).value)
    }
    #expect((values.max() ?? 0) - (values.min() ?? 0) < 0.2, "\(values)")
  }

  @Test func `a trip that begins far from where the vehicle stopped says so`() throws {
    var drive = Drive()
    drive.stand()
    // A kilometre and a half nobody saw, in four minutes: the trip begins with it.
    let metric = LocalMetric(latitude: drive.place.latitude)
    drive.place.latitude += 600 / metric.metersPerDegreeLatitude
    drive.time += 240_000
    drive.speed = 12
    drive.go(seconds: 400)
    drive.halt()
    let quality = try quality(drive.fixes)
    #expect(abs((quality.endPoints ?? -1) - (1000 - 612) / 800) < 0.01, "\(quality)")
  }

  @Test func `times that were put right are out of order`() throws {
    var drive = Drive.trip(kilometers: 3, speed: 12)
    let now: Int64 = 1_700_000_000_000
    for index in drive.fixes.indices {
      drive.fixes[index].time += now
      drive.fixes[index].receivedOrMissing = drive.fixes[index].time
      if index % 10 == 0 { drive.fixes[index].time -= 7168 * 86_400_000 }
    }
    let quality = try quality(drive.fixes)
    #expect(quality.order > 0.4 && quality.order < 0.6, "\(quality)")
  }
}
