import Foundation
import GRDB
import TriplineAlerts
import TriplineCore

extension AlertStore {
  /// Runs what asks, of any number of ids, whether there are events with them.
  public func lookingUpEvents<Result>(_ body: (_ isThere: (String) throws -> Bool) throws -> Result) throws -> Result {
    try read { database in
      try body { id in
        try Bool.fetchOne(
          database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM event WHERE id = ?)"), arguments: [id]) ?? false
      }
    }
  }

  /// Writes what came in and all that follows from it, in one transaction.
  ///
  /// - Precondition: of shards whose state is in the batch, the traces are gathered in it.
  /// - Throws: `StoreError`; nothing of it is written then.
  public func commit(_ batch: AlertBatch) throws {
    precondition(Self.areTracesGathered(batch), "the journal is not read for these any more")
    try write { database in
      try database.cachedStatement(sql: "INSERT INTO journal (number, advances, fixes) VALUES (?, ?, ?)").execute(
        arguments: [
          batch.number, StoredAdvances.text(batch.advances),
          batch.fixes.isEmpty ? nil : Data(Fix.bytes(of: batch.fixes)),
        ])
      if !batch.outcome.traces.isEmpty {
        try database.cachedStatement(sql: "INSERT INTO young_trace (journal, body) VALUES (?, ?)").execute(
          arguments: [batch.number, Data(TraceBlock.bytes(of: batch.outcome.traces))])
      }
      try Self.insert(batch, database)
      for (number, state) in batch.shards { try Self.keep(state, ofShard: number, asOf: batch.number, database) }
      if !batch.shards.isEmpty {
        for (table, column) in [("journal", "number"), ("young_trace", "journal")] {
          try database.execute(
            sql: """
              DELETE FROM \(table) WHERE \(column) <= (SELECT min(journal) FROM shard)
                AND (SELECT count(*) FROM shard) = \(AlertEngine.shardCount)
              """)
        }
      }
    }
  }

  /// Writes other rules and fences with the state of the engine that knows them, and what the change has brought about.
  ///
  /// - Precondition: the batch has the states of all shards, all their traces, and no fixes.
  /// - Throws: `StoreError`; nothing of it is written then.
  public func commit(_ batch: AlertBatch, with configuration: StoredConfiguration) throws {
    precondition(batch.shards.count == AlertEngine.shardCount && batch.fixes.isEmpty, "the whole state has to be there")
    precondition(Self.areTracesGathered(batch), "the journal is not read for these any more")
    try write { database in
      try database.execute(sql: "DELETE FROM configuration")
      try database.execute(sql: "DELETE FROM configuration_file")
      try database.execute(
        sql: "INSERT INTO configuration (id, digest, patience, rules, taken_at) VALUES (1, ?, ?, ?, ?)",
        arguments: [
          configuration.digest, try StoredJSON.text(configuration.patience), configuration.rules, batch.recordedAt,
        ])
      for (name, contents) in configuration.files {
        try database.execute(
          sql: "INSERT INTO configuration_file (name, contents) VALUES (?, ?)", arguments: [name, Data(contents)])
      }
      try Self.insert(batch, database)
      try database.execute(sql: "DELETE FROM journal")
      try database.execute(sql: "DELETE FROM young_trace")
      for (number, state) in batch.shards { try Self.keep(state, ofShard: number, asOf: batch.number, database) }
    }
  }

  private static func areTracesGathered(_ batch: AlertBatch) -> Bool {
    if batch.shards.isEmpty { return true }
    let gathered = Set(batch.traces.map(\.shard))
    let written = Set(batch.shards.map(\.number)).subtracting(gathered)
    return batch.outcome.traces.allSatisfy { !written.contains(AlertEngine.shard(of: $0.vehicle)) }
  }

