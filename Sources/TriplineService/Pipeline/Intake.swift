/// Where fixes wait for the pipeline: whatever comes while a batch is written makes the next one.
///
/// Who puts in more than there is room for waits, and so does the feed behind it; nothing is dropped.
package actor Intake {
  /// Fixes that may wait.
  package static let bound = 65_536

  private var waiting: [ReceivedFix] = []
  private var taker: CheckedContinuation<[ReceivedFix]?, Never>?
  private var putters: [CheckedContinuation<Void, Never>] = []
  private var isClosed = false

  package init() {}

  /// Puts fixes in, in the order of their arrival; waits where there is no room.
  package func put(_ fixes: [ReceivedFix]) async {
    while waiting.count >= Self.bound && !isClosed { await withCheckedContinuation { putters.append($0) } }
    guard !isClosed else { return }
    waiting += fixes
    if let taker {
      self.taker = nil
      taker.resume(returning: takeWaiting())
    }
  }

  /// All that waits, as soon as something does; `nil` once it is closed and empty. For one reader.
  package func take() async -> [ReceivedFix]? {
    if !waiting.isEmpty { return takeWaiting() }
    if isClosed { return nil }
    return await withCheckedContinuation { taker = $0 }
  }

  /// Nothing more comes; what waits is still to be taken.
  package func close() {
    isClosed = true
    takeWaitersBack()
    taker?.resume(returning: nil)
    taker = nil
  }

  private func takeWaiting() -> [ReceivedFix] {
    let fixes = waiting
    waiting.removeAll(keepingCapacity: true)
    takeWaitersBack()
    return fixes
  }

  private func takeWaitersBack() {
    for putter in putters { putter.resume() }
    putters = []
  }
}
