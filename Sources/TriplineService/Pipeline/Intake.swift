import Synchronization

/// Where fixes wait for the pipeline: whatever comes while a batch is written makes the next one.
///
/// Who puts in more than there is room for waits, and so does the feed behind it; nothing is dropped. It is no actor, for with one
/// a fix that comes by itself cost more for its way in than for all that is done with it.
package final class Intake: Sendable {
  /// Fixes that may wait.
  package static let bound = 65_536
  /// Fixes that are taken at once, at most: what is decided of them is on the disk before more are looked at.
  package static let batch = 4096

  private struct State {
    var waiting: [ReceivedFix] = []
    /// How many of those have been taken.
    var taken = 0
    var taker: CheckedContinuation<[ReceivedFix]?, Never>?
    var putters: [CheckedContinuation<Void, Never>] = []
    /// Whether the reader is to go on although nothing waits.
    var isWoken = false
    var isClosed = false

    /// The first of those that wait, and who may put in more then.
    mutating func take() -> (fixes: [ReceivedFix], putters: [CheckedContinuation<Void, Never>]) {
      let end = min(waiting.count, taken + Intake.batch)
      let fixes = Array(waiting[taken..<end])
      taken = end
      if taken == waiting.count {
        waiting.removeAll(keepingCapacity: true)
        taken = 0
      }
      return (fixes, takePutters())
    }

    mutating func takePutters() -> [CheckedContinuation<Void, Never>] {
      defer { putters = [] }
      return putters
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// Puts fixes in, in the order of their arrival; waits where there is no room.
  package func put(_ fixes: [ReceivedFix]) async {
    while !state.withLock({ $0.isClosed || $0.waiting.count - $0.taken < Self.bound }) {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard !state.isClosed, state.waiting.count - state.taken >= Self.bound else { return true }
          state.putters.append(continuation)
          return false
        }
        if isOver { continuation.resume() }
      }
    }
    let (taker, taken, putters) = state.withLock { state in
      if !state.isClosed { state.waiting += fixes }
      guard let taker = state.taker, !state.waiting.isEmpty else {
        return (nil, nil, [])
          as (CheckedContinuation<[ReceivedFix]?, Never>?, [ReceivedFix]?, [CheckedContinuation<Void, Never>])
      }
      state.taker = nil
      let (taken, putters) = state.take()
      return (taker, taken, putters)
    }
    taker?.resume(returning: taken)
    for putter in putters { putter.resume() }
  }

  /// What waits, as soon as something does, the first `batch` of it; nothing where the reader is woken, and `nil` once it is closed and
  /// empty. For one reader.
  package func take() async -> [ReceivedFix]? {
    await withCheckedContinuation { continuation in
      let (fixes, putters, isOver) = state.withLock { state in
        if state.taken < state.waiting.count || state.isWoken && !state.isClosed {
          state.isWoken = false
          let (fixes, putters) = state.take()
          return (fixes, putters, true) as ([ReceivedFix]?, [CheckedContinuation<Void, Never>], Bool)
        }
        if !state.isClosed { state.taker = continuation }
        return (nil, [], state.isClosed)
      }
      if isOver { continuation.resume(returning: fixes) }
      for putter in putters { putter.resume() }
    }
  }

  /// Has the reader go on, which has something else to do.
  package func wake() {
    let taker = state.withLock { state in
      defer { state.taker = nil }
      state.isWoken = state.taker == nil
      return state.taker
    }
    taker?.resume(returning: [])
  }

  /// Nothing more comes; what waits is still to be taken.
  package func close() {
    let (taker, putters) = state.withLock { state in
      state.isClosed = true
      defer { state.taker = nil }
      return (state.taker, state.takePutters())
    }
    taker?.resume(returning: nil)
    for putter in putters { putter.resume() }
  }
}
