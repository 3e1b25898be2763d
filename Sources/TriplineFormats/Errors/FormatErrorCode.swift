extension FormatError {
  /// The kind of a problem; more kinds may be added.
  public struct Code: Hashable, Codable, Sendable, CustomStringConvertible {
    private enum Kind: String, Codable {
      case unreadableFile = "unreadable-file"
      case writeFailed = "write-failed"
      case unsupportedFormat = "unsupported-format"
      case truncated
      case corrupt
      case empty
      case lineTooLong = "line-too-long"
      case notUTF8 = "not-utf-8"
      case missingColumn = "missing-column"
      case malformedRow = "malformed-row"
      case malformedDocument = "malformed-document"
      case badValue = "bad-value"
      case missingTime = "missing-time"
      case noTracks = "no-tracks"
      case swappedAxes = "swapped-axes"
      case outOfRange = "out-of-range"
      case timeGoesBack = "time-goes-back"
      case driverChanges = "driver-changes"
      case unknownCRS = "unknown-crs"
      case unsupportedGeometry = "unsupported-geometry"
      case badGeometry = "bad-geometry"
      case duplicateID = "duplicate-id"
      case tooLarge = "too-large"
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// A short name in lower case with hyphens, for reports and counters.
    public var description: String { kind.rawValue }

    /// The file cannot be opened or read.
    public static let unreadableFile = Code(.unreadableFile)
    /// The output cannot be written: the reader went away or the disk is full.
    public static let writeFailed = Code(.writeFailed)
    /// The content is of a kind that is not read.
    public static let unsupportedFormat = Code(.unsupportedFormat)
    /// Compressed data ends before its end.
    public static let truncated = Code(.truncated)
    /// Compressed data is damaged, or followed by something else.
    public static let corrupt = Code(.corrupt)
    /// There is nothing in it, or nothing but a header.
    public static let empty = Code(.empty)
    /// A line is longer than the limit and was skipped.
    public static let lineTooLong = Code(.lineTooLong)
    /// An id is not UTF-8.
    public static let notUTF8 = Code(.notUTF8)
    /// A required column is not in the header.
    public static let missingColumn = Code(.missingColumn)
    /// A row does not have the shape of its format.
    public static let malformedRow = Code(.malformedRow)
    /// A document does not have the shape of its format.
    public static let malformedDocument = Code(.malformedDocument)
    /// A value that has to be a number or a time is missing or is none.
    public static let badValue = Code(.badValue)
    /// A track point has no time.
    public static let missingTime = Code(.missingTime)
    /// A GPX file has no track.
    public static let noTracks = Code(.noTracks)
    /// Latitude and longitude look exchanged.
    public static let swappedAxes = Code(.swappedAxes)
    /// A position is none on Earth; the fix is delivered, and refused by the input gate.
    public static let outOfRange = Code(.outOfRange)
    /// A row is earlier than one before it in its track; the fix is delivered.
    public static let timeGoesBack = Code(.timeGoesBack)
    /// A row has another driver than its track has; the fix is delivered, and its trip counts for the driver of the track.
    public static let driverChanges = Code(.driverChanges)
    /// Coordinates are in a reference system that is not understood.
    public static let unknownCRS = Code(.unknownCRS)
    /// A geometry cannot be a fence.
    public static let unsupportedGeometry = Code(.unsupportedGeometry)
    /// A geometry of a supported kind is broken.
    public static let badGeometry = Code(.badGeometry)
    /// Two features have the same id.
    public static let duplicateID = Code(.duplicateID)
    /// More is asked for than one output can hold.
    public static let tooLarge = Code(.tooLarge)
  }
}
