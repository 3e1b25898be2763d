/// Bodies of mails as quoted-printable, by RFC 2045: every relay passes it on as it is.
enum QuotedPrintable {
  /// The longest line in characters, the `=` that continues it included.
  private static let longestLine = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Lines that have no line breaks within, each ended by CR and LF.
  static func bytes(_ lines: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      var width = 0
      for (index, byte) in line.utf8.enumerated() {
        let isLast = index == line.utf8.count - 1
        let isPlain = (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
        // A full stop at the beginning of a line means something on the way, and so does `From`.
        let isSpecial = width == 0 && [UInt8(ascii: "."), UInt8(ascii: "F")].contains(byte)
        let piece =
          isPlain && !isSpecial ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        if width + piece.count > longestLine - 1 {
          bytes += [UInt8(ascii: "="), 0x0D, 0x0A]
          width = 0
        }
        bytes += piece
        width += piece.count
      }
      bytes += [0x0D, 0x0A]
    }
    return bytes
  }
}
