import Testing
import TriplineTesting

@testable import MyCarTracks

@Suite struct SeenTimesTests {
  private let van = ResourceID("101")

  @Test func `what comes twice counts once, of each vehicle`() {
    var seen = SeenTimes()
    let answers = [van, van, ResourceID("102")].map { seen.insert($0, 5, floor: .min) }
    #expect(answers == [true, false, true])
  }

  @Test func `nothing from the floor on is forgotten`() {
    var seen = SeenTimes()
    let many = Int64(SeenTimes.limit * 3)
    for time in 0..<many { _ = seen.insert(van, time, floor: 100) }
    let fresh = (100..<many).count { seen.insert(van, $0, floor: 100) }
    #expect(fresh == 0)
  }

  @Test func `nothing from the floor on is forgotten, also where the newest comes first`() {
    var seen = SeenTimes()
    let many = Int64(SeenTimes.limit * 3)
    for time in (0..<many).reversed() { _ = seen.insert(van, time, floor: 0) }
    let fresh = (0..<many).count { seen.insert(van, $0, floor: 0) }
    #expect(fresh == 0)
  }

  @Test func `of what lies before the floor the last ones are remembered`() {
    var seen = SeenTimes()
    let limit = Int64(SeenTimes.limit)
    for time in 0..<limit * 3 { _ = seen.insert(van, time, floor: .max) }
    let (recent, old) = (
      seen.insert(van, limit * 3 - limit, floor: .max), seen.insert(van, 0, floor: .max)
    )
    #expect(!recent && old)
  }

  @Test func `hours that come late, by two streams in turn, count once, and nothing younger is forgotten for them`() {
    var seen = SeenTimes()
    let hours = Int64(7200)
    for time in 100_000..<100_000 + hours * 2 { _ = seen.insert(van, time, floor: time - 3600) }
    let floor = 100_000 + hours * 2 - 3600
    var (late, twice) = (0, 0)
    for start in stride(from: 0, to: hours, by: SeenTimes.limit) {
      let times = start..<min(hours, start + Int64(SeenTimes.limit))
      late += times.count { seen.insert(van, $0, floor: floor) }
      twice += times.count { seen.insert(van, $0, floor: floor) }
    }
    let fetched = (floor..<100_000 + hours * 2).count { seen.insert(van, $0, floor: floor) }
    #expect(late == Int(hours) && twice == 0 && fetched == 0)
  }

  @Test func `three hours that history brings again count once, however often a vehicle sends`() {
    var seen = SeenTimes()
    let hours = Int64(3 * 3600 * 10)
    for time in 0..<hours * 2 { _ = seen.insert(van, time, floor: time - hours) }
    let fresh = (hours..<hours * 2).count { seen.insert(van, $0, floor: hours) }
    #expect(fresh == 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `in whatever order they come, it is as with a set`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var seen = SeenTimes()
    var known: Set<Int64> = []
    for step in 0..<2000 {
      let time = Int64(step) + Int64.random(in: -300...20, using: &random)
      let isNew = seen.insert(van, time, floor: Int64(step) - 100)
      #expect(isNew == known.insert(time).inserted, "seed \(seed), step \(step)")
    }
  }
}
