public import TriplineCore

/// Reads the fixes of recorded tracks from one input, batch by batch, in the order of the input.
///
/// ```swift
/// var tracks = TrackTable()
/// var batch: [Fix] = []
/// var reader = try TrackReader(InputFile(path: "drives.csv.gz"))
/// while try reader.read(into: &batch, tracks: &tracks) {
///   engine.process(batch)
///   batch.removeAll(keepingCapacity: true)
/// }
/// print(reader.report.problems)
/// ```
///
/// A fix's `vehicle` is the index of its track in the `TrackTable`, its `sequence` the 0-based number of its row among
/// all rows of the track, bad ones included. A row that cannot be read is counted in the report and left out. Positions
/// that are numbers but impossible, such as latitude 96 or `NaN`, are delivered: the engine's input gate counts them.
/// Memory does not grow with the input.
public struct TrackReader: ~Copyable {
  /// The largest number of fixes a call of `read` appends.
  public static let batchSize = 8192

  private enum Source: ~Copyable {
    case csv(CSVTrackReader)
    case ndjson(NDJSONTrackReader)
    case gpx(GPXTrackReader)
    case archive(ArchiveTrackReader)

    mutating func read(into batch: inout [Fix], tracks: inout TrackTable) throws(FormatError) -> Bool {
      switch consume self {
      case .csv(var reader):
        let outcome = Result { () throws(FormatError) in
          try reader.read(into: &batch, limit: TrackReader.batchSize, tracks: &tracks)
        }
        self = .csv(reader)
        return try outcome.get()
      case .ndjson(var reader):
        let outcome = Result { () throws(FormatError) in
          try reader.read(into: &batch, limit: TrackReader.batchSize, tracks: &tracks)
        }
        self = .ndjson(reader)
        return try outcome.get()
      case .gpx(var reader):
        let outcome = Result { () throws(FormatError) in
          try reader.read(into: &batch, limit: TrackReader.batchSize, tracks: &tracks)
        }
        self = .gpx(reader)
        return try outcome.get()
      case .archive(var reader):
        let outcome = Result { () throws(FormatError) in
          try reader.read(into: &batch, limit: TrackReader.batchSize, tracks: &tracks)
        }
        self = .archive(reader)
        return try outcome.get()
      }
    }
  }

  private var source: Source
  private let storedSize: Int?

  /// Opens an input whose format is given, or told by its extension or else by its content.
  ///
  /// - Throws: `unreadableFile`, `unsupportedFormat`, `empty` where there is not even a header, and `missingColumn`.
  public init(_ input: InputFile, format: TrackFormat? = nil) throws(FormatError) {
    storedSize = input.storedSize
    var bytes = try ByteSource(input)
    var chosen = format
    if chosen == nil { chosen = try TrackFormat(extension: input.formatExtension, file: input.name) }
    let format = chosen ?? TrackFormat(startingWith: bytes.peek())
    if format == .csv || format == .ndjson { try bytes.refuseUTF16() }
    switch format {
    case .csv: source = .csv(try CSVTrackReader(bytes, input: input))
    case .ndjson: source = .ndjson(NDJSONTrackReader(bytes, input: input))
    case .gpx: source = .gpx(try GPXTrackReader(bytes, input: input))
    case .archive: source = .archive(try ArchiveTrackReader(input))
    }
  }

  /// What reading came to so far.
  public var report: ReadReport {
    switch source {
    case .csv(let reader): reader.report
    case .ndjson(let reader): reader.report
    case .gpx(let reader): reader.report
    case .archive(let reader): reader.report
    }
  }

  /// How much of the input has been read, from 0 to 1; `nil` where its size is not known.
  public var portionRead: Double? {
    guard let storedSize else { return nil }
    let read =
      switch source {
      case .csv(let reader): reader.storedBytesRead
      case .ndjson(let reader): reader.storedBytesRead
      case .gpx(let reader): reader.storedBytesRead
      case .archive(let reader): Int(reader.portionRead * Double(storedSize))
      }
    return storedSize > 0 ? min(1, Double(read) / Double(storedSize)) : 1
  }

  /// Appends the next fixes, at most `batchSize`; returns `false` once the end is reached and nothing was appended.
  ///
  /// - Throws: `unreadableFile` where the input fails. Damaged or cut-off gzip throws nothing: what came before is
  ///   delivered and the damage is in the report.
  public mutating func read(into batch: inout [Fix], tracks: inout TrackTable) throws(FormatError) -> Bool {
    try source.read(into: &batch, tracks: &tracks)
  }
}
