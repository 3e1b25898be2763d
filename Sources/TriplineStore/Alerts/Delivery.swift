/// Something that is to be told to a sink, in one piece.
public struct Delivery: Sendable, Hashable {
  /// How far it is.
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// It has not arrived yet.
    case waiting
    /// It has arrived.
    case delivered
    /// It was tried for days, or its sink is gone: it is tried no more unless somebody says so.
    case dead
  }

  /// Its number in the order of all deliveries.
  public var number: UInt64
  /// Its id, the same at each attempt: that of its event where it is one.
  public var id: String
  /// Where it goes, like `dispatch/webhook/3f9a1c2e`.
  public var sink: String
  /// What it has to keep its order with: a vehicle or a group.
  public var about: String
  /// The labels of its group, where it is one.
  public var labels: [String: String] = [:]
  /// The numbers of its events.
  public var events: [UInt64]
  /// How far it is.
  public var state = State.waiting
  /// Attempts that have failed.
  public var failures = 0
  /// When it is tried next, in milliseconds UTC.
  public var due: Int64
  /// When it was decided, in milliseconds UTC.
  public var createdAt: Int64
  /// When it arrived or was given up, in milliseconds UTC.
  public var concludedAt: Int64?

  /// Creates a delivery that waits.
  public init(number: UInt64, id: String, sink: String, about: String, events: [UInt64], at now: Int64) {
    self.number = number
    self.id = id
    self.sink = sink
    self.about = about
    self.events = events
    due = now
    createdAt = now
  }
}
