public import MyCarTracks
import Synchronization

/// The moment at which the pipeline was last seen at work.
public final class Heartbeat: Sendable {
  /// How old it may be before the pipeline counts as stuck.
  public let bound: Duration

  private let time: any TimeSource
  private let last: Mutex<Duration>

  /// Begins with a beat.
  ///
  /// - Parameters:
  ///   - bound: how old it may be; half a minute, for an idle pipeline looks for what is due at least once a second.
  ///   - time: the time.
  public init(bound: Duration = .seconds(30), time: any TimeSource = SystemTime()) {
    self.bound = bound
    self.time = time
    last = Mutex(time.elapsed)
  }

  /// The pipeline is at work.
  public func beat() {
    let now = time.elapsed
    last.withLock { $0 = max($0, now) }
  }

  /// How long ago the pipeline was at work.
  public var age: Duration { time.elapsed - last.withLock { $0 } }

  /// Whether the pipeline is not stuck.
  public var isFresh: Bool { age <= bound }
}
