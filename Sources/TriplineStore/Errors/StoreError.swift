import GRDB

/// What went wrong with an archive, and what to do about it.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of problem.
  public var code: Code
  /// One or two sentences: what is wrong and what to do.
  public var message: String

  /// The kind of a problem; more kinds may be added.
  public struct Code: Sendable, Hashable {
    private enum Kind { case missing, cannotOpen, notAnArchive, newer, otherAccount, busy, cannotWrite, damaged }
    private let kind: Kind
    private init(_ kind: Kind) { self.kind = kind }

    /// There is no such file.
    public static let missing = Code(.missing)
    /// The file cannot be opened or made.
    public static let cannotOpen = Code(.cannotOpen)
    /// The file is something else.
    public static let notAnArchive = Code(.notAnArchive)
    /// A newer version has written it.
    public static let newer = Code(.newer)
    /// It is the archive of another account.
    public static let otherAccount = Code(.otherAccount)
    /// Another process is at it.
    public static let busy = Code(.busy)
    /// The disk is full or fails.
    public static let cannotWrite = Code(.cannotWrite)
    /// The file is damaged.
    public static let damaged = Code(.damaged)
  }

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The error that stands for one of SQLite.
  init(_ error: DatabaseError, at path: String) {
    // The extended code says in which call: reading, writing, a lock, the memory that processes share.
    let reason = "\(error.message ?? "unknown error") (SQLite \(error.extendedResultCode.rawValue))"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.busy, "\(path) is in use by another process. Try again when that is done.")
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY:
      self.init(.cannotWrite, "\(path) cannot be written: \(reason). Make room, or see to its permissions.")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(.cannotOpen, "\(path) cannot be opened: \(reason). Check the path and its permissions.")
    case .SQLITE_NOTADB:
      self.init(.notAnArchive, "\(path) is no SQLite file. Name another one.")
    default:
      self.init(.damaged, "\(path): \(reason). `tripline store check` tells more.")
    }
  }

  /// The message.
  public var description: String { message }
}
