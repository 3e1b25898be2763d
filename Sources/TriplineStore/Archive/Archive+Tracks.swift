import CSQLite
import Foundation
import GRDB
package import MyCarTracks

/// A track whose fixes are to be fetched.
package struct PendingTrack: Sendable, Hashable {
  /// Its number in the archive.
  var number: Int64
  /// The number of its vehicle.
  var vehicle: Int64
  /// The id of its vehicle in the account.
  var vehicleID: ResourceID
  /// Its id in the account.
  package var id: ResourceID
  var startTime: Int64?
  var endTime: Int64?
  /// What the list said of it when it is fetched.
  var listing: String
  /// Whether it is no longer recorded: two lists that are ten minutes apart say the same of it, it ended a day ago, or another
  /// one of its vehicle began since.
  var isClosed: Bool
}

extension Archive {
  /// How long a track's end has to stand still, in milliseconds.
  static let settlingTime: Int64 = 600_000
  /// How long one is not asked for that may not be had, in milliseconds.
  static let patience: Int64 = 86_400_000
  /// How often a track has to be missed until it counts as gone.
  static let sightings = 2

  /// Notes what a list of tracks says, at a time in milliseconds UTC. A track of a vehicle that is not known makes it known; one
  /// that has come to another vehicle leaves the fixes it had there.
  ///
  /// - Returns: how many have no vehicle, and are left out.
  package func note(_ tracks: [Track], at date: Int64) throws -> Int {
    try write { database in
      var leftOut = 0
      for track in tracks {
        guard let vehicle = track.vehicleID else {
          // One that is known is there still, and stays at its vehicle.
          try database.execute(
            sql: "UPDATE track SET seen_at = ?, gone = 0 WHERE remote_id = ?", arguments: [date, track.id.text])
          leftOut += 1
          continue
        }
        try database.execute(
          sql: "INSERT INTO vehicle (remote_id) VALUES (?) ON CONFLICT DO NOTHING", arguments: [vehicle.text])
        try Self.leaveOtherVehicle(track.id, vehicle, database)
        try database.execute(
          sql: """
            INSERT INTO track (vehicle, remote_id, driver_id, name, category, start_time, end_time, reported_distance,
              reported_duration, reported_moving_time, listing, listed_at, seen_at)
            VALUES ((SELECT id FROM vehicle WHERE remote_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET driver_id = excluded.driver_id, name = excluded.name, category = excluded.category,
              start_time = excluded.start_time, end_time = excluded.end_time,
              reported_distance = excluded.reported_distance, reported_duration = excluded.reported_duration,
              reported_moving_time = excluded.reported_moving_time, seen_at = excluded.seen_at, gone = 0,
              listed_at = iif(listing = excluded.listing, listed_at, excluded.listed_at), listing = excluded.listing
            """,
          arguments: [
            vehicle.text, track.id.text, track.driverID?.text, track.name, track.category, track.startTime,
            track.endTime, Self.text(of: track.distance), Self.text(of: track.duration),
            Self.text(of: track.movingTime), Self.listing(of: track), date, date,
          ])
      }
      return leftOut
    }
  }

