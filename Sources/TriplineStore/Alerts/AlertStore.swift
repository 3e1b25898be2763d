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
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(4 * Self.longestLog)")
        // Pages that are written again and again stay in memory: 64 MiB of them.
        try database.execute(sql: "PRAGMA cache_size = -65536")
      }
      var configuration = Configuration()
      // Nobody may commit while the last step waits for those who read: it looks often, and not for long.
      configuration.busyMode = .callback { tries in
        Thread.sleep(forTimeInterval: 0.0002)
        return tries < 100
      }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    self.database = database
  }

  /// Pages of the log from which on it is to begin anew: 256 MiB.
  private static let longestLog = 65_536

  /// Brings what was written into the file proper; to be called every second or so. Where the log beside it has become long it begins
  /// anew, for which those who commit wait for some milliseconds.
  ///
  /// - Parameter isForced: whether the log begins anew although it is short.
  /// - Returns: whether all that was written is in the file, and the log begins anew where it is to. It is not so as long as
  ///   somebody reads what was there before.
  @discardableResult
  public func tidyLog(isForced: Bool = false) throws -> Bool {
    try StoreFile.translating(path) {
      try checkpoints.writeWithoutTransaction { database in
        guard let length = try Self.checkpoint("PASSIVE", database) else { return false }
        guard isForced || length >= Self.longestLog else { return true }
        // What has come meanwhile is little, and the last step, which holds up the others, has less to do.
        guard try Self.checkpoint("PASSIVE", database) != nil else { return false }
        return try Self.checkpoint("RESTART", database) != nil
      }
    }
  }

  /// The pages of the log, all of which are in the file proper now; `nil` where they are not.
  private static func checkpoint(_ mode: String, _ database: Database) throws -> Int? {
    guard let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(\(mode))"), row[0] == 0,
      row[1] == row[2] as Int
    else { return nil }
    return row[1]
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
