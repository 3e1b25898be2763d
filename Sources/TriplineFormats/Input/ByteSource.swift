/// Reads the plain bytes of an input in blocks, inflating gzip on the way; memory does not grow with the input.
///
/// Damaged or cut-off gzip gives everything up to the damage first; the next read throws, once, and then the source
/// is at its end.
struct ByteSource: ~Copyable, Sendable {
  /// Size of the blocks that are read and inflated at a time.
  static let blockSize = 256 * 1024

  private let name: String
  private let file: OpenFile?
  /// Bytes as they are in the file; of an input in memory, all of them.
  private var raw: [UInt8]
  private var rawStart = 0
  private var rawEnd: Int
  /// Bytes that blocks before the current one held.
  private var earlier = 0
  private var gzip: GzipDecoder?
  private var failure: FormatError?
  /// The plain bytes that `peek` read ahead.
  private var head: [UInt8] = []
  private var headStart = 0
  private var isAtEnd = false

  /// Opens an input and looks at its first bytes.
  ///
  /// - Throws: `unreadableFile` where it cannot be opened or read, `unsupportedFormat` where it is compressed in
  ///   another way than gzip.
  init(_ input: InputFile) throws(FormatError) {
    let opened = try OpenFile(input)
    var block: [UInt8]
    var filled = 0
    if case .bytes(let bytes) = input.origin {
      block = bytes
      filled = bytes.count
    } else {
      block = [UInt8](repeating: 0, count: Self.blockSize)
      while filled < 6 {
        let count = try opened?.read(into: &block, at: filled) ?? 0
        if count == 0 { break }
        filled += count
      }
    }
    let decoder = try Self.decoder(for: block[0..<filled].prefix(6), name: input.name)
    name = input.name
    file = consume opened
    gzip = consume decoder
    raw = block
    rawEnd = filled
  }

  /// Reads up to `buffer.count` plain bytes and returns how many; 0 means the end.
  ///
  /// - Throws: `unreadableFile`, and `truncated` or `corrupt` after the good part of damaged gzip.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    if headStart < head.count {
      let count = min(buffer.count, head.count - headStart)
      head.withUnsafeBytes { bytes in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[headStart..<headStart + count]))
      }
      headStart += count
      if headStart == head.count { (head, headStart) = ([], 0) }
      return count
    }
    return try readPlain(into: buffer)
  }

  /// The first plain bytes, at most 4,096, without using them up; an error in them is left to `read`.
  mutating func peek() -> [UInt8] {
    guard head.isEmpty else { return head }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    while count < bytes.count {
      do throws(FormatError) {
        let added = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(FormatError) in
          try readPlain(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[count...])))
        }
        if added == 0 { break }
        count += added
      } catch {
        (failure, isAtEnd) = (error, false)
        break
      }
    }
    bytes.removeLast(bytes.count - count)
    head = bytes
    return bytes
  }

  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { earlier + rawStart }

  /// Refuses UTF-16, for the formats that are read as UTF-8.
  ///
  /// - Throws: `unsupportedFormat` where the plain bytes start with UTF-16's byte order mark.
  mutating func refuseUTF16() throws(FormatError) {
    let start = peek()
    guard start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) else { return }
    throw FormatError(.unsupportedFormat, "is UTF-16. Save it as UTF-8.", at: .init(file: name))
  }

  private mutating func readPlain(into buffer: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
    while !isAtEnd, buffer.count > 0 {
      if let failure {
        self.failure = nil
        isAtEnd = true
        throw failure
      }
      if rawStart == rawEnd { try fill() }
      if rawStart == rawEnd {
        isAtEnd = true
        if gzip?.isInsideMember == true {
          throw FormatError(
            .truncated,
            "the gzip data ends in the middle; what came before was read. Get the complete file again.",
            at: .init(file: name))
        }
        return 0
      }
      let count = gzip == nil ? copy(to: buffer) : inflate(to: buffer)
      if count > 0 { return count }
    }
    return 0
  }

  private mutating func copy(to buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, rawEnd - rawStart)
    raw.withUnsafeBytes { bytes in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[rawStart..<rawStart + count]))
    }
    rawStart += count
    return count
  }

  /// Inflates once; on damage keeps the failure for the next read.
  private mutating func inflate(to buffer: UnsafeMutableRawBufferPointer) -> Int {
    let members = gzip?.members ?? 0
    if members > 0, gzip?.isInsideMember == false, skipPadding() { return 0 }
    let range = rawStart..<rawEnd
    let outcome = raw.withUnsafeBytes { bytes in
      gzip?.decode(UnsafeRawBufferPointer(rebasing: bytes[range]), into: buffer)
    }
    guard let outcome else { return 0 }
    rawStart += outcome.read
    if outcome.step == .damaged {
      let isTrailing = members > 0 && gzip?.hasOutput == false
      let message =
        isTrailing
        ? "bytes after the end of the gzip data are not gzip and were ignored. Remove them, or get the file again."
        : "the gzip data is damaged; what came before the damage was read. Get the file again."
      failure = FormatError(.corrupt, message, at: .init(file: name))
    }
    return outcome.written
  }

  /// Skips zero bytes between or after members, as tape tools write them; returns whether that used up the block.
  private mutating func skipPadding() -> Bool {
    while rawStart < rawEnd, raw[rawStart] == 0 { rawStart += 1 }
    return rawStart == rawEnd
  }

  /// Reads the next block once the current one is used up.
  private mutating func fill() throws(FormatError) {
    earlier += rawEnd
    (rawStart, rawEnd) = (0, 0)
    do throws(FormatError) {
      rawEnd = try file?.read(into: &raw, at: 0) ?? 0
    } catch {
      isAtEnd = true
      throw error
    }
  }

  /// A decoder where the first bytes are those of gzip, `nil` where they are plain.
  private static func decoder(for start: ArraySlice<UInt8>, name: String) throws(FormatError) -> GzipDecoder? {
    if start.starts(with: [0x1F, 0x8B]) {
      if let decoder = GzipDecoder() { return decoder }
      throw FormatError(.unreadableFile, "there is no memory to inflate it.", at: .init(file: name))
    }
    let foreign: [(magic: [UInt8], name: String)] = [
      ([0x50, 0x4B, 0x03, 0x04], "a zip archive"), ([0x42, 0x5A, 0x68], "bzip2"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
      ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive"),
    ]
    for kind in foreign where start.starts(with: kind.magic) {
      throw FormatError(
        .unsupportedFormat, "is \(kind.name), which is not read. Unpack it first, or compress it with gzip.",
        at: .init(file: name))
    }
    return nil
  }
}
