import Glibc
import NIOCore

/// Why an address is not one of the public Internet.
///
/// Who names a receiver must not reach machines of one's own network by way of ours. The blocks are those of IANA's
/// registries of special-purpose addresses.
enum InternalAddress: String, Sendable {
  /// None at all.
  case unspecified
  /// This machine.
  case loopback
  /// A private network; of IPv6, unique local and site-local.
  case privateNetwork = "private"
  /// Between a provider and its customers.
  case shared
  /// This link; metadata services of clouds are there.
  case linkLocal = "link-local"
  /// Many machines.
  case multicast
  /// Documentation, measurements, and what is not given out.
  case reserved

  /// Looks at an address; `nil` where it is one of the public Internet.
  init?(_ address: SocketAddress) {
    let bytes: [UInt8]
    // Where `sin_addr` and `sin6_addr` stand: their members belong to another module in some builds.
    switch address {
    case .v4(let address): bytes = withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
    case .v6(let address): bytes = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
    case .unixDomainSocket:
      self = .loopback
      return
    }
    guard let kind = bytes.count == 4 ? Self.ofFour(bytes[...]) : Self.ofSixteen(bytes) else { return nil }
    self = kind
  }

  private static let blocks: [(bytes: [UInt8], bits: Int, kind: InternalAddress)] = [
    ([0], 8, .unspecified), ([10], 8, .privateNetwork), ([100, 64], 10, .shared), ([127], 8, .loopback),
    ([169, 254], 16, .linkLocal), ([172, 16], 12, .privateNetwork), ([192, 0, 0], 24, .reserved),
    ([192, 0, 2], 24, .reserved), ([192, 88, 99], 24, .reserved), ([192, 168], 16, .privateNetwork),
    ([198, 18], 15, .reserved), ([198, 51, 100], 24, .reserved), ([203, 0, 113], 24, .reserved), ([224], 4, .multicast),
    ([240], 4, .reserved),
  ]

  private static let longBlocks: [(bytes: [UInt8], bits: Int, kind: InternalAddress)] = [
    (Array(repeating: 0, count: 16), 128, .unspecified), (Array(repeating: 0, count: 15) + [1], 128, .loopback),
    ([0x00, 0x64, 0xFF, 0x9B, 0, 1], 48, .privateNetwork), ([0x01, 0], 64, .reserved),
    ([0x20, 0x01, 0], 23, .reserved),
    ([0x20, 0x01, 0x0D, 0xB8], 32, .reserved), ([0x3F, 0xFF, 0], 20, .reserved), ([0x5F, 0], 16, .reserved),
    ([0xFC], 7, .privateNetwork), ([0xFE, 0x80], 10, .linkLocal), ([0xFE, 0xC0], 10, .privateNetwork),
    ([0xFF], 8, .multicast),
  ]

  /// Addresses that carry one of IPv4: how they begin, and where it stands.
  ///
  /// They are mapped, compatible, translated by NAT64, and tunnelled by 6to4.
  private static let carriers: [(bytes: [UInt8], bits: Int, at: Int)] = [
    (Array(repeating: 0, count: 10) + [0xFF, 0xFF], 96, 12), (Array(repeating: 0, count: 12), 96, 12),
    ([0x00, 0x64, 0xFF, 0x9B], 96, 12), ([0x20, 0x02], 16, 2),
  ]

  private static func ofFour(_ bytes: ArraySlice<UInt8>) -> InternalAddress? {
    blocks.first { begins(bytes, with: $0.bytes, bits: $0.bits) }?.kind
  }

  private static func ofSixteen(_ bytes: [UInt8]) -> InternalAddress? {
    if let block = longBlocks.first(where: { begins(bytes[...], with: $0.bytes, bits: $0.bits) }) { return block.kind }
    guard let carrier = carriers.first(where: { begins(bytes[...], with: $0.bytes, bits: $0.bits) }) else { return nil }
    return ofFour(bytes[carrier.at..<carrier.at + 4])
  }

  /// Whether an address begins with some bits; bytes of the beginning that are not written are 0.
  private static func begins(_ address: ArraySlice<UInt8>, with bytes: [UInt8], bits: Int) -> Bool {
    (0..<(bits + 7) / 8).allSatisfy { index in
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, bits - 8 * index))
      let byte = index < bytes.count ? bytes[index] : 0
      return (address[address.startIndex + index] ^ byte) & mask == 0
    }
  }
}
