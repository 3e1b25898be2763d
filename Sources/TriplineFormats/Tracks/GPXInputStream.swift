import Foundation

/// Lets Foundation's XML parser read from a `ByteSource`, so that gzip and standard input stream too.
final class GPXInputStream: InputStream {
  private var source: ByteSource
  private(set) var failure: FormatError?

  init(_ source: consuming ByteSource) {
    self.source = source
    super.init(data: Data())
  }

  override func open() {}

  override func close() {}

  override var hasBytesAvailable: Bool { failure == nil }

  override var streamError: (any Error)? { failure }

  override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength length: Int) -> Int {
    do throws(FormatError) {
      return try source.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: length))
    } catch {
      failure = error
      return -1
    }
  }
}
