import Glibc

/// Writes bytes to a file descriptor through a buffer, and reports when they cannot be written.
///
/// What is in the buffer when the sink goes away without `flush` is lost, since nobody would learn of a failure. A
/// process that writes to a pipe has to ignore `SIGPIPE` to get to see the error.
public struct OutputSink: ~Copyable {
  private static let capacity = 64 * 1024

  private let descriptor: Int32
  private let ownsDescriptor: Bool
  /// The name messages use.
  public let name: String
  /// Bytes that the operating system has taken, those before an offset included.
  public private(set) var writtenCount = 0
  /// Bytes not yet written; append here and call `flushIfFull`.
  var buffer: [UInt8] = []

  /// Writes to an open descriptor, which stays open.
  public init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
    ownsDescriptor = false
    buffer.reserveCapacity(Self.capacity * 2)
  }

  /// Writes to standard output.
  public static func standardOutput() -> OutputSink {
    OutputSink(descriptor: STDOUT_FILENO, name: "standard output")
  }

  /// Writes to a file, which is created or emptied.
  ///
  /// - Throws: `writeFailed` where it cannot be opened.
  public init(path: String) throws(FormatError) {
    let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    let code = errno
    guard opened >= 0 else { throw Self.failure(code, path) }
    descriptor = opened
    name = path
    ownsDescriptor = true
    buffer.reserveCapacity(Self.capacity * 2)
  }

  /// Goes on writing a file behind so many bytes of it; what is behind them is cut off.
  ///
  /// - Throws: `writeFailed` where it cannot be opened, or is shorter.
  public init(continuing path: String, from offset: Int) throws(FormatError) {
    let opened = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw Self.failure(errno, path) }
    guard lseek(opened, 0, SEEK_END) >= off_t(offset), ftruncate(opened, off_t(offset)) == 0,
      lseek(opened, 0, SEEK_END) == off_t(offset)
    else {
      close(opened)
      throw FormatError(
        .writeFailed, "is shorter than what was written to it before. Begin anew, without the file of the state.",
        at: .init(file: path))
    }
    descriptor = opened
    name = path
    ownsDescriptor = true
    writtenCount = offset
    buffer.reserveCapacity(Self.capacity * 2)
  }

  deinit {
    if ownsDescriptor { close(descriptor) }
  }

  /// Writes text.
  ///
  /// - Throws: `writeFailed`, also of text that was written before.
  public mutating func write(_ text: String) throws(FormatError) {
    buffer.append(contentsOf: text.utf8)
    try flushIfFull()
  }

  /// Hands everything to the operating system.
  ///
  /// - Throws: `writeFailed` where the reader has gone away, the disk is full, and the like. The bytes not written are
  ///   dropped.
  public mutating func flush() throws(FormatError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    let descriptor = descriptor
    let code = buffer.withUnsafeBytes { bytes -> Int32 in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count >= 0 {
          written += count
        } else if errno == EAGAIN {
          var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&wait, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
    if code != 0 { throw Self.failure(code, name) }
    writtenCount += buffer.count
  }

  /// Hands everything to the disk, so that it is there after a power cut.
  ///
  /// - Throws: `writeFailed`.
  public mutating func synchronize() throws(FormatError) {
    try flush()
    if fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS { throw Self.failure(errno, name) }
  }

  mutating func flushIfFull() throws(FormatError) {
    if buffer.count >= Self.capacity { try flush() }
  }

  private static func failure(_ code: Int32, _ name: String) -> FormatError {
    let advice =
      switch code {
      case EPIPE: "The program that reads it has ended."
      case ENOSPC: "Make room on the disk."
      default: "Check the path and its permissions."
      }
    return FormatError(
      .writeFailed, "cannot be written: \(String(cString: strerror(code))). \(advice)", at: .init(file: name))
  }
}
