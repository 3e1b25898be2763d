import GRDB

/// The tables of an archive. `Documentation/Archive.md` describes them for those who read them by other means.
enum Schema {
  /// What tells an archive from any other SQLite file: `TRLN`.
  static let applicationID: Int64 = 0x5452_4C4E

  /// The steps from an empty file to the tables of today, each of which is applied once.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("2") { try $0.execute(sql: version2) }
    return migrator
  }

  /// A fix has the place of its vehicle and its time, so that it takes no index beside itself: 30 to 40 bytes. Two fixes of one
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

  /// What follows from the fixes of each track, and what syncs have to know: whose history was listed as a whole, which tracks
  /// were pruned, which cannot be had. Tracks that are gone are not shown.
  private static let version2 = """
    ALTER TABLE vehicle ADD COLUMN history_listed INTEGER;
    ALTER TABLE track ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE track ADD COLUMN failed_at INTEGER;
    ALTER TABLE track ADD COLUMN derived TEXT;
    ALTER TABLE account ADD COLUMN units_verified INTEGER;
    UPDATE track SET pruned = 1 WHERE fetched_listing IS NOT NULL AND fix_count = 0;
    CREATE TABLE trip (
      track INTEGER NOT NULL REFERENCES track, start_time INTEGER NOT NULL, end_time INTEGER NOT NULL,
      start_latitude INTEGER NOT NULL, start_longitude INTEGER NOT NULL,
      end_latitude INTEGER NOT NULL, end_longitude INTEGER NOT NULL,
      distance REAL NOT NULL, gap_distance REAL NOT NULL, moving INTEGER NOT NULL, stationary INTEGER NOT NULL,
      gap INTEGER NOT NULL, maximum_speed REAL, fixes INTEGER NOT NULL, pauses INTEGER NOT NULL,
      driving_score REAL, data_quality REAL,
      PRIMARY KEY (track, start_time)) WITHOUT ROWID;
    CREATE TABLE stop (
      track INTEGER NOT NULL REFERENCES track, start_time INTEGER NOT NULL, end_time INTEGER NOT NULL,
      kind TEXT NOT NULL, latitude INTEGER NOT NULL, longitude INTEGER NOT NULL, radius REAL NOT NULL,
      fixes INTEGER NOT NULL,
      PRIMARY KEY (track, start_time, end_time, kind)) WITHOUT ROWID;
    CREATE TABLE visit (
      track INTEGER NOT NULL REFERENCES track, fence TEXT NOT NULL, enter_time INTEGER NOT NULL,
      exit_time INTEGER NOT NULL, was_inside_at_start INTEGER NOT NULL, was_inside_at_end INTEGER NOT NULL,
      distance REAL NOT NULL, moving INTEGER NOT NULL, stopped INTEGER NOT NULL, gap INTEGER NOT NULL,
      maximum_speed REAL, fixes INTEGER NOT NULL, stops INTEGER NOT NULL,
      PRIMARY KEY (track, fence, enter_time)) WITHOUT ROWID;
    DROP VIEW fixes;
    CREATE VIEW fixes AS SELECT
      vehicle.remote_id AS vehicle_id, track.remote_id AS track_id,
      strftime('%Y-%m-%dT%H:%M:%fZ', fix.time / 1000.0, 'unixepoch') AS time,
      fix.latitude / 1e7 AS latitude, fix.longitude / 1e7 AS longitude,
      fix.altitude / 10.0 AS altitude, fix.speed / 100.0 AS speed_mps, fix.bearing / 10.0 AS bearing,
      fix.accuracy / 10.0 AS accuracy, fix.delay / 1000.0 AS delay_s,
      fix.time AS time_ms, fix.vehicle AS vehicle, fix.track AS track
      FROM fix JOIN vehicle ON vehicle.id = fix.vehicle JOIN track ON track.id = fix.track WHERE track.gone < 2;
    CREATE VIEW trips AS SELECT
      vehicle.remote_id AS vehicle_id, track.remote_id AS track_id, track.driver_id AS driver_id,
      strftime('%Y-%m-%dT%H:%M:%fZ', trip.start_time / 1000.0, 'unixepoch') AS start_time,
      strftime('%Y-%m-%dT%H:%M:%fZ', trip.end_time / 1000.0, 'unixepoch') AS end_time,
      trip.start_latitude / 1e7 AS start_latitude, trip.start_longitude / 1e7 AS start_longitude,
      trip.end_latitude / 1e7 AS end_latitude, trip.end_longitude / 1e7 AS end_longitude,
      trip.distance AS distance_m, trip.gap_distance AS gap_distance_m,
      (trip.end_time - trip.start_time) / 1000.0 AS duration_s, trip.moving / 1000.0 AS moving_s,
      trip.stationary / 1000.0 AS stationary_s, trip.gap / 1000.0 AS gap_s, trip.maximum_speed AS maximum_speed_mps,
      trip.fixes AS fixes, trip.pauses AS pauses, trip.driving_score AS driving_score,
      trip.data_quality AS data_quality
      FROM trip JOIN track ON track.id = trip.track JOIN vehicle ON vehicle.id = track.vehicle WHERE track.gone < 2;
    CREATE VIEW stops AS SELECT
      vehicle.remote_id AS vehicle_id, track.remote_id AS track_id, stop.kind AS kind,
      strftime('%Y-%m-%dT%H:%M:%fZ', stop.start_time / 1000.0, 'unixepoch') AS start_time,
      strftime('%Y-%m-%dT%H:%M:%fZ', stop.end_time / 1000.0, 'unixepoch') AS end_time,
      (stop.end_time - stop.start_time) / 1000.0 AS duration_s,
      stop.latitude / 1e7 AS latitude, stop.longitude / 1e7 AS longitude, stop.radius AS radius_m,
      stop.fixes AS fixes
      FROM stop JOIN track ON track.id = stop.track JOIN vehicle ON vehicle.id = track.vehicle WHERE track.gone < 2;
    CREATE VIEW visits AS SELECT
      vehicle.remote_id AS vehicle_id, track.remote_id AS track_id, visit.fence AS fence_id,
      geofence.name AS fence_name,
      strftime('%Y-%m-%dT%H:%M:%fZ', visit.enter_time / 1000.0, 'unixepoch') AS enter_time,
      strftime('%Y-%m-%dT%H:%M:%fZ', visit.exit_time / 1000.0, 'unixepoch') AS exit_time,
      (visit.exit_time - visit.enter_time) / 1000.0 AS duration_s,
      visit.was_inside_at_start AS was_inside_at_start, visit.was_inside_at_end AS was_inside_at_end,
      visit.distance AS distance_m, visit.moving / 1000.0 AS moving_s, visit.stopped / 1000.0 AS stopped_s,
      visit.gap / 1000.0 AS gap_s, visit.maximum_speed AS maximum_speed_mps, visit.fixes AS fixes,
      visit.stops AS stops
      FROM visit JOIN track ON track.id = visit.track JOIN vehicle ON vehicle.id = track.vehicle
      LEFT JOIN geofence ON geofence.remote_id = visit.fence WHERE track.gone < 2;
    """
}
