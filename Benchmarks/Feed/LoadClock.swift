import MyCarTracks
import Synchronization

/// The time of day of a synthetic fleet, which is that of the newest fix: what is sent faster than it was made lets days go by faster.
final class LoadClock: TimeSource {
  private let now: Atomic<Int64>
  private let system = SystemTime()

  init(at date: Int64) { now = Atomic(date) }

  /// A fix of that time has been sent.
  func advance(to date: Int64) { now.store(date, ordering: .relaxed) }

  var elapsed: Duration { system.elapsed }
  var date: Int64 { now.load(ordering: .relaxed) }
  func sleep(for duration: Duration) async throws { try await system.sleep(for: duration) }
}
