import Logging
import MyCarTracks
import TriplineAlerts
import TriplineStore

/// Makes the drivers of a configuration.
struct SinkDrivers: Sendable {
  let store: AlertStore
  let time: any TimeSource
  let metrics: ServiceMetrics
  let logger: Logger
  /// Called where the store cannot be written any more.
  let failed: @Sendable (any Error) -> Void

  /// Makes a driver of each sink. What waits for a sink that is not among them is given up.
  ///
  /// - Precondition: no other driver tries anything.
  /// - Throws: `StoreError`.
  func make(_ entries: [Receivers.Entry]) throws -> [SinkDriver] {
    let lost = try store.setSinks(entries.map(\.sink.id), at: time.date)
    for (sink, count) in lost.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<count { metrics.delivery(sink: sink, .dead) }
      logger.warning(
        "what waited for a sink is given up: the sink is not in the configuration any more",
        metadata: ["sink": "\(sink)", "deliveries": "\(count)"])
    }
    return try entries.map {
      try SinkDriver($0, store: store, time: time, metrics: metrics, logger: logger, failed: failed)
    }
  }

  /// Tells which sink stands where, for their names do not say it.
  func log(_ receivers: [ReceiverSettings]) {
    let sinks = receivers.flatMap(\.sinks).map { $0.line > 0 ? "\($0.id) (line \($0.line))" : $0.id }
    logger.info("alerts go to the sinks of the configuration", metadata: ["sinks": "\(sinks.joined(separator: ", "))"])
  }
}
