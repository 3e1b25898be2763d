import Foundation
import GRDB
import Glibc

/// SQLite files of ours: how they are opened, and kept apart from those of others.
enum StoreFile {
  /// Opens a file and brings its tables up to date.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - applicationID: what tells it from files of other kinds.
  ///   - migrator: the steps to the tables of today.
  ///   - synchronous: SQLite's setting: with `NORMAL` a crash of the machine loses no more than the last transactions, with `FULL`
  ///     it loses none.
  ///   - name: what it is, for messages.
  ///   - option: the option that names another one.
  /// - Throws: `StoreError`.
  static func open(
    _ path: String, applicationID: Int64, migrator: DatabaseMigrator, synchronous: String, name: String, option: String
  ) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.busyMode = .callback(waits)
    return try translating(path) {
      guard try isOurs(path, applicationID) else {
        throw StoreError(
          .notAnArchive, "\(path) is not \(name), but a SQLite file of something else. Name another one with \(option)."
        )
      }
      // For nobody else to read: it says where vehicles were. SQLite gives the files beside it the same mode. One that is there is left
      // alone: closing it would let go of the locks that SQLite has on it elsewhere in the process.
      if !FileManager.default.fileExists(atPath: path) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
      }
      let database = try DatabasePool(path: path, configuration: configuration)
      // The pool sets one of its own as it opens the file.
      try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(synchronous)") }
      guard try database.read({ try !migrator.hasBeenSuperseded($0) }) else {
        throw StoreError(.newer, "\(path) was written by a newer version. Use that one.")
      }
      try migrator.migrate(database)
      return database
    }
  }

  /// Waits until others are done with a file, for half a minute: a short time first. SQLite's own waits double, and who came a moment
  /// too early at a lock held for two milliseconds waited for eight.
  private static let waits: @Sendable (Int) -> Bool = { tries in
    Thread.sleep(forTimeInterval: tries < 200 ? 0.00025 : 0.01)
    return tries < 3200
  }

  /// Whether a file is new, empty, or of this kind: files of others are left alone, before anything is written to them.
  private static func isOurs(_ path: String, _ applicationID: Int64) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return true }
    var configuration = Configuration()
    configuration.busyMode = .callback(waits)
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read { database in
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      return try tables == 0 || Int64.fetchOne(database, sql: "PRAGMA application_id") == applicationID
    }
  }

  /// Runs something and makes errors of SQLite those of this module.
  static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, at: path)
    }
  }
}
