/// What waits to be delivered to a sink.
public struct SinkBacklog: Sendable, Hashable {
  /// The id of the sink, like `dispatch/webhook/3f9a1c2e`.
  public var sink: String
  /// How many deliveries wait or are under way.
  public var waiting: Int
  /// For how long the oldest of them has waited, in milliseconds; 0 where none does.
  public var oldest: Int64
  /// How many deliveries were given up and not tried again since.
  public var deadLetters: Int

  /// Creates one.
  public init(sink: String, waiting: Int = 0, oldest: Int64 = 0, deadLetters: Int = 0) {
    self.sink = sink
    self.waiting = waiting
    self.oldest = oldest
    self.deadLetters = deadLetters
  }
}
