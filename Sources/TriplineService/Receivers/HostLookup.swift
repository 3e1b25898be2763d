import Glibc
import NIOCore
import NIOPosix

/// Finds the addresses of hosts.
enum HostLookup {
  /// The addresses of a host in the order in which the system would try them; none where there are none.
  ///
  /// - Throws: `CancellationError` where the task is cancelled meanwhile: the system itself cannot be told to stop.
  static func addresses(of host: String) async throws -> [SocketAddress] {
    let (results, continuation) = AsyncStream<[SocketAddress]>.makeStream()
    NIOThreadPool.singleton.submit { state in
      if state == .active { continuation.yield(resolve(host)) }
      continuation.finish()
    }
    for await result in results { return result }
    throw CancellationError()
  }

  private static func resolve(_ host: String) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var addresses: [SocketAddress] = []
    var next = first
    while let info = next {
      let address = UnsafeRawPointer(info.pointee.ai_addr)
      switch info.pointee.ai_family {
      case AF_INET: address.map { addresses.append(SocketAddress($0.loadUnaligned(as: sockaddr_in.self))) }
      case AF_INET6: address.map { addresses.append(SocketAddress($0.loadUnaligned(as: sockaddr_in6.self))) }
      default: break
      }
      next = info.pointee.ai_next
    }
    return addresses
  }
}
