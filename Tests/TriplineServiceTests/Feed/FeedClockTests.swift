import Testing

@testable import TriplineService

/// The time of which fixes could have come, by instants that the tests choose.
struct FeedClockTests {
  @Test func `time goes on once what was missed has had time to come`() {
    let clock = FeedClock()
    #expect(clock.time(at: 0) == nil)
    clock.start(at: 1_000)
    #expect(times(of: clock, from: 2_000, to: 120_000).allSatisfy { $0 == nil })
    #expect(clock.time(at: 121_000) == 121_000)
    #expect(!clock.stop(at: 130_000))
    #expect(times(of: clock, from: 131_000, to: 139_000).allSatisfy { $0 == 130_000 })
    clock.start(at: 140_000)
    #expect(times(of: clock, from: 141_000, to: 259_000).allSatisfy { $0 == 130_000 })
    #expect(clock.time(at: 260_000) == 260_000)
  }

  @Test func `time goes on as soon as what was missed has come`() {
    let clock = FeedClock()
    clock.start(at: 0)
    clock.caughtUp(at: 2_000)
    #expect(times(of: clock, from: 3_000, to: 6_000).allSatisfy { $0 == nil })
    #expect(clock.time(at: 7_000) == 7_000)
    clock.caughtUp(at: 8_000)
    #expect(clock.time(at: 9_000) == 9_000, "what has gone on does not stop")
    #expect(!clock.stop(at: 10_000))
    clock.caughtUp(at: 10_500)
    #expect(times(of: clock, from: 11_000, to: 19_000).allSatisfy { $0 == 10_000 }, "not while the feed is away")
    clock.start(at: 20_000)
    _ = times(of: clock, from: 20_000, to: 139_000)
    clock.caughtUp(at: 139_000)
    #expect(clock.time(at: 140_000) == 140_000, "nor later than without being told")
  }

  @Test func `a feed that drops every minute lets time go on in between`() {
    let clock = FeedClock()
    for minute in 0..<10 as Range<Int64> {
      let start = minute * 60_000
      clock.start(at: start)
      clock.caughtUp(at: start + 3_000)
      _ = times(of: clock, from: start, to: start + 7_000)
      #expect(clock.time(at: start + 8_000) == start + 8_000)
      _ = times(of: clock, from: start + 9_000, to: start + 49_000)
      #expect(!clock.stop(at: start + 50_000))
      _ = times(of: clock, from: start + 50_000, to: start + 59_000)
    }
  }

  @Test func `a feed that drops before that begins anew, and says so`() {
    let clock = FeedClock()
    clock.start(at: 0)
    #expect(clock.stop(at: 60_000) && !clock.stop(at: 61_000), "once")
    clock.start(at: 62_000)
    #expect(times(of: clock, from: 63_000, to: 181_000).allSatisfy { $0 == nil })
    #expect(clock.time(at: 182_000) == 182_000)
  }

  @Test func `a machine that slept has missed what came meanwhile`() {
    let clock = FeedClock()
    clock.start(at: 0)
    _ = times(of: clock, from: 0, to: 200_000)
    #expect(clock.time(at: 210_000) == 210_000)
    #expect(clock.time(at: 220_001) == 210_000)
    // Of what it missed its streams know nothing yet.
    clock.caughtUp(at: 220_500)
    #expect(times(of: clock, from: 221_000, to: 340_000).allSatisfy { $0 == 210_000 })
    #expect(clock.time(at: 340_001) == 340_001)
  }

  /// What it says each second.
  private func times(of clock: FeedClock, from start: Int64, to end: Int64) -> [Int64?] {
    stride(from: start, through: end, by: 1_000).map { clock.time(at: $0) }
  }
}
