import Foundation
public import Logging
public import MyCarTracks
import ServiceLifecycle
import TriplineAlerts
public import TriplineStore
import UnixSignals

/// The service: live positions in, alerts out, by a configuration.
public struct AlertService: Sendable {
  private let path: String
  private let configuration: LoadedConfiguration
  private let store: AlertStore
  private let client: MyCarTracksClient
  private let environment: [String: String]
  private let source: String
  private let version: String
  private let logger: Logger
  private let time: any TimeSource
  private let listening: @Sendable (Int) async -> Void

  /// Creates a service.
  ///
  /// - Parameters:
  ///   - path: the configuration, which is read again when it is reloaded.
  ///   - configuration: what it says now.
  ///   - store: where everything is kept.
  ///   - client: whose positions are followed.
  ///   - environment: where secrets of receivers come from that files do not hold.
  ///   - source: who tells of alerts, a URI reference such as `/tripline/prod`.
  ///   - version: the version of the program.
  ///   - logger: where it tells what it does.
  ///   - time: the time.
  ///   - listening: called with the port of health and metrics once requests are taken.
  public init(
    path: String, configuration: LoadedConfiguration, store: AlertStore, client: MyCarTracksClient,
    environment: [String: String], source: String, version: String, logger: Logger,
    time: any TimeSource = SystemTime(), listening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    self.path = path
    self.configuration = configuration
    self.store = store
    self.client = client
    self.environment = environment
    self.source = source
    self.version = version
    self.logger = logger
    self.time = time
    self.listening = listening
  }

  /// Runs until the task is cancelled or a signal ends it: SIGTERM and SIGINT in good order, SIGHUP loads the configuration anew.
  ///
  /// - Throws: `ConfigurationError` where a receiver cannot be made, `StoreError` where the store cannot be written,
  ///   `MyCarTracksError` where the account is refused for good.
  public func run() async throws {
    let (failures, fail) = AsyncStream.makeStream(of: (any Error).self)
    let metrics = ServiceMetrics(version: version, startedAt: time.date)
    let (health, heartbeat, intake, board) = (HealthBoard(), Heartbeat(time: time), Intake(), SinkBoard())
    let receivers = try self.receivers(of: configuration)
    let pipeline = try AlertPipeline(
      store: store, configuration: configuration, sinks: receivers.map(\.sink), source: source, metrics: metrics,
      logger: logger, at: time.date)
    let drivers = SinkDrivers(store: store, time: time, metrics: metrics, logger: logger, failed: { fail.yield($0) })
    try await board.replace { try drivers.make(receivers) }
    drivers.log(configuration.alerts.receivers)
    let notifier = SystemdNotifier(environment: environment)
    let reloader = Reloader(
      path: path, receivers: { [self] in try self.receivers(of: $0) }, drivers: drivers, pipeline: pipeline,
      sinks: board, metrics: metrics, notifier: notifier, time: time, logger: logger, configuration: configuration,
      failed: { fail.yield($0) })
    let clock = FeedClock()
    let settings = configuration.alerts.service
    let services: [any Service] = [
      WatchdogService(notifier: notifier, heartbeat: heartbeat, time: time),
      OperationsServer(
        host: settings.httpHost, port: settings.httpPort, metrics: metrics, health: health, heartbeat: heartbeat,
        allowsRemoteReload: settings.allowsRemoteReload, logger: logger,
        reload: { try await reloader.reload() },
        onListening: { port in
          notifier.ready()
          await listening(port)
        }),
      PipelineService(
        intake: intake, pipeline: pipeline, sinks: board, store: store, time: time, metrics: metrics, health: health,
        heartbeat: heartbeat, clock: clock, logger: logger,
        retention: {
          let settings = await reloader.configuration.alerts.service
          return (settings.alertRetention, settings.traceRetention)
        }),
      FeedService(
        client: client, vehicles: (settings.vehicleIDs ?? []).map { ResourceID($0) },
        groups: (settings.groupIDs ?? []).map { ResourceID($0) }, units: UnitFindings(),
        lastTimes: { await pipeline.lastTimes }, intake: intake, clock: clock, time: time, metrics: metrics,
        health: health, notifier: notifier, logger: logger,
        ruleVehicles: { Set(await reloader.configuration.alerts.rules.flatMap(\.namedVehicles)) }),
      ReloadService(reloader: reloader), FailureService(failures: failures),
      StoppingNotice(notifier: notifier),
    ]
    for warning in configuration.liveWarnings { logger.warning("\(warning)") }
    var configuration = ServiceGroupConfiguration(
      services: services.map { service in
        // An account that is refused ends all in good order: what breaks off at once looks like errors of its own.
        ServiceGroupConfiguration.ServiceConfiguration(
          service: service,
          failureTerminationBehavior: service is FeedService ? .gracefullyShutdownGroup : .cancelGroup)
      }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    // A receiver that hangs has its time limit; what has none must not keep the service from ending.
    configuration.maximumGracefulShutdownDuration = .seconds(60)
    configuration.maximumCancellationDuration = .seconds(10)
    try await ServiceGroup(configuration: configuration).run()
  }

  /// The receivers of a configuration; the files they name are looked for beside it.
  private func receivers(of configuration: LoadedConfiguration) throws -> [Receivers.Entry] {
    try Receivers.make(
      configuration.alerts.receivers, environment: environment, file: path,
      in: URL(fileURLWithPath: path).deletingLastPathComponent().path, time: time, zone: configuration.alerts.zone)
  }
}
