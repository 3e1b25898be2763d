import Foundation
import GRDB

extension Archive {
  /// What is wrong with the file; nothing if all is well.
  ///
  /// - Throws: `StoreError`.
  public func check() throws -> [String] {
    try read { database in
      var findings: [String] = try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
      for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
        let table: String = row["table"]
        findings.append("a row of \(table) refers to something that is not there")
      }
      let counted = try Row.fetchAll(
        database,
        sql: """
          SELECT track.remote_id AS id, track.fix_count AS said, count(fix.time) AS there,
            min(fix.time) AS first, max(fix.time) AS last, track.first_fix, track.last_fix
          FROM track LEFT JOIN fix ON fix.vehicle = track.vehicle AND fix.track = track.id
            AND fix.time BETWEEN track.first_fix AND track.last_fix
          GROUP BY track.id HAVING said <> there
          """)
      for row in counted {
        let (id, said, there): (String, Int, Int) = (row["id"], row["said"], row["there"])
        findings.append("track \(id) has \(there) fixes instead of \(said)")
      }
      let strays =
        try Int.fetchOne(
          database,
          sql: """
            SELECT count(*) FROM fix WHERE NOT EXISTS (
              SELECT 1 FROM track WHERE track.id = fix.track AND track.vehicle = fix.vehicle
                AND fix.time BETWEEN track.first_fix AND track.last_fix)
            """) ?? 0
      if strays > 0 { findings.append("\(strays) fixes belong to no track") }
      return findings
    }
  }

  /// Has tracks fetched anew whose fixes are not as many as they should be.
  ///
  /// - Throws: `StoreError`.
  public func forgetDamagedTracks() throws {
    try write { database in
      try database.execute(
        sql: """
          UPDATE track SET fetched_listing = NULL WHERE fix_count <> (
            SELECT count(*) FROM fix WHERE fix.vehicle = track.vehicle AND fix.track = track.id)
          """)
    }
  }

  /// Removes the fixes of tracks that ended before a time in milliseconds UTC, and returns how many; the tracks themselves stay,
  /// so that no sync fetches them again.
  ///
  /// - Throws: `StoreError`.
  public func prune(before time: Int64) throws -> Int {
    try write { database in
      let old = "SELECT id FROM track WHERE last_fix < ?"
      try database.execute(
        sql: """
          DELETE FROM fix WHERE EXISTS (
            SELECT 1 FROM track WHERE track.id = fix.track AND track.vehicle = fix.vehicle AND track.last_fix < ?)
          """, arguments: [time])
      let count = database.changesCount
      try database.execute(
        sql: "UPDATE track SET fix_count = 0, first_fix = NULL, last_fix = NULL WHERE id IN (\(old))", arguments: [time]
      )
      return count
    }
  }

  /// Gives room back that is no longer used, and empties the log.
  ///
  /// - Throws: `StoreError`.
  public func vacuum() throws {
    do {
      try database.vacuum()
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError {
      throw StoreError(.failed, "\(path): \(error.message ?? error.resultCode.description)")
    }
  }
}
