import Synchronization

/// The time up to which all fixes that could come have come: what did not come because the feed was away is no silence of a vehicle.
///
/// While a stream is there and nothing was missed that is the time of the clock. Behind a gap it stands until what was missed has been
/// handed on. Where that takes long it goes on after a while, so far behind the clock as positions wait for earlier ones of their vehicle.
/// While no stream is there it is the time at which the API was last asked for all it had.
final class FeedClock: Sendable {
  private enum Mode {
    /// No stream is there.
    case away
    /// One is there since a time, or has missed something since; whether the feed knows of what was missed.
    case behind(since: Int64, isKnown: Bool)
    /// One is there, and nothing is missing.
    case there
  }

  private struct State {
    var mode = Mode.away
    /// Up to when all has come; `nil` where nothing has yet.
    var reached: Int64?
    /// A time up to which all has been handed on, and from when on it has been looked at, too.
    var next: (reached: Int64, from: Int64)?
    /// From when on nothing is missing.
    var resumes: Int64?
    /// When the time was asked for last.
    var asked: Int64?

    mutating func reach(_ time: Int64) { reached = max(reached ?? .min, time) }

    /// A time, or where the machine has slept until then, that at which it fell asleep.
    func awake(_ now: Int64) -> Int64 { asked.map { now - $0 > longestLeap ? $0 : now } ?? now }

    /// Something may have been missed from a time on.
    mutating func fallBehind(at now: Int64, isKnown: Bool) {
      if case .there = mode { reach(awake(now)) }
      mode = .behind(since: now, isKnown: isKnown)
      resumes = nil
    }
  }

  /// How long the clock may go on, or back, without anybody asking, in milliseconds: a machine that slept, or a clock that was set, has
  /// missed what came meanwhile.
  static let longestLeap: Int64 = 10_000

  /// How long what was missed may take to come, in milliseconds; and how long positions wait for earlier ones of their vehicle.
  static let catchUp: Int64 = 120_000

  /// How long what was handed on may wait until it is looked at, in milliseconds.
  static let settling: Int64 = 5_000

  private let state = Mutex(State())

  /// A stream is there from a time on, in milliseconds UTC.
  func start(at now: Int64) {
    state.withLock { state in
      if case .away = state.mode { state.fallBehind(at: now, isKnown: true) }
    }
  }

  /// No stream is there from a time on, in milliseconds UTC; returns whether the last one went before what was missed had come.
  func stop(at now: Int64) -> Bool {
    state.withLock { state in
      defer {
        state.mode = .away
        state.resumes = nil
      }
      switch state.mode {
      case .away: return false
      case .there: state.reach(state.awake(now))
      case .behind(let since, _):
        guard now >= since + Self.catchUp else { return true }
        state.reach(state.awake(now) - Self.catchUp)
      }
      return false
    }
  }

  /// The stream has missed something, or may have, by a time in milliseconds UTC.
  func missed(at now: Int64) {
    state.withLock { state in
      switch state.mode {
      case .away: break
      case .behind(let since, _):
        state.mode = .behind(since: since, isKnown: true)
        state.resumes = nil
      case .there: state.fallBehind(at: now, isKnown: true)
      }
    }
  }

  /// All that the API had at a time has been handed on by now, both in milliseconds UTC; where it is not complete, but for what waits for
  /// earlier positions.
  func caughtUp(asOf time: Int64, isComplete: Bool, at now: Int64) {
    state.withLock { state in
      let reached = isComplete ? time : time - Self.catchUp
      state.next = (max(reached, state.next?.reached ?? .min), now + Self.settling)
      if isComplete, case .behind(_, isKnown: true) = state.mode { state.resumes = now + Self.settling }
    }
  }

  /// The time up to which all has come by now, both in milliseconds UTC; `nil` where nothing has yet.
  func time(at now: Int64) -> Int64? {
    state.withLock { state in
      if let asked = state.asked, abs(now - asked) > Self.longestLeap {
        if case .away = state.mode {} else { state.fallBehind(at: now, isKnown: false) }
        // What a clock that was ahead has said was no time yet.
        if now < asked {
          state.reached = state.reached.map { min($0, now - Self.catchUp) }
          state.next = nil
        }
      }
      state.asked = now
      if let next = state.next, next.from <= now {
        state.reach(next.reached)
        state.next = nil
      }
      if let resumes = state.resumes, resumes <= now {
        state.mode = .there
        state.resumes = nil
      }
      switch state.mode {
      case .away: break
      case .there: state.reach(now)
      // Of what the feed does not know, its streams will have told it by then.
      case .behind(let since, isKnown: false) where now >= since + 2 * Self.catchUp: state.mode = .there
      case .behind(let since, _) where now >= since + Self.catchUp: state.reach(now - Self.catchUp)
      case .behind: break
      }
      return state.reached
    }
  }
}
