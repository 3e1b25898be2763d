import Testing

@testable import TriplineService

/// The time of which fixes could have come, by instants that the tests choose.
struct FeedClockTests {
  @Test func `Time goes on once what was missed has had time to come`() {
    let clock = FeedClock()
    #expect(clock.time(at: 0) == nil)
    clock.start(at: 1_000)
    #expect(times(of: clock, from: 2_000, to: 120_000).allSatisfy { $0 == nil })
    #expect(clock.time(at: 121_000) == 121_000)
  }

  @Test func `A feed that drops each minute and is back at once does not hold up time`() {
    let clock = FeedClock()
    clock.start(at: 0)
    for minute in Int64(0)..<10 {
      _ = times(of: clock, from: minute * 60_000, to: minute * 60_000 + 59_000)
      clock.stop(at: minute * 60_000 + 59_500)
      clock.start(at: minute * 60_000 + 59_500)
    }
    #expect(clock.time(at: 600_000) == 600_000)
  }

  @Test func `While the feed is away for a moment time stands still, and goes on from there`() {
    let clock = FeedClock()
    clock.start(at: 0)
    _ = times(of: clock, from: 0, to: 200_000)
    clock.stop(at: 200_500)
    #expect(clock.time(at: 205_000) == 200_500)
    clock.start(at: 210_500)
    #expect(clock.time(at: 211_000) == 211_000)
  }

  @Test func `What came while the feed was away for longer has time to come`() {
    let clock = FeedClock()
    clock.start(at: 0)
    _ = times(of: clock, from: 0, to: 200_000)
    clock.stop(at: 200_500)
    _ = times(of: clock, from: 201_000, to: 210_000)
    clock.start(at: 210_501)
    #expect(times(of: clock, from: 211_000, to: 330_000).allSatisfy { $0 == 200_500 })
    #expect(clock.time(at: 331_000) == 331_000)
  }

  @Test func `A feed that drops before all has come does not go on earlier`() {
    let clock = FeedClock()
    clock.start(at: 0)
    _ = times(of: clock, from: 0, to: 60_000)
    clock.stop(at: 60_500)
    clock.start(at: 61_000)
    #expect(times(of: clock, from: 62_000, to: 119_000).allSatisfy { $0 == nil })
    #expect(clock.time(at: 120_000) == 120_000)
  }

  /// What it says each second.
  private func times(of clock: FeedClock, from start: Int64, to end: Int64) -> [Int64?] {
    stride(from: start, through: end, by: 1_000).map { clock.time(at: $0) }
  }
}
