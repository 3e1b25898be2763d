import GRDB
public import TriplineAlerts

/// An attempt to deliver.
public struct DeliveryAttempt: Sendable, Hashable {
  /// When, in milliseconds UTC.
  public var at: Int64
  /// What came of it: `delivered`, `failed`, the status of the answer, or `given up` where the delivery was given up without an
  /// attempt.
  public var outcome: String
  /// More about that, for people.
  public var note: String?

  /// The outcome of a delivery that was given up without an attempt.
  public static let givenUp = "given up"

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
    /// The delivery when the attempt began; `nil` where that does not matter.
    public var before: Delivery?

    /// Creates one.
    public init(
      number: UInt64, attempt: DeliveryAttempt, state: Delivery.State, due: Int64, before: Delivery? = nil
    ) {
      self.number = number
      self.attempt = attempt
      self.state = state
      self.due = due
      self.before = before
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

  /// Notes what came of attempts, in one transaction. Deliveries that are not there any more are left out. Where the machine loses
  /// power before the next transaction they are tried once more, under the same ids.
  ///
  /// - Returns: the deliveries that have not arrived and that somebody has had tried once more since their attempts began: they
  ///   wait as that says.
  @discardableResult
  public func conclude(_ conclusions: [Conclusion]) throws -> [UInt64] {
    try writeLoosely { database in
      var again: [UInt64] = []
      for one in conclusions {
        let number = Int64(one.number)
        guard
          let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT due, failures FROM delivery WHERE number = ?"), arguments: [number])
        else { continue }
        try Self.insert(one.attempt, of: number, database)
        if one.state != .delivered, let before = one.before,
          before.due != row["due"] as Int64 || before.failures != row["failures"] as Int
        {
          again.append(one.number)
          continue
        }
        let isFailure = one.state != .delivered && one.attempt.outcome != DeliveryAttempt.givenUp
        try database.cachedStatement(
          sql: "UPDATE delivery SET state = ?, due = ?, failures = failures + ?, concluded_at = ? WHERE number = ?"
        ).execute(arguments: [
          one.state.rawValue, one.due, isFailure ? 1 : 0, one.state == .waiting ? nil : one.attempt.at, number,
        ])
      }
      return again
    }
  }

  private static func insert(_ attempt: DeliveryAttempt, of number: Int64, _ database: Database) throws {
    try database.cachedStatement(sql: "INSERT INTO attempt (delivery, at, outcome, note) VALUES (?, ?, ?, ?)")
      .execute(arguments: [number, attempt.at, attempt.outcome, attempt.note])
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

  /// A delivery with its events, each with its alert as it is now; events whose alerts are not there any more are left out. `nil`
  /// where there is no such delivery.
  public func contents(ofDelivery number: UInt64) throws -> (
    delivery: Delivery, events: [(event: AlertBatch.Event, alert: Alert)]
  )? {
    try read { database in
      guard
        let row = try Row.fetchOne(
          database.cachedStatement(sql: "SELECT * FROM delivery WHERE number = ?"), arguments: [Int64(number)])
      else { return nil }
      let delivery = try Self.delivery(row, in: path)
      let events = try delivery.events.compactMap { number -> (event: AlertBatch.Event, alert: Alert)? in
        guard
          let row = try Row.fetchOne(
            database.cachedStatement(
              sql: "SELECT event.*, alert.body FROM event JOIN alert ON alert.id = event.alert WHERE event.number = ?"),
            arguments: [Int64(number)])
        else { return nil }
        return (Self.event(row), try StoredJSON.value(Alert.self, row["body"], in: path))
      }
      return (delivery, events)
    }
  }

  /// Has deliveries tried once more, from the beginning of the plan; returns how many there are. A service that runs takes them
  /// up within seconds. An attempt that is under way changes nothing about that, unless the delivery arrives by it.
  ///
  /// - Parameters:
  ///   - numbers: which ones.
  ///   - now: the time, in milliseconds UTC.
  /// - Throws: `StoreError`, also where the sink of one is not there any more or wants nothing; none is tried then.
  @discardableResult
  public func retry(_ numbers: [UInt64], at now: Int64) throws -> Int {
    try write { database in
      var count = 0
      let closed = try Self.closedSinks(database)
      for number in numbers {
        guard
          let sink = try String.fetchOne(
            database, sql: "SELECT sink FROM delivery WHERE number = ?", arguments: [Int64(number)])
        else { continue }
        if let reason = closed(sink) {
          throw StoreError(.missing, "delivery \(number) goes to \(sink), which \(reason)")
        }
        try Self.retry(number, at: now, database)
        count += 1
      }
      try Self.signal(database)
      return count
    }
  }

  /// Has deliveries that were given up tried once more, as `retry`.
  ///
  /// - Parameters:
  ///   - sink: only those to a sink.
  ///   - since: only those that were decided at this time or later, in milliseconds UTC.
  ///   - now: the time, in milliseconds UTC.
  /// - Returns: how many are tried once more, and how many are not because their sink is not there any more or wants nothing.
  /// - Throws: `StoreError`, also where that is so of the sink that is asked for.
  @discardableResult
  public func retryDead(to sink: String? = nil, since: Int64 = 0, at now: Int64) throws -> (retried: Int, left: Int) {
    try write { database in
      let closed = try Self.closedSinks(database)
      if let sink, let reason = closed(sink) { throw StoreError(.missing, "the sink \(sink) \(reason)") }
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT number, sink FROM delivery WHERE state = 'dead' AND created_at >= ?1 AND (?2 IS NULL OR sink = ?2)
          """, arguments: [since, sink])
      let open = rows.filter { closed($0["sink"]) == nil }
      for row in open { try Self.retry(UInt64(row["number"] as Int64), at: now, database) }
      try Self.signal(database)
      return (open.count, rows.count - open.count)
    }
  }

  private static func retry(_ number: UInt64, at now: Int64, _ database: Database) throws {
    try database.cachedStatement(
      sql: "UPDATE delivery SET state = 'waiting', failures = 0, due = ?, concluded_at = NULL WHERE number = ?"
    ).execute(arguments: [now, Int64(number)])
  }

  // MARK: Sinks

  /// How old in milliseconds may be what was given up because its sink was gone, to be tried once more when the sink is back: as
  /// long as a delivery is tried where its receiver is down.
  public static let reprieve: Int64 = 3 * 86_400_000

  /// Notes which sinks there are in the configuration. What waits for any other is given up: nobody would try it any more.
  ///
  /// - Parameters:
  ///   - ids: the sinks.
  ///   - now: the time, in milliseconds UTC.
  /// - Returns: how many deliveries were given up, by their sinks.
  @discardableResult
  public func setSinks(_ ids: [String], at now: Int64) throws -> [String: Int] {
    try write { database in
      try database.execute(sql: "UPDATE sink SET is_configured = 0")
      for id in ids {
        try database.execute(
          sql: """
            INSERT INTO sink (id, is_disabled, is_configured) VALUES (?, 0, 1) ON CONFLICT DO UPDATE SET is_configured = 1
            """, arguments: [id])
      }
      let lost = try Row.fetchAll(
        database,
        sql: """
          SELECT number, sink FROM delivery
          WHERE state = 'waiting' AND sink NOT IN (SELECT id FROM sink WHERE is_configured) ORDER BY number
          """)
      let attempt = DeliveryAttempt(
        at: now, outcome: DeliveryAttempt.givenUp, note: "its sink is not in the configuration any more")
      var counts: [String: Int] = [:]
      for row in lost {
        let number: Int64 = row["number"]
        try Self.insert(attempt, of: number, database)
        try database.cachedStatement(
          sql: "UPDATE delivery SET state = 'dead', due = ?1, concluded_at = ?1 WHERE number = ?2"
        ).execute(arguments: [now, number])
        counts[row["sink"], default: 0] += 1
      }
      return counts
    }
  }

  /// Has a sink that said it was gone, or asked to wait, tried again. What was given up since it was gone is tried once more where
  /// it is not older than `reprieve`; returns how many deliveries that are.
  ///
  /// - Parameters:
  ///   - sink: the sink.
  ///   - now: the time, in milliseconds UTC.
  /// - Throws: `StoreError`, also where there is no such sink in the configuration.
  @discardableResult
  public func enable(sink: String, at now: Int64) throws -> Int {
    try write { database in
      if let reason = try Self.closedSinks(database, disabled: false)(sink) {
        throw StoreError(.missing, "the sink \(sink) \(reason)")
      }
      let isDisabled = try Bool.fetchOne(
        database, sql: "SELECT is_disabled FROM sink WHERE id = ?", arguments: [sink])
      try database.execute(
        sql: "UPDATE sink SET is_disabled = 0, paused_until = NULL WHERE id = ?", arguments: [sink])
      try Self.signal(database)
      guard isDisabled == true else { return 0 }
      try database.execute(
        sql: """
          UPDATE delivery SET state = 'waiting', failures = 0, due = ?, concluded_at = NULL
          WHERE state = 'dead' AND sink = ? AND created_at >= ?
          """, arguments: [now, sink, now - Self.reprieve])
      return database.changesCount
    }
  }

  /// Why nothing is tried that goes to a sink, in words that follow its name; `nil` where it is. A store that no service has told
  /// of its sinks knows none that is not there.
  private static func closedSinks(
    _ database: Database, disabled: Bool = true
  ) throws -> (String) -> String? {
    let present = try String.fetchSet(database, sql: "SELECT id FROM sink WHERE is_configured")
    let gone = try disabled ? String.fetchSet(database, sql: "SELECT id FROM sink WHERE is_disabled") : []
    return { sink in
      if !present.isEmpty && !present.contains(sink) {
        return "is not in the configuration any more; there are " + present.sorted().joined(separator: ", ")
          + ". Put it back, and have the service load the configuration."
      }
      guard gone.contains(sink) else { return nil }
      return "has answered that it wants nothing any more. `tripline deliveries enable \(sink)` has it tried again."
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

  static func delivery(_ row: Row, in path: String) throws -> Delivery {
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
