import MyCarTracks
import Synchronization

/// A time of day that is what a test says.
final class SetTime: TimeSource {
  private let now: Mutex<Int64>

  /// Starts at a time in milliseconds UTC.
  init(_ now: Int64 = ReceiverSamples.now) { self.now = Mutex(now) }

  /// Nothing passes.
  var elapsed: Duration { .zero }
  /// What it was set to.
  var date: Int64 {
    get { now.withLock { $0 } }
    set { now.withLock { $0 = newValue } }
  }
  /// Does not wait.
  func sleep(for duration: Duration) async throws {}
}
