import CZlib

/// Inflates gzip, member after member, from blocks to blocks.
///
/// zlib keeps a pointer to its stream structure, which therefore lives at a fixed address of its own, owned by this
/// value alone: that is what makes handing it to another thread safe.
struct GzipDecoder: ~Copyable, Sendable {
  /// What one step came to.
  enum Step {
    /// Input was used or output was made; go on.
    case progress
    /// A member is complete; what follows, if anything, is another one.
    case memberEnd
    /// The data is damaged.
    case damaged
  }

  private nonisolated(unsafe) let stream: UnsafeMutablePointer<z_stream>
  /// Members that are complete.
  private(set) var members = 0

  /// Creates a decoder, or `nil` where there is no memory for one.
  init?() {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A window of 15 bits, and 16 for the gzip wrapper with its checksum.
    guard inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      stream.deallocate()
      return nil
    }
    // Last of all: a value that is complete is destroyed where its initialiser fails, and `deinit` would free it once more.
    self.stream = stream
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether some of the current member has been read, so that an end here cuts it off.
  var isInsideMember: Bool { stream.pointee.total_in > 0 }

  /// Whether the current member has given any data.
  var hasOutput: Bool { stream.pointee.total_out > 0 }

  /// Inflates from `input` to `output` and says how many bytes of each were used.
  mutating func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (step: Step, read: Int, written: Int) {
    let inputCount = min(input.count, Int(UInt32.max))
    let outputCount = min(output.count, Int(UInt32.max))
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(inputCount)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputCount)
    let code = inflate(stream, Z_NO_FLUSH)
    let read = inputCount - Int(stream.pointee.avail_in)
    let written = outputCount - Int(stream.pointee.avail_out)
    stream.pointee.next_in = nil
    stream.pointee.next_out = nil
    switch code {
    case Z_OK, Z_BUF_ERROR:
      return (.progress, read, written)
    case Z_STREAM_END:
      members += 1
      inflateReset(stream)
      return (.memberEnd, read, written)
    default:
      return (.damaged, read, written)
    }
  }
}
