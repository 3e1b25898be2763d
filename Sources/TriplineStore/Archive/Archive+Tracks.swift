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
  /// Its id in the account.
  package var id: ResourceID
  var startTime: Int64?
  var endTime: Int64?
  /// What the list said of it when it is fetched.
  var listing: String
  /// Whether it is no longer recorded: its end has not moved for ten minutes or is a day ago, or another one of its vehicle
  /// began since.
  var isClosed: Bool
}

extension Archive {
  /// How long a track's end has to stand still, in milliseconds.
  static let settlingTime: Int64 = 600_000

  /// Notes what a list of tracks says, at a time in milliseconds UTC. A track of a vehicle that is not known makes it known.
  package func note(_ tracks: [Track], units: UnitFindings, at date: Int64, of account: AccountNumber) throws {
    try write { database in
      for track in tracks {
        guard let vehicle = track.vehicleID else { continue }
        try database.execute(
          sql: "INSERT INTO vehicle (account, remote_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
          arguments: [account, vehicle.text])
        let listing = Self.listing(of: track)
        try database.execute(
          sql: """
            INSERT INTO track (vehicle, remote_id, driver_id, name, category, start_time, end_time, distance, duration,
              moving_time, listing, listed_at)
            VALUES ((SELECT id FROM vehicle WHERE account = ? AND remote_id = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET driver_id = excluded.driver_id, name = excluded.name, category = excluded.category,
              start_time = excluded.start_time, end_time = excluded.end_time, distance = excluded.distance,
              duration = excluded.duration, moving_time = excluded.moving_time,
              listed_at = iif(listing = excluded.listing, listed_at, excluded.listed_at), listing = excluded.listing
            """,
          arguments: [
            account, vehicle.text, track.id.text, track.driverID?.text, track.name, track.category, track.startTime,
            track.endTime, units.distance(track.distance), units.duration(track.duration),
            units.duration(track.movingTime), listing, date,
          ])
      }
    }
  }

  /// Keeps what an account's numbers mean, now that it is known, and says anew what the lists said of distances and durations.
  /// Tracks that were fetched when it was not known are fetched once more, if their speeds were read wrongly.
  func keepVerified(_ units: UnitFindings, of account: AccountNumber) throws {
    let assumed = UnitFindings()
    let one = Reading(value: 1)
    let distance = units.distance(one).flatMap { meters in assumed.distance(one).map { meters / $0 } }
    let duration = units.duration(one).flatMap { span in assumed.duration(one).map { Double(span) / Double($0) } }
    let text = try Self.text(of: units)
    try write { database in
      let vehicles = "(SELECT id FROM vehicle WHERE account = ?)"
      try database.execute(
        sql: """
          UPDATE track SET distance = distance * ?, duration = duration * ?, moving_time = moving_time * ?
          WHERE vehicle IN \(vehicles)
          """, arguments: [distance, duration, duration, account])
      if units.speed != assumed.speed {
        try database.execute(
          sql: "UPDATE track SET fetched_listing = NULL WHERE vehicle IN \(vehicles)", arguments: [account])
      }
      try database.execute(sql: "UPDATE account SET units = ? WHERE id = ?", arguments: [text, account])
    }
  }

  /// What of a row tells that a track has changed.
  private static func listing(of track: Track) -> String {
    let parts: [String?] = [
      track.startTime.map { "\($0)" }, track.endTime.map { "\($0)" }, track.distance.map { "\($0.value)" },
      track.duration.map { "\($0.value)" },
    ]
    return parts.map { $0 ?? "" }.joined(separator: "|")
  }

  /// The tracks whose fixes are not there, or not as the list says, newest first.
  package func pendingTracks(of account: AccountNumber, vehicles: Set<ResourceID>?, since: Int64, at date: Int64) throws
    -> [PendingTrack]
  {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT track.*, vehicle.remote_id AS vehicle_id, EXISTS (
            SELECT 1 FROM track AS later WHERE later.vehicle = track.vehicle AND later.start_time > track.start_time
          ) AS has_later
          FROM track JOIN vehicle ON vehicle.id = track.vehicle
          WHERE vehicle.account = ? AND (fetched_listing IS NULL OR fetched_listing <> listing)
            AND coalesce(end_time, start_time, ?) >= ?
          ORDER BY start_time DESC, track.id
          """, arguments: [account, since, since])
      return rows.compactMap { row in
        let vehicle: String = row["vehicle_id"]
        if let vehicles, !vehicles.contains(ResourceID(vehicle)) { return nil }
        let listedAt: Int64 = row["listed_at"]
        return PendingTrack(
          number: row["id"], vehicle: row["vehicle"], id: ResourceID(row["remote_id"]), startTime: row["start_time"],
          endTime: row["end_time"], listing: row["listing"],
          isClosed: row["has_later"] || date - listedAt >= Self.settlingTime
            || date - (row["end_time"] ?? date) >= 86_400_000)
      }
    }
  }

  /// Puts the fixes of a track in the place of those that are there, in one transaction; returns how many there are.
  package func replaceFixes(of track: PendingTrack, with fixes: [StoredFix]) throws -> Int {
    let fixes = fixes.sorted { ($0.time, $0.latitude, $0.longitude) < ($1.time, $1.latitude, $1.longitude) }
    return try write { database in
      try Self.removeFixes(of: track, database)
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
          UPDATE track SET fetched_listing = ?, fix_count = ?, first_fix = ?, last_fix = ? WHERE id = ?
          """,
        arguments: [track.listing, count, fixes.first?.time, fixes.last?.time, track.number])
      return count
    }
  }

  private static func removeFixes(of track: PendingTrack, _ database: Database) throws {
    try database.execute(
      sql: """
        DELETE FROM fix WHERE vehicle = ? AND track = ? AND time BETWEEN
          (SELECT first_fix FROM track WHERE id = ?) AND (SELECT last_fix FROM track WHERE id = ?)
        """, arguments: [track.vehicle, track.number, track.number, track.number])
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

  /// Inserts a fix beside others of its time, unless one of them is at its place; returns whether it was inserted.
  private static func insertCopy(
    _ fix: StoredFix, of track: PendingTrack, _ statement: SQLiteStatement, _ connection: SQLiteConnection,
    _ database: Database
  ) throws -> Bool {
    let others = try Row.fetchAll(
      database, sql: "SELECT copy, latitude, longitude FROM fix WHERE vehicle = ? AND time = ? ORDER BY copy",
      arguments: [track.vehicle, fix.time])
    guard !others.contains(where: { $0["latitude"] == fix.latitude && $0["longitude"] == fix.longitude }) else {
      return false
    }
    let last: Int64 = others.last?["copy"] ?? -1
    return try insert(fix, copy: last + 1, of: track, statement, connection)
  }
}
