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
  /// Brings what was written into the file proper, beside those who write and read.
  private let checkpoints: DatabaseQueue

  /// Opens a store, or makes one where there is no file and `isNewAllowed`.
  ///
  /// - Throws: `StoreError`.
  public init(path: String, isNewAllowed: Bool = true) throws {
    self.path = path
    guard isNewAllowed || FileManager.default.fileExists(atPath: path) else {
      throw StoreError(
        .missing, "there is no alert store \(path). `tripline run` makes one; name another one with --store.")
    }
    let database = try StoreFile.open(
      path, applicationID: AlertSchema.applicationID, migrator: AlertSchema.migrator, synchronous: "FULL",
      name: "an alert store", option: "--store")
    checkpoints = try StoreFile.translating(path) {
      // Who commits does it only where nobody else does: it takes tens of milliseconds.
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA wal_autocheckpoint = 65536")
        // Pages that are written again and again stay in memory: 64 MiB of them.
        try database.execute(sql: "PRAGMA cache_size = -65536")
      }
      var configuration = Configuration()
      // Nobody may commit while the last step waits for those who read.
      configuration.busyMode = .timeout(0.05)
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    self.database = database
  }

  /// Brings what was written into the file proper, so that the log beside it begins anew; to be called every second or so.
  ///
  /// - Returns: whether it does. It does not as long as somebody reads what was there before.
  @discardableResult
  public func tidyLog() throws -> Bool {
    try StoreFile.translating(path) {
      try checkpoints.writeWithoutTransaction { database in
        // What comes meanwhile is what the next one finds; who commits waits for the last one alone, which has little left to do.
        for mode in ["PASSIVE", "PASSIVE", "RESTART"] {
          guard let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(\(mode))"), row[0] == 0,
            row[1] == row[2] as Int
          else { return false }
        }
        return true
      }
    }
  }

  /// Runs a transaction that writes.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.write(body) }
  }

  /// The same of what is on the disk with the next transaction at the latest: when the machine loses power before, it is as if it
  /// had not been.
  func writeLoosely<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) {
      try database.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        var result: Result?
        do {
          try database.inTransaction {
            result = try body(database)
            return .commit
          }
        } catch {
          try database.execute(sql: "PRAGMA synchronous = FULL")
          throw error
        }
        try database.execute(sql: "PRAGMA synchronous = FULL")
        guard let result else { preconditionFailure("a transaction that has committed has a result") }
        return result
      }
    }
  }

  /// Runs a transaction that reads.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try StoreFile.translating(path) { try database.read(body) }
  }
}
