import Glibc

/// A pipe with a name whose reader reads when a test says so.
final class PipeReader: Sendable {
  /// Where it is.
  let path: String
  private let descriptor: Int32

  private struct Failure: Error {}

  /// Makes one.
  init(_ path: String) throws {
    self.path = path
    guard mkfifo(path, 0o600) == 0 else { throw Failure() }
    descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure() }
  }

  deinit { close(descriptor) }

  /// Fills it with empty lines until nothing more goes in; returns how many there are.
  func fill() -> Int {
    let writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    defer { close(writer) }
    var count = 0
    let line = [UInt8(ascii: "\n")]
    while Glibc.write(writer, line, 1) == 1 { count += 1 }
    return count
  }

  /// Reads so many bytes.
  func read(_ count: Int) async -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let next = read(upTo: count - bytes.count)
      if next.isEmpty { await Task.yield() } else { bytes += next }
    }
    return bytes
  }

  /// Whether nothing is in it.
  var isEmpty: Bool { read(upTo: 1).isEmpty }

  private func read(upTo count: Int) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: min(count, 1 << 16))
    let length = Glibc.read(descriptor, &buffer, buffer.count)
    return length > 0 ? Array(buffer[..<length]) : []
  }
}
