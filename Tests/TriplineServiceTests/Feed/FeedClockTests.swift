import Testing

@testable import TriplineService

/// The time up to which all fixes have come, by instants that the tests choose.
struct FeedClockTests {
  private let clock = FeedClock()

  @Test func `time goes on as soon as what was missed has come and been looked at`() {
    #expect(clock.time(at: 0) == nil)
    clock.start(at: 0)
    clock.caughtUp(asOf: 500, isComplete: true, at: 2_000)
    #expect(times(from: 3_000, to: 6_000).allSatisfy { $0 == nil })
    #expect(times(from: 7_000, to: 9_000) == [7_000, 8_000, 9_000])
    #expect(!clock.stop(at: 10_000))
    #expect(times(from: 11_000, to: 19_000).allSatisfy { $0 == 10_000 })
    clock.start(at: 20_000)
    #expect(times(from: 20_000, to: 29_000).allSatisfy { $0 == 10_000 })
    clock.caughtUp(asOf: 28_000, isComplete: true, at: 29_000)
    #expect(times(from: 30_000, to: 33_000).allSatisfy { $0 == 10_000 } && clock.time(at: 34_000) == 34_000)
  }

  @Test func `where what was missed takes long, time goes on behind the clock by as long as positions wait`() {
    clock.start(at: 0)
    #expect(times(from: 1_000, to: 119_000).allSatisfy { $0 == nil })
    #expect(times(from: 120_000, to: 122_000) == [0, 1_000, 2_000])
    clock.caughtUp(asOf: 122_000, isComplete: false, at: 123_000)
    #expect(clock.time(at: 130_000) == 10_000, "not all has come yet")
    clock.caughtUp(asOf: 131_000, isComplete: true, at: 132_000)
    #expect(clock.time(at: 136_000) == 16_000 && clock.time(at: 137_000) == 137_000)
  }

  @Test func `what a stream misses while it is there holds time up`() {
    clock.start(at: 0)
    clock.caughtUp(asOf: 0, isComplete: true, at: 0)
    #expect(clock.time(at: 5_000) == 5_000)
    clock.missed(at: 6_000)
    #expect(times(from: 7_000, to: 15_000).allSatisfy { $0 == 6_000 })
    clock.caughtUp(asOf: 14_000, isComplete: true, at: 15_000)
    clock.missed(at: 16_000)
    #expect(times(from: 16_000, to: 25_000).last == 14_000, "what came before the second loss")
  }

  @Test func `an outage of any length is no silence, however often somebody tries`() {
    clock.start(at: 0)
    clock.caughtUp(asOf: 0, isComplete: true, at: 0)
    #expect(clock.time(at: 5_000) == 5_000 && !clock.stop(at: 6_000))
    // Last positions are asked for in vain: the feed tells of no stream once more.
    #expect(!clock.stop(at: 60_000))
    #expect(times(from: 7_000, to: 3_600_000).allSatisfy { $0 == 6_000 })
  }

  @Test func `without a stream time has come as far as what was asked for`() {
    #expect(!clock.stop(at: 0))
    for minute in 1..<10 as Range<Int64> {
      clock.caughtUp(asOf: minute * 60_000, isComplete: minute != 7, at: minute * 60_000 + 1_000)
      let times = times(from: minute * 60_000 + 1_000, to: minute * 60_000 + 60_000)
      #expect(times.last == (minute == 7 ? 360_000 : minute * 60_000))
    }
  }

  @Test func `a feed that drops every minute lets time go on in between, and one that drops at once says so`() {
    for minute in 0..<10 as Range<Int64> {
      let start = minute * 60_000
      clock.start(at: start)
      clock.caughtUp(asOf: start, isComplete: true, at: start + 3_000)
      #expect(times(from: start, to: start + 49_000).last == start + 49_000)
      #expect(!clock.stop(at: start + 50_000))
      #expect(times(from: start + 50_000, to: start + 59_000).last == start + 50_000)
    }
    clock.start(at: 600_000)
    #expect(clock.stop(at: 660_000) && !clock.stop(at: 661_000), "once")
  }

  @Test func `a machine that slept has missed what came meanwhile, whoever notices first`() {
    clock.start(at: 0)
    clock.caughtUp(asOf: 0, isComplete: true, at: 0)
    _ = times(from: 0, to: 200_000)
    #expect(clock.time(at: 210_001) == 200_000)
    // Of what it missed its streams know nothing yet.
    clock.caughtUp(asOf: 211_000, isComplete: true, at: 212_000)
    #expect(times(from: 211_000, to: 216_000).allSatisfy { $0 == 200_000 })
    #expect(times(from: 217_000, to: 331_000).last == 211_000 && times(from: 332_000, to: 460_000).last == 460_000)
    // The feed learns of it before anybody asks for the time.
    #expect(!clock.stop(at: 4_000_000) && clock.time(at: 4_000_000) == 460_000)
  }

  @Test func `a clock that was set forward for a while and back again goes on`() {
    clock.start(at: 0)
    clock.caughtUp(asOf: 0, isComplete: true, at: 0)
    #expect(times(from: 5_000, to: 100_000).last == 100_000)
    #expect(times(from: 86_400_000, to: 86_410_000).allSatisfy { $0 == 100_000 })
    #expect(times(from: 300_000, to: 419_000).allSatisfy { $0 == 100_000 })
    #expect(times(from: 420_000, to: 550_000).last == 550_000)
    // Of one that is ahead for long nothing is left.
    #expect(times(from: 86_400_000, to: 86_700_000).last == 86_700_000)
    #expect(times(from: 860_000, to: 979_000).allSatisfy { $0 == 740_000 })
    #expect(times(from: 980_000, to: 1_110_000).last == 1_110_000)
  }

  /// What it says each second.
  private func times(from start: Int64, to end: Int64) -> [Int64?] {
    stride(from: start, through: end, by: 1_000).map { clock.time(at: $0) }
  }
}
