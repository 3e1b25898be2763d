import Glibc
import NIOPosix
import Synchronization

/// Writes events as lines of JSON, to the standard output or at the end of a file.
package final class LineReceiver: Receiver {
  package let takesGroups = false
  private let path: String?
  /// What is written to, or `nil` before the first line of a file.
  private let descriptor: Mutex<Int32?>

  /// Writes at the end of a file, which is made where there is none.
  package init(path: String) {
    self.path = path
    descriptor = Mutex(nil)
  }

  /// Writes to what is open already and stays so, the standard output as a rule.
  package init(descriptor: Int32 = STDOUT_FILENO) {
    path = nil
    self.descriptor = Mutex(descriptor)
  }

  deinit {
    guard path != nil else { return }
    descriptor.withLock { if let open = $0 { _ = close(open) } }
  }

  /// Writes every event as a line, each with one call.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await parcel.each { event in
      let line = event.json + [UInt8(ascii: "\n")]
      do {
        // A disk or whoever reads may let us wait, and what waits is not to hold up everything else.
        try await NIOThreadPool.singleton.runIfActive { try self.write(line) }
        return .delivered
      } catch {
        return .failed((error as? LineError)?.note ?? "it was stopped")
      }
    }
  }

  private func write(_ line: [UInt8]) throws {
    try descriptor.withLock { held in
      let open = try file(held)
      held = open
      var status = stat()
      let isFile = fstat(open, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      var rest = line[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(open, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw LineError(errno) }
        rest = rest.dropFirst(count)
        guard !isFile || rest.isEmpty else {
          // Half a line at the end would spoil the next one.
          _ = ftruncate(open, status.st_size)
          throw LineError(ENOSPC)
        }
      }
    }
  }

  /// What is written to: the file that has the name now, and not one that was renamed or removed since.
  private func file(_ held: Int32?) throws -> Int32 {
    guard let path else { return held ?? STDOUT_FILENO }
    if let held {
      var (named, open) = (stat(), stat())
      if stat(path, &named) == 0, fstat(held, &open) == 0, named.st_ino == open.st_ino, named.st_dev == open.st_dev {
        return held
      }
    }
    let opened = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o640)
    guard opened >= 0 else { throw LineError(errno) }
    if let held { _ = close(held) }
    return opened
  }

  private struct LineError: Error {
    let note: String

    init(_ number: Int32) { note = String(cString: strerror(number)).lowercased() }
  }
}
