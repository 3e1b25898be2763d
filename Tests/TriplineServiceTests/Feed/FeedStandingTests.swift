import MyCarTracks
import Testing

@testable import TriplineService

@Suite struct FeedStandingTests {
  private let noStream = Health.Check.unavailable("no stream yet")

  @Test func `only what follows a stream that is still there is a renewal`() {
    let standing = FeedStanding()
    let changes = [LiveStatus.connecting, .live, .live, .connecting, .live, .connecting, .polling, .live, .live]
      .map { standing.note($0).change }
    #expect(changes == [.other, .other, .renewed, .other, .reconnected, .other, .other, .reconnected, .renewed])
  }

  @Test func `a stream of vehicles that are not there is no feed`() {
    let standing = FeedStanding()
    #expect(standing.note(isNoneThere: true) == nil && standing.isNoneThere)
    #expect(standing.note(.connecting).check == noStream)
    let check = standing.note(.polling).check
    #expect(check != .ok && check != noStream)
    #expect(standing.note(isNoneThere: true) == nil)
    #expect(standing.note(isNoneThere: false) == .ok && !standing.isNoneThere)
    #expect(standing.note(isNoneThere: true) == check)
  }
}
