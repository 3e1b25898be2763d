import AsyncAlgorithms

/// The updates of a live feed, each of which goes to one reader; the feed waits until it is read.
public struct LiveUpdates: AsyncSequence, Sendable {
  /// Reads updates.
  public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
    fileprivate let channel: AsyncChannel<LiveUpdate>

    /// The next update, or `nil` once the feed has ended or the task is cancelled.
    public mutating func next() async -> LiveUpdate? {
      var iterator = channel.makeAsyncIterator()
      return await iterator.next()
    }
  }

  private let channel = AsyncChannel<LiveUpdate>()

  /// Starts with the next update.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(channel: channel) }

  /// Waits until somebody has taken an update.
  func send(_ update: LiveUpdate) async { await channel.send(update) }

  /// Ends the sequence.
  func finish() { channel.finish() }
}
