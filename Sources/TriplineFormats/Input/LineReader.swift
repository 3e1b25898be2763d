import Glibc

/// Gives the lines of an input one after another as ranges of one buffer, without allocating for each.
///
/// `\n` and `\r\n` end a line, the last one may lack it, and a UTF-8 byte order mark at the start is skipped. Where
/// damaged gzip breaks off in a line, that line is not given: a number cut in two looks like a number.
struct LineReader: ~Copyable, Sendable {
  /// The longest line that is given, in bytes.
  static let maximumLength = 1 << 20

  /// What came next.
  enum Step {
    /// A line; it is `buffer[line]`.
    case line
    /// A line longer than `maximumLength`, which was skipped.
    case overlong
    /// The end.
    case end
  }

  private var source: ByteSource
  /// The bytes `line` points into, valid until the next step.
  private(set) var buffer: [UInt8]
  /// The current line in `buffer`, without its end.
  private(set) var line = 0..<0
  /// 1-based number of the current line.
  private(set) var lineNumber = 0
  private var start = 0
  private var end = 0
  private var isComplete = false

  init(_ source: consuming ByteSource) {
    self.source = source
    buffer = [UInt8](repeating: 0, count: ByteSource.blockSize)
  }

  /// Moves to the next line.
  ///
  /// - Throws: what the source throws; lines before the failure have been given.
  mutating func next() throws(FormatError) -> Step {
    var searched = start
    var isSkipping = false
    while true {
      if let newline = firstNewline(from: searched) {
        let found = start..<newline
        start = newline + 1
        return finish(found, isSkipping: isSkipping)
      }
      if isComplete {
        guard start < end || isSkipping else { return .end }
        let found = start..<end
        start = end
        return finish(found, isSkipping: isSkipping)
      }
      if end - start > Self.maximumLength {
        isSkipping = true
        start = end
      }
      searched = end - start
      try fill()
    }
  }

  /// The problem to report for a line that was skipped.
  static func overlong(at place: FormatError.Place) -> FormatError {
    FormatError(
      .lineTooLong, "the line is longer than \(maximumLength) bytes and was skipped. Is this a text file?", at: place)
  }

  private mutating func finish(_ found: Range<Int>, isSkipping: Bool) -> Step {
    lineNumber += 1
    var found = found
    if lineNumber == 1, found.count >= 3, buffer[found.lowerBound] == 0xEF, buffer[found.lowerBound + 1] == 0xBB,
      buffer[found.lowerBound + 2] == 0xBF
    {
      found = found.lowerBound + 3..<found.upperBound
    }
    if let last = found.last, buffer[last] == UInt8(ascii: "\r") { found = found.lowerBound..<last }
    line = found
    return isSkipping || found.count > Self.maximumLength ? .overlong : .line
  }

  private func firstNewline(from searched: Int) -> Int? {
    guard searched < end else { return nil }
    return buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + searched, 0x0A, end - searched) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Moves the unfinished line to the front of the buffer, grows it at most to hold the longest line, and reads on.
  private mutating func fill() throws(FormatError) {
    let pending = end - start
    if start > 0 {
      let from = start
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + from, pending)
      }
      (start, end) = (0, pending)
    }
    if buffer.count - end < ByteSource.blockSize / 2 {
      buffer.append(contentsOf: repeatElement(0, count: buffer.count))
    }
    let from = end
    do throws(FormatError) {
      let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[from...])))
      }
      if count == 0 { isComplete = true }
      end += count
    } catch {
      (start, end, isComplete) = (0, 0, true)
      throw error
    }
  }
}
