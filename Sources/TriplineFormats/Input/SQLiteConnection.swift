import CSQLite

/// A SQLite file that is read.
final class SQLiteConnection {
  fileprivate let handle: OpaquePointer
  fileprivate let name: String

  /// - Throws: `unreadableFile`.
  init(path: String, name: String) throws(FormatError) {
    var handle: OpaquePointer?
    let status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil)
    guard status == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw FormatError(
        .unreadableFile, "cannot be opened: \(String(cString: sqlite3_errstr(status))).", at: .init(file: name))
    }
    // Somebody may be writing a checkpoint.
    sqlite3_busy_timeout(handle, 10_000)
    self.handle = handle
    self.name = name
  }

  /// - Throws: `unreadableFile`.
  func execute(_ text: String) throws(FormatError) {
    guard sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  /// - Throws: `unreadableFile`.
  func prepare(_ text: String) throws(FormatError) -> SQLiteStatement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, text, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
    return SQLiteStatement(statement, of: self)
  }

  fileprivate func failure() -> FormatError {
    FormatError(
      .unreadableFile,
      "cannot be read: \(String(cString: sqlite3_errmsg(handle))). `tripline store check` tells what is wrong.",
      at: .init(file: name))
  }

  // Version 2 waits for statements that are still there.
  deinit { sqlite3_close_v2(handle) }
}

/// A statement whose rows are read one after another.
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let connection: SQLiteConnection

  fileprivate init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
    self.handle = handle
    self.connection = connection
  }

  deinit { sqlite3_finalize(handle) }

  /// Goes to the next row; `false` behind the last one.
  ///
  /// - Throws: `unreadableFile`.
  func step() throws(FormatError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw connection.failure()
    }
  }

  /// Starts anew.
  func reset() { sqlite3_reset(handle) }

  /// Gives a parameter, counted from 1, its value.
  func bind(_ value: Int64, at index: Int) { sqlite3_bind_int64(handle, Int32(index), value) }

  /// A column of the row as a whole number.
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// A column of the row as a whole number, or `nil` where it is null.
  func optional(_ column: Int32) -> Int64? {
    sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : sqlite3_column_int64(handle, column)
  }

  /// A column of the row as a number; 0 where it is null.
  func number(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  /// A column of the row as text; empty where it is null.
  func text(_ column: Int32) -> String { sqlite3_column_text(handle, column).map { String(cString: $0) } ?? "" }
}
