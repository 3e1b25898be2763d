import Synchronization

/// The time of which fixes could have come: that of the clock as long as the feed is there, and else that at which it went away. What
/// did not come while the feed was away is no silence of a vehicle.
final class FeedClock: Sendable {
  private struct State {
    /// When the feed went away; `nil` where it has not been there yet.
    var stopped: Int64?
    /// From when on time goes on again; `nil` as long as the feed is away.
    var resumes: Int64?
    /// When the time was asked for last.
    var asked: Int64?
    /// Whether the clock has gone on by itself since the feed is there.
    var hasLeapt = false
  }

  /// How long the clock may go on without anybody asking, in milliseconds: a machine that slept, or a clock that was put forward, has
  /// missed what came meanwhile.
  static let longestLeap: Int64 = 10_000

  /// How long what was missed may take to come once the feed is back, in milliseconds, where nobody says that all has come.
  static let catchUp: Int64 = 120_000

  /// How long what has come may wait until it is looked at, in milliseconds.
  static let settling: Int64 = 5_000

  private let state = Mutex(State())

  /// The feed is there from a time on, in milliseconds UTC.
  func start(at now: Int64) { state.withLock { $0.resumes = $0.resumes ?? now + Self.catchUp } }

  /// The feed is away from a time on, in milliseconds UTC; returns whether it was there for too short a time for time to go on.
  func stop(at now: Int64) -> Bool {
    state.withLock { state in
      guard let resumes = state.resumes else { return false }
      state.resumes = nil
      state.hasLeapt = false
      guard resumes <= now else { return true }
      state.stopped = now
      return false
    }
  }

  /// What was missed has come by a time, in milliseconds UTC.
  func caughtUp(at now: Int64) {
    state.withLock { state in
      // What a machine that slept has missed, nobody knows before its streams have ended.
      guard let resumes = state.resumes, !state.hasLeapt else { return }
      state.resumes = min(resumes, now + Self.settling)
    }
  }

  /// The time of which fixes could have come by now, in milliseconds UTC; `nil` where the feed has not been there yet.
  func time(at now: Int64) -> Int64? {
    state.withLock { state in
      if let asked = state.asked, now - asked > Self.longestLeap, let resumes = state.resumes {
        if resumes <= asked { state.stopped = asked }
        state.resumes = now + Self.catchUp
        state.hasLeapt = true
      }
      state.asked = now
      guard let resumes = state.resumes, resumes <= now else { return state.stopped }
      return now
    }
  }
}
