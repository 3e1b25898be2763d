import GRDB

/// The tables of an archive. `Documentation/Archive.md` describes them for those who read them by other means.
enum Schema {
  /// What tells an archive from any other SQLite file: `TRLN`.
  static let applicationID: Int64 = 0x5452_4C4E

  /// The steps from an empty file to the tables of today, each of which is applied once.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    return migrator
  }

  /// A fix has the place of its vehicle and its time, so that it takes no index beside itself: about 43 bytes. Two fixes of one
  /// time are two copies, where they are at two places or of two tracks; nothing that came is lost.
  private static let version1 = """
    PRAGMA application_id = \(applicationID);
    CREATE TABLE account (
      id INTEGER PRIMARY KEY CHECK (id = 1), base_url TEXT NOT NULL, client_id TEXT NOT NULL,
      units TEXT, units_checked INTEGER, learned TEXT, last_listing INTEGER, last_full_listing INTEGER);
    CREATE TABLE vehicle (
      id INTEGER PRIMARY KEY, remote_id TEXT NOT NULL UNIQUE,
      name TEXT, description TEXT, license_plate TEXT, is_active INTEGER);
    CREATE TABLE track (
      id INTEGER PRIMARY KEY, remote_id TEXT NOT NULL UNIQUE, vehicle INTEGER NOT NULL REFERENCES vehicle,
      driver_id TEXT, name TEXT, category TEXT, start_time INTEGER, end_time INTEGER,
      reported_distance TEXT, reported_duration TEXT, reported_moving_time TEXT,
      listing TEXT NOT NULL, listed_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0,
      fetched_listing TEXT, first_fix INTEGER, last_fix INTEGER, fix_count INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX track_times ON track (vehicle, start_time);
    CREATE TABLE fix (
      vehicle INTEGER NOT NULL, time INTEGER NOT NULL, copy INTEGER NOT NULL, track INTEGER NOT NULL,
      latitude INTEGER NOT NULL, longitude INTEGER NOT NULL,
      altitude INTEGER, speed INTEGER, bearing INTEGER, accuracy INTEGER, delay INTEGER,
      PRIMARY KEY (vehicle, time, copy)) WITHOUT ROWID;
    CREATE TABLE geofence (
      id INTEGER PRIMARY KEY, remote_id TEXT NOT NULL UNIQUE,
      name TEXT, latitude REAL, longitude REAL, radius REAL, ring TEXT);
    CREATE VIEW fixes AS SELECT
      vehicle.remote_id AS vehicle_id, track.remote_id AS track_id,
      strftime('%Y-%m-%dT%H:%M:%fZ', fix.time / 1000.0, 'unixepoch') AS time,
      fix.latitude / 1e7 AS latitude, fix.longitude / 1e7 AS longitude,
      fix.altitude / 10.0 AS altitude, fix.speed / 100.0 AS speed_mps, fix.bearing / 10.0 AS bearing,
      fix.accuracy / 10.0 AS accuracy, fix.delay / 1000.0 AS delay_s,
      fix.time AS time_ms, fix.vehicle AS vehicle, fix.track AS track
      FROM fix JOIN vehicle ON vehicle.id = fix.vehicle JOIN track ON track.id = fix.track;
    """
}
