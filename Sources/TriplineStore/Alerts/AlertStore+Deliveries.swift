import GRDB
import TriplineAlerts

/// An attempt to deliver.
public struct DeliveryAttempt: Sendable, Hashable {
  /// When, in milliseconds UTC.
  public var at: Int64
  /// What came of it: `delivered`, `failed`, or the status of the answer.
  public var outcome: String
  /// More about that, for people.
  public var note: String?

  /// Creates one.
  public init(at: Int64, outcome: String, note: String?) {
    self.at = at
    self.outcome = outcome
    self.note = note
  }
}

extension AlertStore {
  /// What came of an attempt, as it is written.
  public struct Conclusion: Sendable {
    /// The number of the delivery.
    public var number: UInt64
    /// The attempt.
    public var attempt: DeliveryAttempt
    /// How far the delivery is now.
    public var state: Delivery.State
    /// When it is tried next, in milliseconds UTC.
    public var due: Int64

    /// Creates one.
    public init(number: UInt64, attempt: DeliveryAttempt, state: Delivery.State, due: Int64) {
      self.number = number
      self.attempt = attempt
      self.state = state
      self.due = due
    }
  }

  /// Whether a sink wants something.
  public struct SinkState: Sendable, Hashable {
    /// Whether it has said that it wants nothing any more.
    public var isDisabled = false
    /// Before this time, in milliseconds UTC, it wants nothing; `nil` for no such time.
    public var pausedUntil: Int64?

    /// It wants all.
    public init() {}
  }

  /// Notes what came of attempts, in one transaction.
  public func conclude(_ conclusions: [Conclusion]) throws {
    try write { database in
      for one in conclusions {
        try database.execute(
          sql: "INSERT INTO attempt (delivery, at, outcome, note) VALUES (?, ?, ?, ?)",
          arguments: [Int64(one.number), one.attempt.at, one.attempt.outcome, one.attempt.note])
        let isOver = one.state != .waiting
        try database.execute(
          sql: """
            UPDATE delivery SET state = ?, due = ?, failures = failures + ?, concluded_at = ? WHERE number = ?
            """,
          arguments: [
            one.state.rawValue, one.due, one.state == .delivered ? 0 : 1, isOver ? one.attempt.at : nil,
            Int64(one.number),
          ])
      }
    }
  }

  /// Notes whether a sink wants something.
  public func keep(_ state: SinkState, ofSink sink: String) throws {
    try write { database in
      try database.execute(
        sql: """
          INSERT INTO sink (id, is_disabled, paused_until) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
            is_disabled = excluded.is_disabled, paused_until = excluded.paused_until
          """, arguments: [sink, state.isDisabled, state.pausedUntil])
    }
  }

  /// Whether a sink wants something.
  public func state(ofSink sink: String) throws -> SinkState {
    try read { database in
      var state = SinkState()
      if let row = try Row.fetchOne(database, sql: "SELECT * FROM sink WHERE id = ?", arguments: [sink]) {
        state.isDisabled = row["is_disabled"]
        state.pausedUntil = row["paused_until"]
      }
      return state
    }
  }

