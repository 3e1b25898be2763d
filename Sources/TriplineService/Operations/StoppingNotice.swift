public import ServiceLifecycle

/// Tells systemd that the service stops, as soon as it begins to.
///
/// In a group of services it belongs at the end, for services are shut down from the last to the first.
public struct StoppingNotice: Service {
  private let notifier: SystemdNotifier

  /// Creates one.
  public init(notifier: SystemdNotifier) { self.notifier = notifier }

  /// Waits until the service shuts down; where the task is cancelled before, nothing is told.
  public func run() async throws {
    do {
      try await gracefulShutdown()
      notifier.stopping()
    } catch is CancellationError {}
  }
}
