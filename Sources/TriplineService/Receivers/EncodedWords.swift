import Foundation

/// Texts in headers of mails, by RFC 2047.
enum EncodedWords {
  /// Bytes of a text in an encoded word at most: 60 characters of Base64, so that the word is not longer than 75.
  private static let longestWord = 45
  /// The longest text that stands in a header as it is; with `Subject: ` the line has 78 characters then.
  private static let longestText = 69

  /// The text as it is where it is short and of printable ASCII, else encoded words on lines of their own.
  static func text(_ text: String) -> String {
    if text.utf8.count <= longestText, text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !text.contains("=?") {
      return text
    }
    var words: [[UInt8]] = [[]]
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if words[words.count - 1].count + bytes.count > longestWord { words.append([]) }
      words[words.count - 1] += bytes
    }
    return words.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }
}
