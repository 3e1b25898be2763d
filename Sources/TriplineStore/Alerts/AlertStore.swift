import Foundation
import GRDB

/// What the service keeps over a restart, in one SQLite file: what came in, the state of the engine, alerts, what is to be told to
/// whom, and what came of it.
///
/// What comes in, what is decided of it and what is to be told of that is written in one transaction, and is on the disk when it is
/// done: a process that is killed, or a machine that loses power, at any moment, has both or neither.
public final class AlertStore: Sendable {
  /// The path of the file.
  public let path: String
  let database: DatabasePool

  /// Opens a store, or makes one where there is no file and `isNewAllowed`.
  ///
  /// - Throws: `StoreError`.
  public init(path: String, isNewAllowed: Bool = true) throws {
    self.path = path
    guard isNewAllowed || FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        .missing, "there is no alert store \(path). `tripline run` makes one; name another one with --store.")
    }
    database = try StoreFile.open(
      path, applicationID: AlertSchema.applicationID, migrator: AlertSchema.migrator, synchronous: "FULL",
      name: "an alert store", option: "--store")
  }

  /// Runs a transaction that writes.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.write(body) }
  }

  /// Runs a transaction that reads.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.read(body) }
  }
}
