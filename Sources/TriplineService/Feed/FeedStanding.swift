import MyCarTracks
import Synchronization

/// How the feed stands: how positions come, and whether any can.
final class FeedStanding: Sendable {
  /// What another status means.
  enum Change: Sendable, Hashable {
    /// The stream has gone over to its successor before it ended, as planned.
    case renewed
    /// The stream is there again after it was lost.
    case reconnected
    /// Something else.
    case other
  }

  private struct State {
    var status: LiveStatus?
    var wasLive = false
    var isNoneThere = false

    var check: Health.Check {
      if status == .connecting || status == nil { return .unavailable("no stream yet") }
      return isNoneThere ? .unavailable("the account has none of the vehicles that are to be followed") : .ok
    }
  }

  private let state = Mutex(State())

  /// Whether the account has none of the vehicles that are to be followed, as far as that is known.
  var isNoneThere: Bool { state.withLock { $0.isNoneThere } }

  /// The way positions come is another one, or the same anew.
  func note(_ status: LiveStatus) -> (change: Change, check: Health.Check) {
    state.withLock { state in
      var change = Change.other
      // A stream that was lost is told of before the next one is there.
      if status == .live && state.wasLive { change = state.status == .live ? .renewed : .reconnected }
      state.status = status
      if status == .live { state.wasLive = true }
      return (change, state.check)
    }
  }

  /// It was found out whether the account has none of the vehicles that are to be followed; returns how the feed is where that
  /// makes a difference.
  func note(isNoneThere: Bool) -> Health.Check? {
    state.withLock { state in
      guard state.isNoneThere != isNoneThere else { return nil }
      let before = state.check
      state.isNoneThere = isNoneThere
      return state.check == before ? nil : state.check
    }
  }
}
