import Foundation
import Testing
import TriplineCore
import TriplineTesting

@Suite struct OutlierTests {
  private func clean() -> [Fix] {
    var drive = Drive()
    drive.go(seconds: 10, acceleration: 1.5)
    drive.go(seconds: 100)
    drive.go(seconds: 30, turn: 3)
    drive.go(seconds: 60)
    return drive.fixes
  }

  private func reasons(_ fixes: [Fix]) -> [Int: OutlierFilter.Reason] {
    Dictionary(uniqueKeysWithValues: OutlierFilter().findings(in: fixes.span).map { ($0.index, $0.reason) })
  }

  @Test func `a clean drive loses nothing`() {
    #expect(reasons(clean()).isEmpty)
    #expect(OutlierFilter().cleaned(clean().span).count == clean().count)
  }

  @Test(arguments: [0, 1, 80, 199]) func `trap 1: one bad fix anywhere goes, and no other one`(index: Int) {
    var fixes = clean()
    for far in [(0.0, 0.0), (48.0, 2.0), (50.02, 14.0)] {
      (fixes[index].latitude, fixes[index].longitude) = far
      #expect(reasons(fixes) == [index: .spike], "\(far)")
    }
  }

  @Test func `trap 3: of a cluster of bad fixes too few to be believed all go, of a plane and a ferry none`() {
    var cluster = clean()
    for index in 80..<82 { cluster[index].latitude += 3 }
    #expect(reasons(cluster) == [80: .cluster, 81: .cluster])
    var plane = clean()
    for index in 80..<plane.count { plane[index].latitude += 3 }
    #expect(reasons(plane).isEmpty)
    var ferry = clean()
    for index in 80..<ferry.count {
      ferry[index].latitude += 1
      ferry[index].time += 7_200_000
    }
    #expect(reasons(ferry).isEmpty)
  }

  @Test func `trap 2: of two positions at one time the more accurate one stays`() {
    var fixes = clean()
    var other = fixes[50]
    other.latitude += 0.0001
    other.accuracyOrNaN = 2
    fixes.insert(other, at: 51)
    #expect(reasons(fixes) == [50: .sameTime])
    for accuracy in [80, 0, -1] as [Float] {
      fixes[51].accuracyOrNaN = accuracy
      #expect(reasons(fixes) == [51: .sameTime], "\(accuracy) m")
    }
  }

  @Test func `a step aside and back that no vehicle can make`() {
    var fixes = clean()
    fixes[90].longitude += 50 / LocalMetric(latitude: 50).metersPerDegreeLongitude
    #expect(reasons(fixes) == [90: .detour])
    // As its accuracy has it, it may well be where it should.
    fixes[90].accuracyOrNaN = 40
    #expect(reasons(fixes).isEmpty)
  }

  @Test func `what is put in comes out, and nothing else`() {
    for seed in Seeds.first(200) {
      var generator = SeededGenerator(seed: seed)
      var fixes = clean()
      var bad: Set<Int> = []
      while bad.count < 5 {
        let index = Int.random(in: 0..<fixes.count, using: &generator)
        // Two bad ones side by side, or with one good one between them, are another matter.
        if bad.contains(where: { abs($0 - index) < 8 }) { continue }
        bad.insert(index)
        fixes[index].latitude +=
          Double.random(in: 0.01...2, using: &generator) * (Bool.random(using: &generator) ? 1 : -1)
      }
      #expect(Set(OutlierFilter().findings(in: fixes.span).map(\.index)) == bad, "seed \(seed)")
    }
  }
}
