import Glibc

/// The address of a datagram socket on this machine.
struct NotificationAddress: Sendable, Hashable {
  /// The address as the system has it: the family, and the path with its end or the abstract name.
  private let bytes: [UInt8]

  /// Reads a path, or a name with `@` before it; `nil` where it is neither or longer than the system allows.
  init?(_ text: String) {
    guard let first = text.utf8.first, text.utf8.count > 1, text.utf8.count < 108, !text.utf8.contains(0) else {
      return nil
    }
    let name: [UInt8]
    switch first {
    case UInt8(ascii: "@"): name = [0] + text.utf8.dropFirst()
    case UInt8(ascii: "/"): name = Array(text.utf8) + [0]
    default: return nil
    }
    bytes = withUnsafeBytes(of: sa_family_t(AF_UNIX)) { Array($0) } + name
  }

  /// Sends a datagram, and returns whether it was taken.
  func send(_ message: [UInt8]) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return bytes.withUnsafeBytes { address in
      guard let base = address.baseAddress else { return false }
      let target = base.assumingMemoryBound(to: sockaddr.self)
      while true {
        let sent = sendto(descriptor, message, message.count, 0, target, socklen_t(address.count))
        if sent >= 0 || errno != EINTR { return sent == message.count }
      }
    }
  }
}
