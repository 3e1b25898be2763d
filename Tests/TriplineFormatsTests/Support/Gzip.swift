/// Wraps bytes as one gzip member of stored deflate blocks (RFC 1951 and 1952), so that tests need no compressor.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var member: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  var rest = bytes[...]
  repeat {
    let block = rest.prefix(65_535)
    rest = rest.dropFirst(block.count)
    let length = UInt16(block.count)
    member.append(rest.isEmpty ? 1 : 0)
    member += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8(~length >> 8)]
    member += block
  } while !rest.isEmpty
  for word in [crc32(bytes), UInt32(bytes.count)] {
    member += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
  return member
}

func gzip(_ text: String) -> [UInt8] { gzip(Array(text.utf8)) }

private func crc32(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(~0) { crc, byte in
    (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }
}
