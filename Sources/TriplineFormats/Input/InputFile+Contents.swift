import Foundation

extension InputFile {
  /// The same with its bytes in memory, as they are stored: reading it then waits for no disk.
  ///
  /// - Throws: `unreadableFile`.
  public func loaded() throws(FormatError) -> InputFile {
    let data: Data?
    switch origin {
    case .bytes: return self
    case .standardInput: data = (try? FileHandle.standardInput.readToEnd()) ?? Data()
    case .path(let path): data = FileManager.default.contents(atPath: path)
    }
    guard let data else {
      throw FormatError(.unreadableFile, "cannot be read. Check the path and its permissions.", at: .init(file: name))
    }
    return InputFile(bytes: Array(data), name: name)
  }

  /// All plain bytes, without a UTF-8 byte order mark.
  ///
  /// - Throws: `unreadableFile`, `truncated`, `corrupt`, and `unsupportedFormat` for UTF-16 and for more than
  ///   `maximumSize` bytes.
  func contents(maximumSize: Int) throws(FormatError) -> [UInt8] {
    var source = try ByteSource(self)
    try source.refuseUTF16()
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: ByteSource.blockSize)
    while true {
      let count = try block.withUnsafeMutableBufferPointer { (buffer) throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      if count == 0 { break }
      contents.append(contentsOf: block[..<count])
      guard contents.count <= maximumSize else {
        throw FormatError(
          .unsupportedFormat, "is larger than \(maximumSize) bytes. Split it into several files.",
          at: .init(file: name))
      }
    }
    if contents.starts(with: [0xEF, 0xBB, 0xBF]) { contents.removeFirst(3) }
    return contents
  }
}
