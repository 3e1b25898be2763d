import Glibc

/// A part of an input in memory that moves over it: it begins where the reader still needs bytes, and is extended at
/// its end.
struct ByteWindow: ~Copyable, Sendable {
  private var source: ByteSource
  /// The bytes; the window is `start..<end` of them.
  private(set) var bytes: [UInt8]
  private(set) var start = 0
  private(set) var end = 0
  /// Whether the input ends where the window ends.
  private(set) var isComplete = false

  init(_ source: consuming ByteSource) {
    self.source = source
    bytes = [UInt8](repeating: 0, count: ByteSource.blockSize)
  }

  var count: Int { end - start }

  /// Bytes of the stored file that have been used up.
  var storedBytesRead: Int { source.storedBytesRead }

  /// Gives up what lies before an index.
  mutating func advance(to index: Int) { start = index }

  /// The first place of a byte from an index on, and before `limit` where one is given.
  func firstIndex(of byte: UInt8, from index: Int, before limit: Int? = nil) -> Int? {
    let end = limit ?? end
    guard index < end else { return nil }
    return bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + index, Int32(byte), end - index) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Moves the window to the front of `bytes`, makes room for as much again if it is nearly full, and reads on.
  ///
  /// - Throws: what the source throws; the window is empty and complete then.
  mutating func extend() throws(FormatError) {
    let pending = count
    if start > 0 {
      let from = start
      bytes.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        memmove(base, base + from, pending)
      }
      (start, end) = (0, pending)
    }
    if bytes.count - end < ByteSource.blockSize / 2 {
      bytes.append(contentsOf: repeatElement(0, count: bytes.count))
    }
    let from = end
    do throws(FormatError) {
      let count = try bytes.withUnsafeMutableBufferPointer { (bytes) throws(FormatError) in
        try source.read(into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: bytes[from...])))
      }
      if count == 0 { isComplete = true }
      end += count
    } catch {
      (start, end, isComplete) = (0, 0, true)
      throw error
    }
  }
}
