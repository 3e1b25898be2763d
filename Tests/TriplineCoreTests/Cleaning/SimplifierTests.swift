import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct SimplifierTests {
  /// A clean drive with bends and stops, anywhere.
  private func drive(seed: UInt64, latitude: Double = 50) -> [Fix] {
    var generator = SeededGenerator(seed: seed)
    var drive = Drive()
    drive.place = Coordinate(latitude: latitude, longitude: seed % 3 == 0 ? 179.999 : 14)
    for _ in 0..<20 {
      drive.go(seconds: 10, acceleration: Double.random(in: -1.5...2, using: &generator))
      drive.go(
        seconds: Double(Int.random(in: 1...20, using: &generator)), turn: Double.random(in: -8...8, using: &generator))
      if drive.speed > 25 { drive.go(seconds: 10, acceleration: -2) }
    }
    return drive.fixes
  }

  /// How far a fix lies from the line between two others, or from where a constant speed would have it, by geodesics.
  private func error(_ fix: Fix, _ a: Fix, _ b: Fix, _ measure: TrackSimplifier.Measure) -> Double {
    func point(_ share: Double) -> Coordinate {
      var turn = b.longitude - a.longitude
      if turn > 180 { turn -= 360 }
      if turn < -180 { turn += 360 }
      return Coordinate(latitude: a.latitude + share * (b.latitude - a.latitude), longitude: a.longitude + share * turn)
    }
    if measure == .time {
      return Geodesic.length(from: fix.coordinate, to: point(Double(fix.time - a.time) / Double(b.time - a.time)))
    }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let third = (high - low) / 3
      let near = Geodesic.length(from: fix.coordinate, to: point(low + third))
      let far = Geodesic.length(from: fix.coordinate, to: point(high - third))
      if near < far { high -= third } else { low += third }
    }
    return min(
      Geodesic.length(from: fix.coordinate, to: point(low)), Geodesic.length(from: fix.coordinate, to: a.coordinate),
      Geodesic.length(from: fix.coordinate, to: b.coordinate))
  }

  @Test(arguments: TrackSimplifier.Measure.allCases)
  func `what is left out is within the tolerance`(measure: TrackSimplifier.Measure) {
    for seed in Seeds.first(40) {
      let fixes = drive(seed: seed, latitude: Double(seed % 4) * 20)
      for tolerance in [1.0, 10, 50] {
        let kept = TrackSimplifier.keptIndices(of: fixes.span, tolerance: tolerance, by: measure)
        #expect(kept.first == 0 && kept.last == fixes.count - 1 && kept.count < fixes.count, "seed \(seed)")
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
        for (a, b) in zip(kept, kept.dropFirst()) {
          for index in (a + 1)..<max(a + 1, b) {
            let found = error(fixes[index], fixes[a], fixes[b], measure)
            #expect(found <= tolerance * 1.001, "seed \(seed), \(index) between \(a) and \(b): \(found) m")
          }
        }
      }
    }
  }

  @Test func `as they come, what is left out is within the tolerance too`() {
    for seed in Seeds.first(40) {
      let fixes = drive(seed: seed, latitude: Double(seed % 4) * 20)
      for tolerance in [1.0, 10, 50] {
        var simplifier = StreamingSimplifier(tolerance: tolerance)
        var kept: [Fix] = []
        for fix in fixes { if let fix = simplifier.take(fix) { kept.append(fix) } }
        if let fix = simplifier.finish() { kept.append(fix) }
        #expect(kept.first?.sequence == 0 && kept.last?.sequence == fixes.last?.sequence, "seed \(seed)")
        #expect(kept.count < fixes.count, "seed \(seed)")
        for (a, b) in zip(kept, kept.dropFirst()) {
          #expect(a.sequence < b.sequence, "seed \(seed)")
          for index in (a.sequence + 1)..<max(a.sequence + 1, b.sequence) {
            let found = error(fixes[Int(index)], a, b, .line)
            #expect(found <= tolerance * 1.001, "seed \(seed), \(index): \(found) m")
          }
        }
      }
    }
  }

  @Test func `trap 26: a place visited twice is two fixes, and the tolerance is metres at any latitude`() {
    let metric = LocalMetric(latitude: 70)
    func fix(_ index: Int, _ east: Double, _ north: Double) -> Fix {
      Fix(
        vehicle: 0, time: Int64(index) * 1000, latitude: 70 + north / metric.metersPerDegreeLatitude,
        longitude: 20 + east / metric.metersPerDegreeLongitude, sequence: UInt32(index))
    }
    // Out, a corner of 30 m to the east, and back over the very same places.
    let out = [fix(0, 0, 0), fix(1, 0, 100), fix(2, 30, 150), fix(3, 0, 200)]
    let track = out + [fix(4, 30, 150), fix(5, 0, 100), fix(6, 0, 0)]
    #expect(
      TrackSimplifier.keptIndices(of: track.span, tolerance: 29) == [0, 1, 2, 3, 4, 5, 6].filter { $0 != 1 && $0 != 5 })
    #expect(TrackSimplifier.keptIndices(of: track.span, tolerance: 31) == [0, 3, 6])
  }

  @Test func `stops and changes of speed are kept by time, and not by the line`() {
    var drive = Drive()
    drive.go(seconds: 10, acceleration: 1)
    drive.go(seconds: 60)
    drive.go(seconds: 10, acceleration: -1)
    drive.go(seconds: 120)
    drive.go(seconds: 10, acceleration: 1)
    drive.go(seconds: 60)
    #expect(TrackSimplifier.keptIndices(of: drive.fixes.span, tolerance: 5).count == 2)
    let kept = TrackSimplifier.keptIndices(of: drive.fixes.span, tolerance: 5, by: .time)
    #expect(kept.contains { (75...85).contains($0) } && kept.contains { (195...205).contains($0) })
  }

  @Test func `short tracks`() {
    let fixes = drive(seed: 1)
    for count in 0...2 {
      let few = Array(fixes.prefix(count))
      #expect(TrackSimplifier.keptIndices(of: few.span, tolerance: 10) == Array(0..<count))
      var simplifier = StreamingSimplifier(tolerance: 10)
      var kept = few.compactMap { simplifier.take($0) }
      if let last = simplifier.finish() { kept.append(last) }
      #expect(kept.map(\.sequence) == few.map(\.sequence))
    }
    #expect(TrackSimplifier.keptIndices(of: Array(repeating: fixes[0], count: 5).span, tolerance: 0) == [0, 4])
  }
}
