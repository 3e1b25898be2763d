import NIOCore
import Testing

@testable import TriplineService

@Suite struct InternalAddressTests {
  /// Blocks of IANA's registries of special-purpose addresses, their first and last ones.
  @Test(arguments: [
    ("0.0.0.0", InternalAddress.unspecified), ("0.255.255.255", .unspecified), ("10.0.0.0", .privateNetwork),
    ("10.255.255.255", .privateNetwork), ("100.64.0.0", .shared), ("100.127.255.255", .shared),
    ("127.0.0.1", .loopback), ("127.255.255.255", .loopback), ("169.254.0.0", .linkLocal),
    ("169.254.169.254", .linkLocal), ("172.16.0.0", .privateNetwork), ("172.31.255.255", .privateNetwork),
    ("192.0.0.8", .reserved), ("192.168.0.0", .privateNetwork), ("192.168.255.255", .privateNetwork),
    ("198.19.255.255", .reserved), ("203.0.113.1", .reserved), ("224.0.0.1", .multicast),
    ("239.255.255.255", .multicast), ("240.0.0.0", .reserved), ("255.255.255.255", .reserved), ("::", .unspecified),
    ("::1", .loopback),
    ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .privateNetwork), ("fc00::1", .privateNetwork),
    ("fdff::1", .privateNetwork), ("ff02::1", .multicast), ("2001:db8::1", .reserved), ("2001:0:1::1", .reserved),
    ("::ffff:127.0.0.1", .loopback), ("::ffff:169.254.169.254", .linkLocal), ("::ffff:10.1.2.3", .privateNetwork),
    ("::10.1.2.3", .privateNetwork), ("64:ff9b::7f00:1", .loopback), ("64:ff9b:1::1", .privateNetwork),
    ("2002:a01:203::1", .privateNetwork),
  ])
  func `an address of one's own network is known`(text: String, kind: InternalAddress) throws {
    #expect(InternalAddress(try SocketAddress(ipAddress: text, port: 443)) == kind)
  }

  @Test(arguments: [
    "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "93.184.216.34", "2606:4700::1111", "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808", "2002:808:808::1", "fbff::1", "fe00::1",
  ])
  func `an address of the public Internet is none`(text: String) throws {
    #expect(InternalAddress(try SocketAddress(ipAddress: text, port: 443)) == nil)
  }

  @Test func `a socket of this machine is this machine`() throws {
    #expect(InternalAddress(try SocketAddress(unixDomainSocketPath: "/tmp/socket")) == .loopback)
  }
}
