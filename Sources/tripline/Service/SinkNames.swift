import TriplineAlerts
import TriplineStore

/// The sinks that a service has, or had.
struct SinkNames {
  private let names: Set<String>

  /// Those of the configuration in force, and those that something was to be told to.
  init(_ store: AlertStore) throws {
    let configured = try RulesInForce(store)?.alerts.receivers.flatMap(\.sinks).map(\.id)
    names = Set(configured ?? []).union(try store.sinks().keys)
  }

  /// Refuses a sink that there is not.
  func check(_ sink: String) throws(StoreError) {
    guard !names.contains(sink) else { return }
    let known = names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
    throw StoreError(.missing, "there is no sink \(sink); there are \(known).")
  }
}
