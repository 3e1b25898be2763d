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
    database = try StoreFile.open(
      path, applicationID: Schema.applicationID, migrator: Schema.migrator, synchronous: "NORMAL", name: "an archive",
      option: "--archive")
  }

  /// Runs a transaction that writes.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.write(body) }
  }

  /// Runs a transaction that reads.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.read(body) }
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
