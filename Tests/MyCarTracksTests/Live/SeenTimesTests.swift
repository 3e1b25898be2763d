import Testing

@testable import MyCarTracks

@Suite struct SeenTimesTests {
  private let van = ResourceID("101")

  @Test func `what comes twice counts once, of each vehicle`() {
    var seen = SeenTimes()
    let answers = [van, van, ResourceID("102")].map { seen.insert($0, 5, isMadeUpFor: false) }
    #expect(answers == [true, false, true])
  }

  @Test func `the last ones are remembered, by when they came`() {
    var seen = SeenTimes()
    let limit = Int64(SeenTimes.limit)
    let fresh = (0..<limit * 3).count { seen.insert(van, -$0, isMadeUpFor: false) }
    #expect(fresh == limit * 3)
    let (recent, old) = (
      seen.insert(van, -limit * 2, isMadeUpFor: false), seen.insert(van, 0, isMadeUpFor: false)
    )
    #expect(!recent && old)
  }

  @Test func `nothing is forgotten of a vehicle that is being made up for`() {
    var seen = SeenTimes()
    let many = Int64(SeenTimes.limit * 3)
    for time in 0..<many { _ = seen.insert(van, time, isMadeUpFor: true) }
    let fresh = (0..<many).count { seen.insert(van, $0, isMadeUpFor: true) }
    #expect(fresh == 0)
  }
}
