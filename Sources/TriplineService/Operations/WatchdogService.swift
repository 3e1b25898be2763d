public import MyCarTracks
public import ServiceLifecycle

/// Gives systemd signs of life, at half of the time it waits for one, as long as the pipeline gives some itself.
///
/// In a group of services it belongs at the front: services are shut down from the last to the first, and signs of life are
/// wanted until all others have ended.
public struct WatchdogService: Service {
  private let notifier: SystemdNotifier
  private let heartbeat: Heartbeat
  private let time: any TimeSource

  /// Creates one.
  ///
  /// - Parameters:
  ///   - notifier: how systemd is told.
  ///   - heartbeat: the signs of life of the pipeline.
  ///   - time: what is waited by.
  public init(notifier: SystemdNotifier, heartbeat: Heartbeat, time: any TimeSource = SystemTime()) {
    self.notifier = notifier
    self.heartbeat = heartbeat
    self.time = time
  }

  /// Goes on until the task is cancelled or the service shuts down, also where nobody watches.
  public func run() async throws {
    let (notifier, heartbeat, time) = (notifier, heartbeat, time)
    do {
      guard let timeout = notifier.watchdogTimeout else { return try await gracefulShutdown() }
      try await cancelWhenGracefulShutdown {
        while true {
          if heartbeat.isFresh { notifier.alive() }
          try await time.sleep(for: timeout / 2)
        }
      }
    } catch is CancellationError {}
  }
}
