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
    _ = times(of: clock, from: 221_000, to: 340_000)
    #expect(clock.time(at: 340_001) == 340_001)
  }

  /// What it says each second.
  private func times(of clock: FeedClock, from start: Int64, to end: Int64) -> [Int64?] {
    stride(from: start, through: end, by: 1_000).map { clock.time(at: $0) }
  }
}
