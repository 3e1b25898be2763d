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
    swap(&tracks, &parser.tracks)
    (fixes, parser.fixes) = (parser.fixes, fixes)
    defer {
      swap(&tracks, &parser.tracks)
      (fixes, parser.fixes) = (parser.fixes, fixes)
    }
    do throws(FormatError) {
      let count = try piece.withUnsafeMutableBufferPointer { (piece) throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(piece))
      }
      try piece.withUnsafeBufferPointer { (piece) throws(FormatError) in
        try parser.parse(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: piece[..<count])))
      }
      guard count == 0 else { return }
      isAtEnd = true
      parser.finish(with: nil)
    } catch {
      isAtEnd = true
      let isPartial = error.code == .truncated || error.code == .corrupt || error.code == .malformedDocument
      guard isPartial else { throw error }
      parser.finish(with: error)
    }
  }
}
