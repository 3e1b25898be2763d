import GRDB

/// The tables of an alert store. `Documentation/AlertStore.md` describes them for those who read them by other means.
enum AlertSchema {
  /// What tells an alert store from any other SQLite file: `TRLA`.
  static let applicationID: Int64 = 0x5452_4C41

  /// The steps from an empty file to the tables of today, each of which is applied once.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("2") { try $0.execute(sql: version2) }
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
}
