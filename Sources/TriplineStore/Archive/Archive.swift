import Foundation
import GRDB

/// The archive: vehicles, tracks, fixes and fences of accounts in one SQLite file, which any SQL tool reads.
///
/// Everything is written in transactions: a process that is killed at any moment leaves a file that is whole.
public final class Archive: Sendable {
  /// The number of an account in this file.
  public typealias AccountNumber = Int64

  /// The path of the file.
  public let path: String
  let database: DatabasePool

  /// Opens an archive, or makes one.
  ///
  /// - Throws: `StoreError`.
  public init(path: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { database in
      // With a log that is written ahead, a crash of the machine loses no more than the last transactions.
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    do {
      database = try DatabasePool(path: path, configuration: configuration)
      guard try database.read({ try !Schema.migrator.hasBeenSuperseded($0) }) else {
        throw StoreError(.newer, "\(path) was written by a newer version. Use that one.")
      }
      try Schema.migrator.migrate(database)
    } catch let error as DatabaseError {
      throw StoreError(
        .cannotOpen, "\(path) cannot be opened as an archive: \(error.message ?? error.resultCode.description).")
    }
  }

  /// Runs a transaction that writes.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.translating(path) { try database.write(body) }
  }

  /// Runs a transaction that reads.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.translating(path) { try database.read(body) }
  }

  private static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(.failed, "\(path): \(error.message ?? error.resultCode.description)")
    }
  }

  /// How much there is.
  public struct Counts: Sendable, Hashable {
    /// Vehicles.
    public var vehicles = 0
    /// Tracks, those among them whose fixes are there too, and their fixes.
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
