import ArgumentParser
import TriplineAlerts
import TriplineService
import TriplineStore

/// The state that a service keeps, brought to where it is; nothing is decided and nothing is written.
struct EngineInForce {
  /// The configuration in force.
  let configuration: LoadedConfiguration
  /// What holds the state.
  let pipeline: AlertPipeline

  /// Restores it from a store, at a time in milliseconds UTC; `nil` where no service has run on it yet.
  ///
  /// - Throws: what makes the store of no use; a configuration that this version does not take has been told of.
  init?(_ store: AlertStore, at now: Int64) throws {
    guard let stored = try store.configuration() else { return nil }
    do throws(ConfigurationError) {
      configuration = try LoadedConfiguration(stored, file: "the configuration in force")
    } catch {
      Messages.error(error)
      throw ExitStatus.badConfiguration
    }
    pipeline = try AlertPipeline(
      store: store, configuration: configuration, sinks: [], source: "/tripline/status",
      metrics: ServiceMetrics(version: Tripline.configuration.version, startedAt: now), at: now)
  }
}
