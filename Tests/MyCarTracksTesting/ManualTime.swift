public import MyCarTracks
import Synchronization

/// Clocks that stand still until somebody waits, and then are at once where the wait ends.
///
/// Right for one task that waits at a time: simulated months pass as quickly as they are computed.
public final class ManualTime: TimeSource {
  private let state: Mutex<Duration>
  private let start: Int64

  /// Starts at a date in milliseconds UTC.
  public init(date: Int64 = 1_780_000_000_000) {
    start = date
    state = Mutex(.zero)
  }

  /// Time since the start.
  public var elapsed: Duration { state.withLock { $0 } }
  /// The date, in milliseconds UTC.
  public var date: Int64 { start + Int64(elapsed / .milliseconds(1)) }

  /// Is at once where the wait ends.
  public func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    advance(by: duration)
    await Task.yield()
  }

  /// Lets time pass.
  public func advance(by duration: Duration) { state.withLock { $0 += max(.zero, duration) } }
}