  private static func keep(
    _ state: AlertEngine.ShardState, ofShard number: Int, asOf journal: Int64, _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO shard (number, journal, engine, alerts) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
          journal = excluded.journal, engine = excluded.engine, alerts = excluded.alerts
        """
    ).execute(arguments: [number, journal, Data(state.engine), Data(state.alerts.bytes)])
  }

  private static func insert(_ batch: AlertBatch, _ database: Database) throws {
    for vehicle in batch.vehicles {
      try database.cachedStatement(
        sql: "INSERT INTO vehicle (number, id, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET name = excluded.name"
      ).execute(arguments: [vehicle.number, vehicle.id, vehicle.name])
    }
    for change in batch.outcome.changes { try insert(change, at: batch.recordedAt, database) }
    for event in batch.events {
      try database.cachedStatement(
        sql: """
          INSERT INTO event (number, id, alert, is_firing, recorded_at, json) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """
      ).execute(arguments: [
        Int64(event.number), event.id, event.alert, event.isFiring, batch.recordedAt, event.json,
      ])
    }
    for delivery in batch.deliveries { try insert(delivery, database) }
    try insertNotifications(batch, database)
    for block in batch.traces { try insert(block, asOf: batch.number, database) }
    for dropped in batch.outcome.dropped {
      try database.cachedStatement(sql: "INSERT INTO dropped (vehicle, time, reason, at) VALUES (?, ?, ?, ?)")
        .execute(arguments: [dropped.vehicle, dropped.time, dropped.reason.code, batch.recordedAt])
    }
  }

  private static func insert(_ block: AlertBatch.Traces, asOf journal: Int64, _ database: Database) throws {
    let times = block.traces.map(\.decision.time)
    try database.cachedStatement(
      sql: "INSERT INTO trace (shard, journal, first, last, body) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [
      block.shard, journal, times.min(), times.max(), Data(TraceBlock.bytes(of: block.traces)),
    ])
  }

  private static func insertNotifications(_ batch: AlertBatch, _ database: Database) throws {
    for (alert, receiver) in batch.told {
      try database.cachedStatement(
        sql: "INSERT INTO told (alert, receiver, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at"
      ).execute(arguments: [alert, receiver, batch.recordedAt])
    }
    for (alert, receiver) in batch.concluded {
      try database.cachedStatement(
        sql: "INSERT INTO told (alert, receiver, is_over) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET is_over = 1"
      ).execute(arguments: [alert, receiver])
    }
    for hold in batch.holds {
      try database.cachedStatement(
        sql: "INSERT INTO hold (alert, at, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
      ).execute(arguments: [hold.alert, batch.recordedAt, hold.reason])
    }
    for key in batch.groups.sorted() {
      try database.cachedStatement(
        sql: "INSERT INTO alert_group (key, at) VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at"
      ).execute(arguments: [key, batch.recordedAt])
    }
    for alert in batch.settled {
      try database.cachedStatement(sql: "UPDATE alert SET is_settled = 1 WHERE id = ?").execute(arguments: [alert])
    }
  }

  private static func insert(_ change: AlertChange, at now: Int64, _ database: Database) throws {
    let alert = change.alert
    try database.cachedStatement(
      sql: """
        INSERT INTO alert (id, rule, vehicle, fence, starts_at, decided_at, recorded_at, resolved_at, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET resolved_at = excluded.resolved_at, body = excluded.body
        """
    ).execute(arguments: [
      alert.id, alert.rule, alert.vehicleID, alert.fenceID, alert.startsAt, alert.decidedAt, now, alert.resolvedAt,
      try StoredJSON.text(alert),
    ])
  }

  private static func insert(_ delivery: Delivery, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO delivery (number, id, sink, about, labels, events, state, failures, due, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [
      Int64(delivery.number), delivery.id, delivery.sink, delivery.about, try StoredJSON.text(delivery.labels),
      try StoredJSON.text(delivery.events), delivery.state.rawValue, delivery.failures, delivery.due,
      delivery.createdAt,
    ])
  }
}
