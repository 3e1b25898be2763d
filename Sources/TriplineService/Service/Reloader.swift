import Logging
import MyCarTracks
import TriplineAlerts

/// Loads the configuration anew, one time after the other; one that is bad changes nothing.
actor Reloader {
  /// What is in force.
  private(set) var configuration: LoadedConfiguration
  private let path: String
  private let receivers: @Sendable (LoadedConfiguration) throws -> [Receivers.Entry]
  private let drivers: SinkDrivers
  private let pipeline: AlertPipeline
  private let sinks: SinkBoard
  private let metrics: ServiceMetrics
  private let notifier: SystemdNotifier
  private let time: any TimeSource
  private let logger: Logger
  /// Called where the store cannot be written: the pipeline is ahead of it then.
  private let failed: @Sendable (any Error) -> Void
  private var last: Task<Void, any Error>?

  init(
    path: String, receivers: @escaping @Sendable (LoadedConfiguration) throws -> [Receivers.Entry],
    drivers: SinkDrivers, pipeline: AlertPipeline, sinks: SinkBoard, metrics: ServiceMetrics,
    notifier: SystemdNotifier, time: any TimeSource, logger: Logger, configuration: LoadedConfiguration,
    failed: @escaping @Sendable (any Error) -> Void
  ) {
    self.path = path
    self.receivers = receivers
    self.drivers = drivers
    self.pipeline = pipeline
    self.sinks = sinks
    self.metrics = metrics
    self.notifier = notifier
    self.time = time
    self.logger = logger
    self.configuration = configuration
    self.failed = failed
  }

  /// Loads it.
  ///
  /// - Throws: what is wrong with it; it has been logged.
  func reload() async throws {
    let before = last
    let task = Task {
      _ = try? await before?.value
      try await self.load()
    }
    last = task
    try await task.value
  }

  private func load() async throws {
    var isTaken = false
    notifier.reloading()
    defer { notifier.ready() }
    do {
      let next = try LoadedConfiguration(path: path)
      let entries = try receivers(next)
      isTaken = true
      await sinks.hold()
      let deliveries = try await pipeline.reload(next, sinks: entries.map(\.sink), at: time.date)
      try await sinks.replace { [drivers] in try drivers.make(entries) }
      await sinks.take(deliveries)
      configuration = next
      drivers.log(next.alerts.receivers)
      metrics.reload(succeeded: true)
      for warning in next.liveWarnings { logger.warning("\(warning)") }
      logger.info("the configuration was loaded anew", metadata: ["rules": "\(next.alerts.rules.count)"])
    } catch {
      metrics.reload(succeeded: false)
      if isTaken { failed(error) }
      for mistake in (error as? ConfigurationError)?.all ?? [error] as [any Error] {
        logger.error("the configuration stays as it was", metadata: ["reason": "\(mistake)"])
      }
      throw error
    }
  }
}
