package import TriplineAlerts

/// What came of an attempt.
package struct Attempt: Sendable, Hashable {
  /// For the machine that decides what comes next.
  package var outcome: DeliveryMachine.Outcome
  /// For people, like `HTTP 500`: never a secret, and nothing of a URL but its host.
  package var note: String?

  /// Creates an end of an attempt.
  package init(outcome: DeliveryMachine.Outcome, note: String?) {
    self.outcome = outcome
    self.note = note
  }

  /// It has arrived.
  static let delivered = Attempt(outcome: .answered(status: 200, retryAfter: nil), note: nil)

  /// It has not arrived, and nobody has answered.
  static func failed(_ note: String) -> Attempt { Attempt(outcome: .failed, note: note) }

  /// It took longer than so many milliseconds.
  static func timedOut(after timeout: Int64) -> Attempt {
    .failed("timed out after " + (timeout % 1000 == 0 ? "\(timeout / 1000) s" : "\(timeout) ms"))
  }

  /// Whether it has arrived.
  var isSuccess: Bool {
    if case .answered(200..<300, _) = outcome { true } else { false }
  }

  /// What `body` gives, or `timedOut` where that takes longer than so many milliseconds; it is cancelled then.
  static func within(_ timeout: Int64, _ body: @escaping @Sendable () async -> Attempt) async -> Attempt {
    await withTaskGroup(of: Attempt.self) { group in
      group.addTask { await body() }
      group.addTask {
        let hasPassed = (try? await Task.sleep(for: .milliseconds(timeout))) != nil
        return hasPassed ? .timedOut(after: timeout) : .failed("it was stopped")
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failed("it was stopped")
    }
  }
}
