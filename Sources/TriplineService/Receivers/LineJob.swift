import Synchronization

/// A line that is to be written, and who waits for that.
final class LineJob: Sendable {
  /// The line, with its end.
  let line: [UInt8]
  private let state = Mutex<(end: Attempt?, waiter: CheckedContinuation<Attempt, Never>?)>((nil, nil))

  /// Creates one that is not over.
  init(_ line: [UInt8]) { self.line = line }

  /// Whether nobody waits for it any more.
  var isOver: Bool { state.withLock { $0.end != nil } }

  /// Says what came of it; what is said first counts.
  func end(_ attempt: Attempt) {
    let waiter = state.withLock { state -> CheckedContinuation<Attempt, Never>? in
      guard state.end == nil else { return nil }
      state.end = attempt
      return state.waiter
    }
    waiter?.resume(returning: attempt)
  }

  /// What came of it, once that is known; one task waits.
  var result: Attempt {
    get async {
      await withCheckedContinuation { continuation in
        let end = state.withLock { state -> Attempt? in
          if state.end == nil { state.waiter = continuation }
          return state.end
        }
        if let end { continuation.resume(returning: end) }
      }
    }
  }
}
