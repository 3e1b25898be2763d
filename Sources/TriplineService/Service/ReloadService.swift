import ServiceLifecycle
import UnixSignals

/// Loads the configuration anew at each SIGHUP.
struct ReloadService: Service {
  let reloader: Reloader

  func run() async throws {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    try? await cancelWhenGracefulShutdown {
      for await _ in signals {
        // What is wrong with it has been logged.
        try? await reloader.reload()
      }
    }
  }
}
