import Foundation
import Glibc

/// A datagram socket of this machine, as that of systemd, whose messages are read without waiting.
final class DatagramReceiver: Sendable {
  /// A system call that failed, with the number of its error.
  struct Failure: Error {
    /// The number.
    var number: Int32
  }

  private let descriptor: Int32

  /// Listens at an address as the system has it: a path, or a name with a byte 0 before it.
  private init(address: [UInt8]) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    let bytes = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + address
    let isBound = bytes.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return false }
      return bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count)) == 0
    }
    guard isBound else { throw Failure(number: errno) }
  }

  deinit { close(descriptor) }

  /// Listens at a path in a folder of its own, which is removed afterwards, while `body` runs; with what `NOTIFY_SOCKET` holds.
  static func atPath(_ body: (DatagramReceiver, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tripline-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "n").path
    try await body(try DatagramReceiver(address: Array(path.utf8) + [0]), path)
  }

  /// Listens at an abstract name while `body` runs; with what `NOTIFY_SOCKET` holds.
  static func atName(_ body: (DatagramReceiver, String) async throws -> Void) async throws {
    let name = "tripline-\(UUID().uuidString)"
    try await body(try DatagramReceiver(address: [0] + Array(name.utf8)), "@" + name)
  }

  /// The messages that are there.
  func messages() -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count >= 0 else { return messages }
      messages.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
  }
}
