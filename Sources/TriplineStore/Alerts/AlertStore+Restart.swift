import Foundation
import GRDB
public import TriplineAlerts
public import TriplineCore

extension AlertStore {
  /// Where a run left off.
  public struct Checkpoint: Sendable {
    /// The rules and fences of then.
    public var configuration: StoredConfiguration
    /// The state of each shard, and the number of the last row of the journal that is in it.
    public var shards: [(journal: Int64, state: AlertEngine.ShardState)]
  }

  /// A row of the journal.
  public struct JournalEntry: Sendable {
    /// Its number.
    public var number: Int64
    /// How time had gone on before the fixes.
    public var advances: [AlertBatch.Advance]
    /// The fixes.
    public var fixes: [Fix]
  }

  /// The numbers that were given out last; 0 where there are none.
  public struct Counters: Sendable, Hashable {
    /// That of a row of the journal.
    public var journal: Int64 = 0
    /// That of an event.
    public var event: UInt64 = 0
    /// That of a delivery.
    public var delivery: UInt64 = 0
  }

  /// The vehicles, in the order of their numbers.
  public func vehicles() throws -> [AlertBatch.Vehicle] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT number, id, name FROM vehicle ORDER BY number").map {
        AlertBatch.Vehicle(number: $0["number"], id: $0["id"], name: $0["name"])
      }
    }
  }

  /// Where a run left off; `nil` where there was none.
  ///
  /// - Throws: `StoreError`.
  public func checkpoint() throws -> Checkpoint? {
    try read { database in
      guard let configuration = try configuration(database) else { return nil }
      let shards = try Row.fetchAll(database, sql: "SELECT * FROM shard ORDER BY number").map { row in
        let state = AlertEngine.ShardState(
          engine: [UInt8](row["engine"] as Data), alerts: try alerts([UInt8](row["alerts"] as Data), database))
        return (journal: row["journal"] as Int64, state: state)
      }
      return Checkpoint(configuration: configuration, shards: shards)
    }
  }

  /// What a shard knows of alerts, each as it fires: that it was over later is told by the journal.
  private func alerts(_ bytes: [UInt8], _ database: Database) throws -> AlertMachine.State {
    do {
      return try AlertMachine.State(from: bytes) { id in
        let body = try String.fetchOne(
          database.cachedStatement(sql: "SELECT body FROM alert WHERE id = ?"), arguments: [id])
        var alert = try body.map { try StoredJSON.value(Alert.self, $0, in: path) }
        alert?.resolvedAt = nil
        return alert
      }
    } catch is SnapshotError {
      throw StoreError(.damaged, "\(path): the state of alerts is damaged. Restore a copy of the file.")
    }
  }

  /// The rules and fences that the state belongs to; `nil` where there is none.
  public func configuration() throws -> StoredConfiguration? { try read { try configuration($0) } }

  private func configuration(_ database: Database) throws -> StoredConfiguration? {
    guard let row = try Row.fetchOne(database, sql: "SELECT * FROM configuration") else { return nil }
    var files: [String: [UInt8]] = [:]
    for file in try Row.fetchAll(database, sql: "SELECT name, contents FROM configuration_file") {
      files[file["name"]] = [UInt8](file["contents"] as Data)
    }
    return StoredConfiguration(
      digest: row["digest"], patience: try StoredJSON.value(AlertEngine.Patience.self, row["patience"], in: path),
      rules: row["rules"], files: files)
  }

  /// Hands out the journal behind a row, in its order.
  ///
  /// - Throws: `StoreError`, and what `body` throws.
  public func readJournal(after number: Int64, _ body: (JournalEntry) throws -> Void) throws {
    try read { database in
      let rows = try Row.fetchCursor(
        database, sql: "SELECT number, advances, fixes FROM journal WHERE number > ? ORDER BY number",
        arguments: [number])
      while let row = try rows.next() {
        let bytes = (row["fixes"] as Data?).map { [UInt8]($0) } ?? []
        do {
          let fixes = try Fix.fixes(from: bytes)
          let advances = try StoredAdvances.advances(in: row["advances"], of: path)
          try body(JournalEntry(number: row["number"], advances: advances, fixes: fixes))
        } catch is SnapshotError {
          throw StoreError(.damaged, "\(path): the journal is damaged. Restore a copy of the file.")
        }
      }
    }
  }

  /// The numbers that were given out last.
  public func counters() throws -> Counters {
    try read { database in
      func last(_ sql: String) throws -> Int64 { try Int64.fetchOne(database, sql: sql) ?? 0 }
      return Counters(
        journal: try last(
          "SELECT max(n) FROM (SELECT max(number) AS n FROM journal UNION SELECT max(journal) FROM shard)"),
        event: UInt64(try last("SELECT max(number) FROM event")),
        delivery: UInt64(try last("SELECT max(number) FROM delivery")))
    }
  }
}
