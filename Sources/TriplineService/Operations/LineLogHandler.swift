import Glibc
public import Logging
public import MyCarTracks

/// Writes the log, one line a message, to the standard error or another file; values that may be secret are withheld.
///
/// A line is one call of the system, so that lines of several threads and processes do not mix.
public struct LineLogHandler: LogHandler {
  /// What belongs to every message of this logger.
  public var metadata: Logger.Metadata = [:]
  /// What belongs to every message, by where it is said.
  public var metadataProvider: Logger.MetadataProvider?
  /// How serious a message has to be to be written.
  public var logLevel: Logger.Level

  private let label: String
  private let form: LogForm
  private let descriptor: Int32
  private let time: any TimeSource

  /// Creates one for `LoggingSystem.bootstrap`.
  ///
  /// - Parameters:
  ///   - label: the name of the logger.
  ///   - form: how lines are written.
  ///   - level: how serious a message has to be.
  ///   - descriptor: the open file that is written to; 2 is the standard error.
  ///   - metadataProvider: what belongs to every message, by where it is said.
  ///   - time: the time.
  public init(
    label: String, form: LogForm, level: Logger.Level = .info, descriptor: Int32 = 2,
    metadataProvider: Logger.MetadataProvider? = nil, time: any TimeSource = SystemTime()
  ) {
    self.label = label
    self.form = form
    logLevel = level
    self.descriptor = descriptor
    self.metadataProvider = metadataProvider
    self.time = time
  }

  /// A value that belongs to every message of this logger.
  public subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a message; what stands nearer to it wins over what belongs to the logger.
  public func log(event: LogEvent) {
    var all = metadataProvider?.get() ?? [:]
    all.merge(metadata) { _, own in own }
    all.merge(event.metadata ?? [:]) { _, nearer in nearer }
    if let error = event.error { all["error"] = .string("\(error)") }
    let record = LogRecord(
      time: time.date, level: event.level, logger: label, message: event.message.description, metadata: all)
    write(Array(record.line(form).utf8))
  }

  /// Writes a line; where the file takes only a part of it, the rest follows, and where it takes nothing, it is lost.
  private func write(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno != EINTR {
          return
        }
      }
    }
  }
}
