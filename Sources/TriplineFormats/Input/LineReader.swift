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

  private var window: ByteWindow
  /// The current line in `buffer`, without its end.
  private(set) var line = 0..<0
  /// 1-based number of the current line.
  private(set) var lineNumber = 0

  init(_ source: consuming ByteSource) { window = ByteWindow(source) }

  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { window.storedBytesRead }

  /// The bytes `line` points into, valid until the next step.
  var buffer: [UInt8] { window.bytes }

  /// Moves to the next line.
  ///
  /// - Throws: what the source throws; lines before the failure have been given.
  mutating func next() throws(FormatError) -> Step {
    var searched = 0
    var isSkipping = false
    while true {
      if let newline = window.firstIndex(of: 0x0A, from: window.start + searched) {
        let found = window.start..<newline
        window.advance(to: newline + 1)
        return finish(found, isSkipping: isSkipping)
      }
      if window.isComplete {
        guard window.count > 0 || isSkipping else { return .end }
        let found = window.start..<window.end
        window.advance(to: window.end)
        return finish(found, isSkipping: isSkipping)
      }
      if window.count > Self.maximumLength {
        isSkipping = true
        window.advance(to: window.end)
      }
      searched = window.count
      try window.extend()
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
    if lineNumber == 1, window.bytes[found].starts(with: [0xEF, 0xBB, 0xBF]) {
      found = found.lowerBound + 3..<found.upperBound
    }
    if let last = found.last, window.bytes[last] == UInt8(ascii: "\r") { found = found.lowerBound..<last }
    line = found
    return isSkipping || found.count > Self.maximumLength ? .overlong : .line
  }
}