  private static func leaveOtherVehicle(_ track: ResourceID, _ vehicle: ResourceID, _ database: Database) throws {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT track.* FROM track JOIN vehicle ON vehicle.id = track.vehicle
        WHERE track.remote_id = ? AND vehicle.remote_id <> ?
        """, arguments: [track.text, vehicle.text])
    guard let row else { return }
    let number: Int64 = row["id"]
    try removeFixes(of: number, at: row["vehicle"], database)
    try database.execute(
      sql: """
        UPDATE track SET vehicle = (SELECT id FROM vehicle WHERE remote_id = ?), fetched_listing = NULL, fix_count = 0,
          first_fix = NULL, last_fix = NULL, derived = NULL, failed_at = NULL WHERE id = ?
        """, arguments: [vehicle.text, number])
  }

  /// A number as the account reports it.
  private static func text(of reading: Reading?) -> String? {
    reading.map { "\($0.value)" + ($0.unit.map { " " + $0 } ?? "") }
  }

  /// What of a row tells that a track has changed.
  private static func listing(of track: Track) -> String {
    let parts: [String?] = [
      track.startTime.map { "\($0)" }, track.endTime.map { "\($0)" }, text(of: track.distance),
      text(of: track.duration),
      text(of: track.movingTime),
    ]
    return parts.map { $0 ?? "" }.joined(separator: "|")
  }

  /// The tracks whose fixes are not there, or not as the list says, newest first.
  package func pendingTracks(vehicles: Set<ResourceID>? = nil, since: Int64 = 0, at date: Int64) throws
    -> [PendingTrack]
  {
    try tracks(
      """
      (fetched_listing IS NULL OR fetched_listing <> listing) AND pruned = 0 AND coalesce(end_time, start_time, ?) >= ?
        AND (failed_at IS NULL OR failed_at <= ? OR failed_at > ?)
      """,
      [since, since, date - Self.patience, date], at: date
    ).filter { vehicles?.contains($0.vehicleID) ?? true }
  }

  /// The newest closed tracks that may have enough points to tell units by.
  func closedTracks(atLeast points: Int, limit: Int, at date: Int64) throws -> [PendingTrack] {
    try tracks(
      "is_closed AND pruned = 0 AND failed_at IS NULL AND (fetched_listing IS NULL OR fix_count >= ?)", [points],
      at: date, limit: limit)
  }

  private func tracks(
    _ condition: String, _ arguments: StatementArguments, at date: Int64, limit: Int = .max
  ) throws -> [PendingTrack] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT track.*, vehicle.remote_id AS vehicle_id, (
            seen_at - listed_at >= \(Self.settlingTime) OR end_time <= \(date - 86_400_000) OR EXISTS (
              SELECT 1 FROM track AS later WHERE later.vehicle = track.vehicle AND later.start_time > track.start_time)
          ) IS TRUE AS is_closed
          FROM track JOIN vehicle ON vehicle.id = track.vehicle
          WHERE gone < \(Self.sightings) AND \(condition) ORDER BY start_time DESC, track.id LIMIT \(limit)
          """, arguments: arguments)
      return rows.map { row in
        PendingTrack(
          number: row["id"], vehicle: row["vehicle"], vehicleID: ResourceID(row["vehicle_id"]),
          id: ResourceID(row["remote_id"]), startTime: row["start_time"], endTime: row["end_time"],
          listing: row["listing"], isClosed: row["is_closed"])
      }
    }
  }

  /// Notes that a track was not there when its points were asked for.
  func miss(_ track: PendingTrack) throws {
    try write { try $0.execute(sql: "UPDATE track SET gone = gone + 1 WHERE id = ?", arguments: [track.number]) }
  }

  /// Notes that a track may not be had; it is asked for again a day later.
  func fail(_ track: PendingTrack, at date: Int64) throws {
    try write {
      try $0.execute(sql: "UPDATE track SET failed_at = ? WHERE id = ?", arguments: [date, track.number])
    }
  }

  /// Points a second of the tracks that are there, or `nil` without any.
  func density() throws -> Double? {
    try read { database in
      try Double.fetchOne(
        database,
        sql: """
          SELECT sum(fix_count) * 1000.0 / sum(last_fix - first_fix) FROM (
            SELECT fix_count, first_fix, last_fix FROM track WHERE fix_count > 1 ORDER BY id DESC LIMIT 1000)
          """)
    }
  }

  /// Puts the fixes of a track in the place of those that are there, in one transaction; returns how many there are. A track that
  /// is not closed stays one to be fetched.
  package func replaceFixes(of track: PendingTrack, with fixes: [StoredFix]) throws -> Int {
    let fixes = fixes.sorted { ($0.time, $0.latitude, $0.longitude) < ($1.time, $1.latitude, $1.longitude) }
    return try write { database in
      try Self.removeFixes(of: track.number, at: track.vehicle, database)
      let insert = try database.cachedStatement(
        sql: "INSERT INTO fix VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING")
      let handle = insert.sqliteStatement
      guard let connection = database.sqliteConnection else { preconditionFailure("a transaction has a connection") }
      var count = 0
      for fix in fixes {
        let isNew =
          try Self.insert(fix, copy: 0, of: track, handle, connection)
          || Self.insertCopy(fix, of: track, handle, connection, database)
        if isNew { count += 1 }
      }
      try database.execute(
        sql: """
          UPDATE track SET fetched_listing = ?, fix_count = ?, first_fix = ?, last_fix = ?, derived = NULL,
            failed_at = NULL WHERE id = ?
          """,
        arguments: [track.isClosed ? track.listing : nil, count, fixes.first?.time, fixes.last?.time, track.number])
      return count
    }
  }

  /// Removes the fixes of a track, and what follows from them.
  static func removeFixes(of track: Int64, at vehicle: Int64, _ database: Database) throws {
    try removeDerived(of: track, database)
    try database.execute(
      sql: """
        DELETE FROM fix WHERE vehicle = ? AND track = ? AND time BETWEEN
          (SELECT first_fix FROM track WHERE id = ?) AND (SELECT last_fix FROM track WHERE id = ?)
        """, arguments: [vehicle, track, track, track])
  }

  /// Inserts a fix; returns `false` where its place is taken.
  ///
  /// Bound and stepped by hand: by the way of arguments an insertion takes three times as long.
  private static func insert(
    _ fix: StoredFix, copy: Int64, of track: PendingTrack, _ statement: SQLiteStatement, _ connection: SQLiteConnection
  ) throws -> Bool {
    sqlite3_bind_int64(statement, 1, track.vehicle)
    sqlite3_bind_int64(statement, 2, fix.time)
    sqlite3_bind_int64(statement, 3, copy)
    sqlite3_bind_int64(statement, 4, track.number)
    sqlite3_bind_int64(statement, 5, fix.latitude)
    sqlite3_bind_int64(statement, 6, fix.longitude)
    bind(fix.altitude, 7, statement)
    bind(fix.speed, 8, statement)
    bind(fix.bearing, 9, statement)
    bind(fix.accuracy, 10, statement)
    defer { sqlite3_reset(statement) }
    guard sqlite3_step(statement) == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: sqlite3_errcode(connection)),
        message: String(cString: sqlite3_errmsg(connection)))
    }
    return sqlite3_changes(connection) > 0
  }

  private static func bind(_ value: Int64?, _ index: Int32, _ statement: SQLiteStatement) {
    if let value { sqlite3_bind_int64(statement, index, value) } else { sqlite3_bind_null(statement, index) }
  }

  /// Inserts a fix beside others of its time, unless one of the same track is at its place; returns whether it was inserted.
  private static func insertCopy(
    _ fix: StoredFix, of track: PendingTrack, _ statement: SQLiteStatement, _ connection: SQLiteConnection,
    _ database: Database
  ) throws -> Bool {
    let others = try Row.fetchAll(
      database, sql: "SELECT copy, track, latitude, longitude FROM fix WHERE vehicle = ? AND time = ? ORDER BY copy",
      arguments: [track.vehicle, fix.time])
    let isThere = others.contains { other in
      other["track"] == track.number && other["latitude"] == fix.latitude && other["longitude"] == fix.longitude
    }
    guard !isThere else { return false }
    let last: Int64 = others.last?["copy"] ?? -1
    return try insert(fix, copy: last + 1, of: track, statement, connection)
  }
}
