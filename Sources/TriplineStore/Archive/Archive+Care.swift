import Foundation
import GRDB

extension Archive {
  /// What is wrong with the file; nothing if all is well.
  ///
  /// - Throws: `StoreError`.
  public func check() throws -> [String] {
    let damage = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check").filter { $0 != "ok" } }
    // What a damaged file says of its rows is worth nothing.
    guard damage.isEmpty else { return damage }
    return try read { database in
      var findings: [String] = []
      for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
        let table: String = row["table"]
        findings.append("a row of \(table) refers to something that is not there")
      }
      for row in try Row.fetchAll(database, sql: Self.damagedTracks) {
        let (id, said, there): (String, Int, Int) = (row["remote_id"], row["fix_count"], row["there"])
        findings.append("track \(id) has \(there) fixes instead of \(said)")
      }
      let strays = try Int.fetchOne(database, sql: "SELECT count(*) FROM fix WHERE \(Self.isStray)") ?? 0
      if strays > 0 { findings.append("\(strays) fixes belong to no track") }
      return findings
    }
  }

  /// Tracks whose fixes are not as many as they should be.
  private static let damagedTracks = """
    SELECT track.id, vehicle, remote_id, fix_count, (
      SELECT count(*) FROM fix WHERE fix.vehicle = track.vehicle AND fix.track = track.id
        AND fix.time BETWEEN track.first_fix AND track.last_fix
    ) AS there FROM track WHERE there <> fix_count
    """
  /// Whether a fix belongs to no track.
  private static let isStray = """
    NOT EXISTS (SELECT 1 FROM track WHERE track.id = fix.track AND track.vehicle = fix.vehicle
      AND fix.time BETWEEN track.first_fix AND track.last_fix)
    """

  /// Has the next sync fetch anew what is damaged, and removes what belongs to nothing.
  ///
  /// - Throws: `StoreError`.
  public func repair() throws {
    try write { database in
      for row in try Row.fetchAll(database, sql: Self.damagedTracks) {
        let track: Int64 = row["id"]
        try database.execute(
          sql: "UPDATE track SET fetched_listing = NULL, derived = NULL WHERE id = ?", arguments: [track])
        // One that is gone does not come again, nor does one that was pruned: what is left of it goes.
        if try Bool.fetchOne(
          database, sql: "SELECT gone >= ? OR pruned FROM track WHERE id = ?", arguments: [Self.sightings, track])
          == true
        {
          try Self.removeFixes(of: track, at: row["vehicle"], database)
          try database.execute(sql: "UPDATE track SET \(Self.withoutFixes) WHERE id = ?", arguments: [track])
        }
      }
      try database.execute(sql: "DELETE FROM fix WHERE \(Self.isStray)")
    }
  }

  /// What a track without fixes has.
  private static let withoutFixes = "fix_count = 0, first_fix = NULL, last_fix = NULL, derived = NULL"

  /// Removes the fixes of tracks that ended before a time in milliseconds UTC, and returns how many; the tracks themselves stay,
  /// so that no sync fetches them again, and their trips, stops and visits go too. Each track is a transaction of its own.
  ///
  /// - Throws: `StoreError`.
  public func prune(before time: Int64) throws -> Int {
    let old = try read { database in
      try Row.fetchAll(
        database, sql: "SELECT id, vehicle, fix_count FROM track WHERE last_fix < ?", arguments: [time]
      ).map { row -> (track: Int64, vehicle: Int64, count: Int) in (row["id"], row["vehicle"], row["fix_count"]) }
    }
    for track in old {
      try write { database in
        try Self.removeFixes(of: track.track, at: track.vehicle, database)
        try database.execute(
          sql: "UPDATE track SET pruned = 1, \(Self.withoutFixes) WHERE id = ?",
          arguments: [track.track])
      }
    }
    return old.reduce(0) { $0 + $1.count }
  }

  /// Gives room back that is no longer used, and empties the log.
  ///
  /// - Throws: `StoreError`.
  public func vacuum() throws {
    try StoreFile.translating(path) {
      try database.vacuum()
      try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }
  }
}
