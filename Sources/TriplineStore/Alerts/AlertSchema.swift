import Foundation
import GRDB
import TriplineAlerts
import TriplineCore

/// The tables of an alert store. `Documentation/AlertStore.md` describes them for those who read them by other means.
enum AlertSchema {
  /// What tells an alert store from any other SQLite file: `TRLA`.
  static let applicationID: Int64 = 0x5452_4C41

  /// The steps from an empty file to the tables of today, each of which is applied once.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("2") { try $0.execute(sql: version2) }
    migrator.registerMigration("3", migrate: version3)
    return migrator
  }

  /// What came in (`journal`) and what was decided of it stand in one transaction: the states of the shards, with what came behind
  /// them, are the engine.
  private static let version1 = """
    PRAGMA application_id = \(applicationID);
    CREATE TABLE setting (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE vehicle (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
    CREATE TABLE configuration (
      id INTEGER PRIMARY KEY CHECK (id = 1), digest TEXT NOT NULL, patience TEXT NOT NULL, rules TEXT NOT NULL,
      taken_at INTEGER NOT NULL);
    CREATE TABLE configuration_file (name TEXT PRIMARY KEY, contents BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE journal (number INTEGER PRIMARY KEY, now INTEGER NOT NULL, fixes BLOB);
    CREATE TABLE shard (
      number INTEGER PRIMARY KEY, journal INTEGER NOT NULL, engine BLOB NOT NULL, alerts TEXT NOT NULL);
    CREATE TABLE alert (
      id TEXT PRIMARY KEY, rule TEXT NOT NULL, vehicle TEXT NOT NULL, fence TEXT, starts_at INTEGER NOT NULL,
      decided_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, resolved_at INTEGER,
      is_settled INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX alert_times ON alert (starts_at);
    CREATE INDEX alert_vehicle ON alert (vehicle, starts_at);
    CREATE INDEX alert_over ON alert (resolved_at) WHERE resolved_at IS NOT NULL;
    CREATE INDEX alert_open ON alert (id) WHERE is_settled = 0;
    CREATE TABLE event (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, alert TEXT NOT NULL, is_firing INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL, json TEXT NOT NULL);
    CREATE INDEX event_alert ON event (alert);
    CREATE TABLE hold (
      alert TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (alert, reason)) WITHOUT ROWID;
    CREATE TABLE told (
      alert TEXT NOT NULL, receiver TEXT NOT NULL, at INTEGER, is_over INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (alert, receiver)) WITHOUT ROWID;
    CREATE TABLE alert_group (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE delivery (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL, sink TEXT NOT NULL, about TEXT NOT NULL, labels TEXT NOT NULL,
      events TEXT NOT NULL, state TEXT NOT NULL, failures INTEGER NOT NULL, due INTEGER NOT NULL,
      created_at INTEGER NOT NULL, concluded_at INTEGER, UNIQUE (sink, id));
    CREATE INDEX delivery_state ON delivery (state, number);
    CREATE INDEX delivery_open ON delivery (sink, state, created_at) WHERE state <> 'delivered';
    CREATE INDEX delivery_over ON delivery (concluded_at) WHERE concluded_at IS NOT NULL;
    CREATE TABLE attempt (delivery INTEGER NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL, note TEXT);
    CREATE INDEX attempt_delivery ON attempt (delivery);
    CREATE TABLE sink (id TEXT PRIMARY KEY, is_disabled INTEGER NOT NULL, paused_until INTEGER) WITHOUT ROWID;
    CREATE TABLE silence (id TEXT PRIMARY KEY, ends_at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE trace (
      vehicle INTEGER NOT NULL, time INTEGER NOT NULL, rule TEXT NOT NULL, fence TEXT NOT NULL, body BLOB NOT NULL);
    CREATE INDEX trace_times ON trace (vehicle, time);
    CREATE INDEX trace_age ON trace (time);
    CREATE TABLE dropped (vehicle INTEGER NOT NULL, time INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE INDEX dropped_times ON dropped (vehicle, time);
    CREATE INDEX dropped_age ON dropped (at);
    """

  /// Which sinks the configuration has: what waits for another one is given up.
  private static let version2 = "ALTER TABLE sink ADD COLUMN is_configured INTEGER NOT NULL DEFAULT 0"

  /// Time goes on for a part of the fleet after the other; what a shard knows of alerts is bytes without the alerts themselves; traces
  /// stand together; what is open is found by its time, for by its id each alert would touch a page of its own, twice.
  private static func version3(_ database: Database) throws {
    try database.execute(
      sql: """
        ALTER TABLE journal ADD COLUMN advances TEXT NOT NULL DEFAULT '';
        UPDATE journal SET advances = replace('0:t 1:t 2:t 3:t 4:t 5:t 6:t 7:t', 't', now) WHERE now <> 0;
        ALTER TABLE journal DROP COLUMN now;
        CREATE TABLE young_trace (journal INTEGER PRIMARY KEY, body BLOB NOT NULL);
        ALTER TABLE trace RENAME TO single;
        CREATE TABLE trace (
          shard INTEGER NOT NULL, journal INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
          body BLOB NOT NULL);
        CREATE UNIQUE INDEX trace_shard ON trace (shard, journal, last, first);
        CREATE INDEX trace_last ON trace (last);
        DROP INDEX alert_open;
        CREATE INDEX alert_open ON alert (starts_at) WHERE is_settled = 0;
        """)
    for number in try Int64.fetchAll(database, sql: "SELECT number FROM shard") {
      let text = try String.fetchOne(database, sql: "SELECT alerts FROM shard WHERE number = ?", arguments: [number])
      let state = try StoredJSON.value(AlertMachine.State.self, text ?? "", in: "the state of alerts of a shard")
      try database.execute(
        sql: "UPDATE shard SET alerts = ? WHERE number = ?", arguments: [Data(state.bytes), number])
    }
    try gatherTraces(database)
  }

  /// Puts traces that stand in a row each into blocks, numbered up to 0: none of these rows is one of the journal.
  private static func gatherTraces(_ database: Database) throws {
    // The number of shards of then.
    var blocks = [[AlertEngine.Trace]](repeating: [], count: 128)
    var number = -(try Int64.fetchOne(database, sql: "SELECT count(*) FROM single") ?? 0)
    func write(_ shard: Int) throws {
      let times = blocks[shard].map(\.decision.time)
      try database.execute(
        sql: "INSERT INTO trace (shard, journal, first, last, body) VALUES (?, ?, ?, ?, ?)",
        arguments: [shard, number, times.min(), times.max(), Data(TraceBlock.bytes(of: blocks[shard]))])
      number += 1
      blocks[shard] = []
    }
    let rows = try Row.fetchCursor(database, sql: "SELECT * FROM single ORDER BY rowid")
    while let row = try rows.next() {
      // One that cannot be read was told as if it were not there.
      guard let decision = try? RuleDecision(bytes: [UInt8](row["body"] as Data)) else { continue }
      let vehicle: UInt32 = row["vehicle"]
      let shard = Int(vehicle) % blocks.count
      blocks[shard].append(
        AlertEngine.Trace(vehicle: vehicle, rule: row["rule"], fence: row["fence"], decision: decision))
      if blocks[shard].count == 1000 { try write(shard) }
    }
    for shard in blocks.indices where !blocks[shard].isEmpty { try write(shard) }
    try database.execute(sql: "DROP TABLE single")
  }
}
