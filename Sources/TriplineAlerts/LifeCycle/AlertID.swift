import Crypto

/// Ids that follow from what they stand for.
public enum AlertID {
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567")

  /// An id of an alert, or of something else by another prefix. It has no full stop, which signatures of webhooks do not allow.
  public static func text(_ parts: [String], prefix: String = "alrt_") -> String { prefix + digest(parts) }

  /// 26 letters and digits: 130 bits of SHA-256 over the parts, each with its length before it.
  static func digest(_ parts: [String]) -> String {
    var hash = SHA256()
    for part in parts {
      hash.update(data: Array("\(part.utf8.count):".utf8))
      hash.update(data: Array(part.utf8))
    }
    var text = ""
    var (bits, count) = (0 as UInt32, 0)
    for byte in hash.finalize() {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5, text.count < 26 {
        count -= 5
        text.append(letters[Int(bits >> UInt32(count)) & 31])
      }
      bits &= 0xFF
    }
    return text
  }
}