  /// Deliveries in the order of their numbers.
  ///
  /// - Parameters:
  ///   - states: only those that are so far.
  ///   - sink: only those to a sink.
  ///   - since: only those that were decided at this time or later, in milliseconds UTC.
  ///   - limit: at most so many, the last ones.
  public func deliveries(
    _ states: [Delivery.State] = Delivery.State.allCases, to sink: String? = nil, since: Int64 = 0, limit: Int = .max
  ) throws -> [Delivery] {
    // Each condition in words that an index can be found by.
    let places = states.map { _ in "?" }.joined(separator: ", ")
    let isOfSink = sink == nil ? "" : "AND sink = ?"
    let arguments = states.map(\.rawValue) + (sink.map { [$0] } ?? [])
    return try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM (SELECT * FROM delivery WHERE state IN (\(places)) \(isOfSink) AND created_at >= ?
            ORDER BY number DESC LIMIT ?) ORDER BY number
          """, arguments: StatementArguments(arguments) + [since, limit])
      return try rows.map { try Self.delivery($0, in: path) }
    }
  }

  /// A delivery by its number.
  public func delivery(_ number: UInt64) throws -> Delivery? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM delivery WHERE number = ?", arguments: [Int64(number)])
        .map { try Self.delivery($0, in: path) }
    }
  }

  /// The attempts at a delivery, in their order.
  public func attempts(at number: UInt64) throws -> [DeliveryAttempt] {
    try read { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM attempt WHERE delivery = ? ORDER BY rowid", arguments: [Int64(number)]
      ).map { DeliveryAttempt(at: $0["at"], outcome: $0["outcome"], note: $0["note"]) }
    }
  }

  /// The events of a delivery, each with its alert as it was then.
  public func events(of delivery: Delivery) throws -> [AlertBatch.Event] {
    try read { database in
      try delivery.events.compactMap { number in
        try Row.fetchOne(database, sql: "SELECT * FROM event WHERE number = ?", arguments: [Int64(number)])
          .map(Self.event)
      }
    }
  }

  /// Has deliveries tried once more, from the beginning of the plan; returns how many there are. A service that runs takes them
  /// up within seconds.
  ///
  /// - Parameters:
  ///   - numbers: which ones.
  ///   - now: the time, in milliseconds UTC.
  @discardableResult
  public func retry(_ numbers: [UInt64], at now: Int64) throws -> Int {
    try write { database in
      var count = 0
      for number in numbers {
        try database.execute(
          sql: """
            UPDATE delivery SET state = 'waiting', failures = 0, due = ?, concluded_at = NULL WHERE number = ?
            """, arguments: [now, Int64(number)])
        count += database.changesCount
      }
      try Self.signal(database)
      return count
    }
  }

  /// Has a sink that said it was gone tried again.
  public func enable(sink: String) throws {
    try write { database in
      try database.execute(sql: "DELETE FROM sink WHERE id = ?", arguments: [sink])
      try Self.signal(database)
    }
  }

  /// Deliveries that wait for each sink, those given up, and when the oldest that waits was decided, in milliseconds UTC.
  public func backlog() throws -> [(sink: String, waiting: Int, dead: Int, oldest: Int64?)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT sink, sum(state = 'waiting') AS waiting, sum(state = 'dead') AS dead,
            min(iif(state = 'waiting', created_at, NULL)) AS oldest
          FROM delivery WHERE state <> 'delivered' GROUP BY sink ORDER BY sink
          """
      ).map { ($0["sink"], $0["waiting"], $0["dead"], $0["oldest"]) }
    }
  }

  private static func delivery(_ row: Row, in path: String) throws -> Delivery {
    var delivery = Delivery(
      number: UInt64(row["number"] as Int64), id: row["id"], sink: row["sink"], about: row["about"],
      events: try StoredJSON.value([UInt64].self, row["events"], in: path), at: row["created_at"])
    delivery.labels = try StoredJSON.value([String: String].self, row["labels"], in: path)
    delivery.state = Delivery.State(rawValue: row["state"]) ?? .waiting
    delivery.failures = row["failures"]
    delivery.due = row["due"]
    delivery.concludedAt = row["concluded_at"]
    return delivery
  }

  static func event(_ row: Row) -> AlertBatch.Event {
    AlertBatch.Event(
      number: UInt64(row["number"] as Int64), id: row["id"], alert: row["alert"], isFiring: row["is_firing"],
      json: row["json"])
  }

  /// Tells a service that runs that something was changed by another process.
  static func signal(_ database: Database) throws {
    try database.execute(
      sql: """
        INSERT INTO setting (name, value) VALUES ('signal', 1) ON CONFLICT DO UPDATE SET value = value + 1
        """)
  }

  /// A number that changes whenever another process has changed something a service has to look at.
  public func signal() throws -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'signal'") ?? 0 }
  }
}
