import Foundation
import GRDB

/// The archive of an account: vehicles, tracks, fixes and fences in one SQLite file, which any SQL tool reads.
///
/// Everything is written in transactions: a process that is killed at any moment leaves a file that is whole.
public final class Archive: Sendable {
  /// The path of the file.
  public let path: String
  let database: DatabasePool

  /// Opens an archive, or makes one where there is no file and `isNewAllowed`.
  ///
  /// - Throws: `StoreError`.
  public init(path: String, isNewAllowed: Bool = true) throws {
    self.path = path
    guard isNewAllowed || FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        .missing, "there is no archive \(path). Make one with `tripline sync`, or name it with --archive.")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { database in
      // With a log that is written ahead, a crash of the machine loses no more than the last transactions.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    do {
      try Self.refuseOthers(path)
      database = try DatabasePool(path: path, configuration: configuration)
      guard try database.read({ try !Schema.migrator.hasBeenSuperseded($0) }) else {
        throw StoreError(.newer, "\(path) was written by a newer version. Use that one.")
      }
      try Schema.migrator.migrate(database)
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
  }

  /// Leaves files of others alone, before anything is written to them.
  private static func refuseOthers(_ path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else { return }
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.readonly = true
    let isOurs = try DatabaseQueue(path: path, configuration: configuration).read { database in
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      return try tables == 0 || Int64.fetchOne(database, sql: "PRAGMA application_id") == Schema.applicationID
    }
    guard isOurs else {
      throw StoreError(
        .notAnArchive, "\(path) is a SQLite file of something else. Name another one with --archive.")
    }
  }

  /// Runs a transaction that writes.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try translating { try database.write(body) }
  }

  /// Runs a transaction that reads.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try translating { try database.read(body) }
  }

  /// Runs something and makes errors of SQLite those of this module.
  func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
  }

  /// How much there is.
  public struct Counts: Sendable, Hashable {
    /// Vehicles.
    public var vehicles = 0
    /// Tracks.
    public var tracks = 0
    /// Tracks whose fixes are there.
    public var fetched = 0
    /// Fixes.
    public var fixes = 0
    /// Fences.
    public var fences = 0
  }

  /// How much there is.
  ///
  /// - Throws: `StoreError`.
  public func counts() throws -> Counts {
    try read { database in
      func count(_ query: String) throws -> Int { try Int.fetchOne(database, sql: query) ?? 0 }
      return Counts(
        vehicles: try count("SELECT count(*) FROM vehicle"), tracks: try count("SELECT count(*) FROM track"),
        fetched: try count("SELECT count(*) FROM track WHERE fetched_listing IS NOT NULL"),
        fixes: try count("SELECT coalesce(sum(fix_count), 0) FROM track"),
        fences: try count("SELECT count(*) FROM geofence"))
    }
  }
}
