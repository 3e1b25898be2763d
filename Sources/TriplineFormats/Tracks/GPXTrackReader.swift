import TriplineCore

/// Reads tracks from GPX 1.0 and 1.1, a piece of the file at a time.
struct GPXTrackReader: ~Copyable {
  private static let pieceSize = 64 * 1024

  private var source: ByteSource
  private let parser: GPXParser
  private var piece = [UInt8](repeating: 0, count: pieceSize)
  /// The fixes of the last piece, delivered up to `start`.
  private var fixes: [Fix] = []
  private var start = 0
  private var isAtEnd = false

  var report: ReadReport { parser.report }

  /// - Throws: `unreadableFile` where there is no memory.
  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { source.storedBytesRead }

  init(_ source: consuming ByteSource, input: InputFile) throws(FormatError) {
    parser = try GPXParser(input)
    self.source = source
  }

  /// Appends fixes until there are `limit` more, or until the end; returns whether any was appended.
  mutating func read(into batch: inout [Fix], limit: Int, tracks: inout TrackTable) throws(FormatError) -> Bool {
    var missing = limit
    while missing > 0 {
      if start == fixes.count {
        guard !isAtEnd else { break }
        try readPiece(&tracks)
      }
      let count = min(missing, fixes.count - start)
      batch.append(contentsOf: fixes[start..<start + count])
      start += count
      missing -= count
    }
    return missing < limit
  }

  private mutating func readPiece(_ tracks: inout TrackTable) throws(FormatError) {
    fixes.removeAll(keepingCapacity: true)
    start = 0
    // The parser has both only while it works, so that neither is ever copied.
    parser.exchange(&tracks, &fixes)
    let failure = parsePiece()
    parser.exchange(&tracks, &fixes)
    if let failure { throw failure }
  }

  /// Parses the next piece; returns the failure after which nothing of the input can be used.
  private mutating func parsePiece() -> FormatError? {
    switch readBytes() {
    case .success(0):
      isAtEnd = true
      do throws(FormatError) {
        try parser.parse(UnsafeRawBufferPointer(start: nil, count: 0))
      } catch {
        return end(with: error)
      }
      parser.finish(with: nil)
      return nil
    case .success(let count):
      let parser = parser
      let outcome = piece.withUnsafeBufferPointer { piece in
        Result { () throws(FormatError) in
          try parser.parse(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: piece[..<count])))
        }
      }
      guard case .failure(let error) = outcome else { return nil }
      return end(with: error)
    case .failure(let error):
      return end(with: error)
    }
  }

  private mutating func readBytes() -> Result<Int, FormatError> {
    piece.withUnsafeMutableBytes { piece in
      Result { () throws(FormatError) in try source.read(into: piece) }
    }
  }

  /// Ends the input at an error; returns it unless what came before it counts.
  private mutating func end(with error: FormatError) -> FormatError? {
    isAtEnd = true
    let isPartial = error.code == .truncated || error.code == .corrupt || error.code == .malformedDocument
    if isPartial { parser.finish(with: error) }
    return isPartial ? nil : error
  }
}
