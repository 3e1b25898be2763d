import Dispatch
import Synchronization
import TriplineCore

/// Some rows of a GPX file on their way from the parser to the reader.
struct GPXBatch: Sendable {
  /// A track point.
  struct Row: Sendable {
    /// Number of the track in the file.
    var track: Int
    /// The fix, without track and sequence, or `nil` of a point that cannot be one.
    var fix: Fix?
  }

  /// The track points in order.
  var rows: [Row] = []
  /// The ids of all tracks of the file that have points so far, by number.
  var trackIDs: [String] = []
  /// What reading came to so far.
  var report = ReadReport()
  /// Why nothing can be read at all.
  var failure: FormatError?
  /// Whether this is the last one.
  var isLast = false
}

/// Hands batches from the parser's thread to the reader, one at a time: while one waits to be taken the parser can fill
/// the next, and then it has to wait, so that memory does not grow with the file.
final class GPXHandover: Sendable {
  private struct State: ~Copyable {
    var source: ByteSource?
    var batch: GPXBatch?
    var isCancelled = false
  }

  private let state: Mutex<State>
  private let filled = DispatchSemaphore(value: 0)
  private let free = DispatchSemaphore(value: 0)

  init(_ source: consuming sending ByteSource) {
    state = Mutex(State(source: source))
    free.signal()
  }

  /// Takes the source, which the parser's thread does once.
  func takeSource() -> ByteSource? {
    state.withLock { state in state.source.take() }
  }

  /// Waits until the batch before has been taken and leaves this one; returns `false` if nobody wants it any more.
  func put(_ batch: GPXBatch) -> Bool {
    free.wait()
    let isWanted = state.withLock { state in
      if !state.isCancelled { state.batch = batch }
      return !state.isCancelled
    }
    filled.signal()
    return isWanted
  }

  /// Waits for the next batch. After the last one it must not be called again.
  func take() -> GPXBatch? {
    filled.wait()
    let batch = state.withLock { state in state.batch.take() }
    free.signal()
    return batch
  }

  /// Tells the parser to stop: its next batch is refused.
  func cancel() {
    state.withLock { state in state.isCancelled = true }
    free.signal()
  }
}
