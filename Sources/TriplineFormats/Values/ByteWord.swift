/// Eight bytes of a text at once, the first one in the lowest bits.
struct ByteWord {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  private let value: UInt64

  /// The eight bytes from an index on.
  ///
  /// - Precondition: there are eight.
  @inline(__always)
  init(_ bytes: Span<UInt8>, at index: Int) {
    value = UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
  }

  /// The highest bit of each byte that equals `byte`, and no other bits.
  @inline(__always)
  func marks(of byte: UInt8) -> UInt64 {
    let difference = value ^ Self.ones &* UInt64(byte)
    return ~((difference & Self.low) &+ Self.low | difference | Self.low)
  }

  /// The number that eight digits make, or `nil` where one is none.
  var number: UInt64? {
    let high = value & 0xF0F0_F0F0_F0F0_F0F0
    let carry = (value &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0
    guard high | carry >> 4 == 0x3333_3333_3333_3333 else { return nil }
    // Pairs, fours and eights of digits, each in one multiplication.
    let pairs = ((value & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  /// Whether two ranges of bytes are the same.
  static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ others: Span<UInt8>, _ other: Range<Int>) -> Bool {
    guard range.count == other.count else { return false }
    var offset = 0
    while offset + 8 <= range.count {
      let word = ByteWord(bytes, at: range.lowerBound + offset)
      guard word.value == ByteWord(others, at: other.lowerBound + offset).value else { return false }
      offset += 8
    }
    while offset < range.count {
      guard bytes[range.lowerBound + offset] == others[other.lowerBound + offset] else { return false }
      offset += 1
    }
    return true
  }
}
