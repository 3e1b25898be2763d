import CExpat
import Glibc

/// Encodings of one byte a character that expat does not know itself, such as windows-1252, from the C library.
enum SingleByteEncoding {
  /// Fills expat's table for the encoding of a name, and returns whether it is one.
  static func fill(_ table: UnsafeMutablePointer<XML_Encoding>?, _ name: UnsafePointer<CChar>?) -> Int32 {
    guard let table, let name, let converter = iconv_open("UTF-32LE", name), Int(bitPattern: converter) != -1 else {
      return Int32(XML_STATUS_ERROR.rawValue)
    }
    defer { iconv_close(converter) }
    return withUnsafeMutableBytes(of: &table.pointee.map) { map in
      for byte in UInt8.min...UInt8.max {
        guard let character = character(byte, converter) else { return Int32(XML_STATUS_ERROR.rawValue) }
        map.storeBytes(of: character, toByteOffset: Int(byte) * MemoryLayout<Int32>.size, as: Int32.self)
      }
      return Int32(XML_STATUS_OK.rawValue)
    }
  }

  /// The character a byte stands for, -1 where it stands for none, `nil` where it is only a part of one.
  private static func character(_ byte: UInt8, _ converter: iconv_t) -> Int32? {
    var input = CChar(bitPattern: byte)
    var output = Int32(-1)
    var (inputLeft, outputLeft) = (1, MemoryLayout<Int32>.size)
    let code = withUnsafeMutablePointer(to: &input) { input in
      withUnsafeMutableBytes(of: &output) { output in
        var from: UnsafeMutablePointer<CChar>? = input
        var to = output.assumingMemoryBound(to: CChar.self).baseAddress
        let count = iconv(converter, &from, &inputLeft, &to, &outputLeft)
        return count == -1 ? errno : 0
      }
    }
    if code == EILSEQ { return -1 }
    return code == 0 && outputLeft == 0 ? output : nil
  }
}
