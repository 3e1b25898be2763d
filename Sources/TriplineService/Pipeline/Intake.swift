/// Where fixes wait for the pipeline: whatever comes while a batch is written makes the next one.
///
/// Who puts in more than there is room for waits, and so does the feed behind it; nothing is dropped.
package actor Intake {
  /// Fixes that may wait.
  package static let bound = 65_536

  /// Fixes that are taken at once, at most: what is decided of them is on the disk before more are looked at.
  package static let batch = 4096

  private var waiting: [ReceivedFix] = []
  /// How many of those have been taken.
  private var taken = 0
  private var taker: CheckedContinuation<[ReceivedFix]?, Never>?
  private var putters: [CheckedContinuation<Void, Never>] = []
  private var isClosed = false

  package init() {}

  /// Puts fixes in, in the order of their arrival; waits where there is no room.
  package func put(_ fixes: [ReceivedFix]) async {
    while waiting.count - taken >= Self.bound && !isClosed { await withCheckedContinuation { putters.append($0) } }
    guard !isClosed else { return }
    waiting += fixes
    if let taker {
      self.taker = nil
      taker.resume(returning: takeWaiting())
    }
  }

  /// What waits, as soon as something does, the first `batch` of it; `nil` once it is closed and empty. For one reader.
  package func take() async -> [ReceivedFix]? {
    if taken < waiting.count { return takeWaiting() }
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
    let end = min(waiting.count, taken + Self.batch)
    let fixes = Array(waiting[taken..<end])
    taken = end
    if taken == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      taken = 0
    }
    takeWaitersBack()
    return fixes
  }

  private func takeWaitersBack() {
    for putter in putters { putter.resume() }
    putters = []
  }
}
