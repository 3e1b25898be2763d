import TriplineAlerts
import TriplineService
import TriplineStore

/// The configuration by which a service has run on a store last, for a word on names: another version may have stored it.
struct RulesInForce {
  /// What it says.
  let alerts: AlertConfiguration

  /// Reads it; `nil` where there is none that this version reads.
  init?(_ store: AlertStore) throws {
    guard let stored = try store.configuration(),
      let configuration = try? LoadedConfiguration(stored, file: "the configuration in force")
    else { return nil }
    alerts = configuration.alerts
  }
}
