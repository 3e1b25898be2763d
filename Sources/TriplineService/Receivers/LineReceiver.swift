import Glibc

/// Writes events as lines of JSON, to the standard output or at the end of a file.
package struct LineReceiver: InterruptibleReceiver {
  package let takesGroups = false
  /// As many go to the disk at once.
  package let mostAttempts = 64
  private let writer: LineWriter
  private let timeout: Int64
  private let grace: Int64

  /// Writes at the end of a file, which is made where there is none, or to a pipe that has a name.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - timeout: how long an attempt may take in milliseconds.
  ///   - grace: how long an attempt that is cancelled may still take in milliseconds.
  package init(path: String, timeout: Int64 = 15_000, grace: Int64 = 1000) {
    writer = LineWriter.at(path)
    self.timeout = timeout
    self.grace = grace
  }

  /// Writes to what is open already and stays so, the standard output as a rule.
  package init(descriptor: Int32 = STDOUT_FILENO, timeout: Int64 = 15_000, grace: Int64 = 1000) {
    writer = descriptor == STDOUT_FILENO ? .standardOutput : LineWriter(descriptor: descriptor)
    self.timeout = timeout
    self.grace = grace
  }

  /// Writes every event as a line; what went to a file is on the disk then.
  package func attempt(_ parcel: Parcel) async -> Attempt {
    await parcel.each { event in
      await writer.write(event.json + [UInt8(ascii: "\n")], within: timeout, grace: grace)
    }
  }
}
