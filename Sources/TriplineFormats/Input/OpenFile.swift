import Glibc

/// An open file descriptor, closed when it goes away unless it is standard input.
struct OpenFile: ~Copyable, Sendable {
  private let name: String
  private let descriptor: Int32

  /// Opens a file, or takes standard input; `nil` for bytes in memory.
  init?(_ input: InputFile) throws(FormatError) {
    name = input.name
    switch input.origin {
    case .bytes:
      return nil
    case .standardInput:
      descriptor = STDIN_FILENO
    case .path(let path):
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      let code = errno
      guard descriptor >= 0 else {
        throw FormatError(
          .unreadableFile, "cannot be opened: \(String(cString: strerror(code))). Check the path and its permissions.",
          at: .init(file: input.name))
      }
    }
  }

  deinit {
    if descriptor > STDIN_FILENO { close(descriptor) }
  }

  /// Reads into `buffer` from an offset on, as much as comes at once, and returns how much; 0 means the end.
  func read(into buffer: inout [UInt8], at offset: Int) throws(FormatError) -> Int {
    let count = buffer.withUnsafeMutableBytes { bytes in
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
      var count = Glibc.read(descriptor, room.baseAddress, room.count)
      while count < 0, errno == EINTR { count = Glibc.read(descriptor, room.baseAddress, room.count) }
      return count
    }
    let code = errno
    guard count >= 0 else {
      throw FormatError(
        .unreadableFile, "cannot be read: \(String(cString: strerror(code))).", at: .init(file: name))
    }
    return count
  }
}
