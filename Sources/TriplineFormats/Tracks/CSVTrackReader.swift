import TriplineCore

/// Reads tracks from CSV, a line at a time.
struct CSVTrackReader: ~Copyable {
  private var lines: LineReader
  private var decoder: CSVRowDecoder
  private var isAtEnd = false

  var report: ReadReport { decoder.report }

  /// Reads the header line.
  ///
  /// - Throws: `empty` where there is none, `missingColumn`, and what the source throws.
  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { lines.storedBytesRead }

  init(_ source: consuming ByteSource, input: InputFile) throws(FormatError) {
    var lines = LineReader(source)
    let header = try CSVHeader.read(from: &lines, file: input.name)
    decoder = try CSVRowDecoder(header, input: input, headerLine: lines.lineNumber)
    self.lines = lines
  }

  /// Appends fixes until there are `limit` more, or until the end; returns whether any was appended.
  mutating func read(into batch: inout [Fix], limit: Int, tracks: inout TrackTable) throws(FormatError) -> Bool {
    let target = batch.count + limit
    let start = batch.count
    while !isAtEnd, batch.count < target {
      let step: LineReader.Step
      do throws(FormatError) {
        step = try lines.next()
      } catch {
        isAtEnd = true
        guard error.code == .truncated || error.code == .corrupt else { throw error }
        decoder.end(with: error)
        break
      }
      switch step {
      case .line:
        decoder.decode(lines, into: &batch, tracks: &tracks)
      case .overlong:
        decoder.skipOverlong(number: lines.lineNumber)
      case .end:
        isAtEnd = true
        decoder.end()
      }
    }
    return batch.count > start
  }
}

extension CSVHeader {
  /// The problem to report for a file with nothing behind its header.
  static func withoutRows(at place: FormatError.Place) -> FormatError {
    FormatError(.empty, "has a header and no rows. Is the export complete?", at: place)
  }

  /// Reads the first line that is not empty as the header.
  ///
  /// - Throws: `empty` where there is none, `unsupportedFormat` where its lines do not end by line feeds, `lineTooLong`, and what the source throws.
  static func read(from lines: inout LineReader, file: String) throws(FormatError) -> CSVHeader {
    while true {
      switch try lines.next() {
      case .line where lines.line.isEmpty:
        continue
      case .line:
        let bytes = lines.buffer.span
        guard !lines.line.contains(where: { bytes[$0] == UInt8(ascii: "\r") }) else {
          throw FormatError(
            .unsupportedFormat, "its lines end with carriage returns alone. Convert them to line feeds.",
            at: .init(file: file, line: lines.lineNumber))
        }
        return CSVHeader(bytes, lines.line)
      case .overlong:
        throw FormatError(
          .lineTooLong,
          "the first line is longer than \(LineReader.maximumLength) bytes. Give a text file with a header line.",
          at: .init(file: file, line: lines.lineNumber))
      case .end:
        throw FormatError(.empty, "is empty. Is the export complete?", at: .init(file: file))
      }
    }
  }
}
