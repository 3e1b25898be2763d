import Logging
import Synchronization

/// A log that is kept in memory.
final class KeptLog: Sendable {
  /// A message.
  struct Message: Sendable {
    /// How serious it is.
    var level: Logger.Level
    /// What it says.
    var text: String
    /// What belongs to it.
    var metadata: Logger.Metadata
  }

  private let kept = Mutex<[Message]>([])

  /// All messages so far.
  var messages: [Message] { kept.withLock { $0 } }

  /// A logger of all that is no mere debugging.
  var logger: Logger { Logger(label: "test") { _ in Handler(target: self) } }

  private struct Handler: LogHandler {
    let target: KeptLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let message = Message(
        level: event.level, text: event.message.description, metadata: event.metadata ?? [:])
      target.kept.withLock { $0.append(message) }
    }
  }
}
